"""weft's network text as a PyTorch module, with weft's names for its parameters, and weft's model file.

What the text means: docs/networks.md; the file: docs/model-file.md. A parameter is called here as it is there
(layers.3.weight, layers.4.body.0.running_mean), so that a file's tensors are a state_dict.
"""
import json, re
import numpy as np
import torch
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


class Words:
    """A layer of the text: its name, the words behind it, and of a residual the layers in its braces."""

    def __init__(self, name, words, body=None):
        self.name, self.words, self.body = name, words, body
        self.bias_is_idle = False  # a batchnorm takes a bias away again: a conv has none by itself

    def fail(self, why):
        raise ValueError(f"network: layer \"{' '.join([self.name, *self.words])}\": {why}")

    def number(self, at, kind):
        try:
            return kind(self.words[at])
        except (IndexError, ValueError):
            self.fail("a number is missing")

    def options(self, known, begin):
        """{"stride": 2, "nobias": True} of the words from `begin` on; `known`: the type of each option's value, None for none."""
        found, at = {}, begin
        while at < len(self.words):
            option = self.words[at]
            if option not in known:
                self.fail(f"\"{option}\" is not one of its options")
            kind = known[option]
            found[option] = True if kind is None else self.number(at + 1, kind)
            at += 1 if kind is None else 2
        return found


def parse(text):
    """The list of layers."""
    tokens = re.findall(r"[,{}]|[^\s,{}]+", text.lower())
    layers = parse_list(tokens)
    if tokens:
        raise ValueError(f"network: nothing opened the \"{tokens[0]}\"")
    return layers


def parse_list(tokens):
    layers = []
    while True:
        words = []
        while tokens and tokens[0] not in ",{}":
            words.append(tokens.pop(0))
        if not words:
            raise ValueError(f"network: layer {len(layers)} of its list is empty")
        layer = Words(words[0], words[1:])
        if tokens[:1] == ["{"]:
            tokens.pop(0)
            layer.body = parse_list(tokens)
            if tokens[:1] != ["}"]:
                layer.fail("its closing brace is missing")
            tokens.pop(0)
        layers.append(layer)
        if tokens[:1] != [","]:
            break
        tokens.pop(0)
    names = [layer.name for layer in layers] + ["", ""]
    for i, layer in enumerate(layers):
        layer.bias_is_idle = names[i + 2 if names[i + 1].endswith("pool") else i + 1] == "batchnorm"
    return layers


class Dense(nn.Linear):
    def forward(self, x):
        return super().forward(x.flatten(1))


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


class Residual(nn.Module):
    def __init__(self, body, projection):
        super().__init__()
        self.body, self.projection = body, projection

    def forward(self, x):
        return self.body(x) + (x if self.projection is None else self.projection(x))


class Network(nn.Module):
    """The whole network; its outputs are logits."""

    def __init__(self, text, shape):
        super().__init__()
        self.layers, _ = build(parse(text), tuple(shape))

    def forward(self, x):
        return self.layers(x)


def build(layers, shape):
    """The modules of these layers in a row, and the shape of what they make of one sample."""
    modules = []
    for layer in layers:
        modules.append(make(layer, shape))
        shape = shape_behind(modules[-1], shape)
    return nn.Sequential(*modules), shape


def shape_behind(module, shape):
    was_training = module.training
    with torch.no_grad():
        shape = tuple(module.eval()(torch.zeros(1, *shape)).shape[1:])
    module.train(was_training)
    return shape


def make(layer, shape):
    name = layer.name
    if name == "residual":
        return residual(layer, shape)
    if layer.body is not None:
        layer.fail("only residual takes layers in braces")
    if name in ("conv", "whiten"):
        return convolution(layer, shape)
    if name == "dense":
        return Dense(int(np.prod(shape)), layer.number(0, int), bias="nobias" not in layer.options({"nobias": None}, 1))
    if name == "batchnorm":
        return batchnorm(layer, shape)
    if name in ("maxpool", "avgpool"):
        size, options = layer.number(0, int), layer.options({"stride": int, "pad": int}, 1)
        kind = nn.MaxPool2d if name == "maxpool" else nn.AvgPool2d
        return kind(size, options.get("stride", size), options.get("pad", 0))
    if name == "leaky":
        return nn.LeakyReLU(layer.number(0, float))
    if name == "dropout":
        return nn.Dropout(layer.number(0, float))
    if name == "scale":
        return Scale(layer.number(0, float))
    alone = {**ACTIVATIONS, "flatten": nn.Flatten, "globalmaxpool": lambda: nn.AdaptiveMaxPool2d(1),
             "globalavgpool": lambda: nn.AdaptiveAvgPool2d(1)}
    if name not in alone:
        layer.fail("there is no such layer")
    layer.options({}, 0)
    return alone[name]()


def convolution(layer, shape):
    count = layer.number(0, int)
    size = re.fullmatch(r"(\d+)x(\d+)", layer.words[1] if len(layer.words) > 1 else "")
    if not size:
        layer.fail("its size, as in 3x3, is missing")
    height, width = int(size[1]), int(size[2])
    known = {"stride": int, "pad": int}
    if layer.name == "conv":
        known.update(dilation=int, groups=lambda word: shape[0] if word == "all" else int(word), nobias=None)
    options = layer.options(known, 2)
    dilation = options.get("dilation", 1)
    same = ((height - 1) * dilation // 2, (width - 1) * dilation // 2)
    bias = layer.name == "conv" and not layer.bias_is_idle and "nobias" not in options
    module = nn.Conv2d(shape[0], count, (height, width), options.get("stride", 1), options.get("pad", same), dilation,
                       options.get("groups", 1), bias)
    module.weight.requires_grad_(layer.name == "conv")  # whitening filters stand
    return module


def batchnorm(layer, shape):
    options = layer.options({"noscale": None, "noshift": None, "momentum": float, "eps": float}, 0)
    kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
    module = kind(shape[0], options.get("eps", 1e-5), options.get("momentum", 0.1))
    if "noscale" in options:
        module.weight = None
    if "noshift" in options:
        module.bias = None
    return module


def residual(layer, shape):
    body, made = build(layer.body, shape)
    projection = None
    if made != shape and len(made) == 1:
        projection = Dense(int(np.prod(shape)), made[0], bias=False)
    elif made != shape:
        stride = -(-shape[1] // made[1])
        projection = nn.Conv2d(shape[0], made[0], 1, stride, bias=False)
    return Residual(body, projection)


def count_parameters(network):
    """As `weft info` counts: running statistics too."""
    return sum(value.numel() for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked"))


class Model:
    """A model file: the network with its weights, ready to predict, its classes' names and its preprocessing."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        size = int.from_bytes(data[:8], "little")
        header = json.loads(data[8:8 + size])
        metadata = header.pop("__metadata__")
        if metadata["weft.format"] != "1":
            raise ValueError(f"{path}: a model file of format {metadata['weft.format']}, and this program knows 1")
        self.tensors = {}
        for name, entry in header.items():
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            self.tensors[name] = np.frombuffer(data[begin:end], {"F32": "<f4"}[entry["dtype"]]).reshape(entry["shape"])
        shape = json.loads(metadata["weft.input"])
        self.shape = (shape["channels"], shape["height"], shape["width"])
        self.labels = json.loads(metadata["weft.labels"])
        photo_steps = {"product", "trim", "fit", "sharpen", "centre", "negate", "grey"}  # not for IDX files
        self.steps = [step for step in json.loads(metadata["weft.preprocess"]) if step["step"] not in photo_steps]
        self.temperature = json.loads(metadata["weft.output"])["temperature"]
        self.network = Network(metadata["weft.network"], self.shape)
        weights = {name: torch.from_numpy(value.copy()) for name, value in self.tensors.items() if name.startswith("layers.")}
        wrong = self.network.load_state_dict(weights, strict=False)
        missing = [name for name in wrong.missing_keys if not name.endswith("num_batches_tracked")]
        if missing or wrong.unexpected_keys:
            raise ValueError(f"{path}: its tensors do not fit its network: missing {missing}, too many {wrong.unexpected_keys}")
        self.network.eval()

    def prepare(self, pictures):
        """The network's input, from bytes: pictures x height x width, or with channels."""
        x = pictures.reshape(-1, *self.shape).astype(np.float32)
        for step in self.steps:
            if step["step"] == "divide":
                x /= step["by"]
            elif step["step"] == "standardise":
                mean, std = (self.tensors[name] for name in ("input.mean", "input.std"))
                across = mean.shape if mean.ndim == 3 else (-1, 1, 1)
                x = (x - mean.reshape(across)) / std.reshape(across)
            else:
                raise ValueError(f"this program does not know the preprocessing {step}")
        return torch.from_numpy(x)
