#!/usr/bin/python3
"""weft's networks in PyTorch: the same function from the same weights, and how fast it trains and predicts.

Needs: python3-torch dataset-fashion-mnist (Debian packages); run with /usr/bin/python3. Every command prints one JSON document.

    torch_twin.py train --network TEXT --batch 128 --formats default,channels_last
    torch_twin.py infer --network TEXT --batch 256 --formats default,channels_last,frozen
    torch_twin.py outputs MODEL --count 256         logits and probabilities of the first test pictures
    torch_twin.py predict MODEL --index 0           one picture, from start to answer
    torch_twin.py export MODEL --onnx FILE --inputs FILE --count 256
    torch_twin.py --self-test                       the network text's reader, against sums done by hand

Formats: `default` and `channels_last` are how pictures lie in memory; `frozen` is TorchScript with
torch.jit.optimize_for_inference (batch normalisation folded, oneDNN's own layouts); `_bf16` behind one of the first two runs it
under autocast. Training takes its batches from memory, already standardised: reading and preparing cost PyTorch nothing here.
"""
import argparse, gzip, json, statistics, struct, time
import numpy as np
import torch
from torch_network import Model, Network, count_parameters

FOLDER = "/usr/share/datasets/fashion-mnist/"
BATCHES = 4  # different ones, in turn


def read_idx(name):
    raw = gzip.open(FOLDER + name).read()
    shape = struct.unpack(">%dI" % raw[3], raw[4:4 + 4 * raw[3]])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def layout_of(name):
    return torch.channels_last if name.startswith("channels_last") else torch.contiguous_format


def arithmetic(name):
    return torch.autocast("cpu", torch.bfloat16, enabled=name.endswith("_bf16"))


def batches(arguments):
    """Standardised pictures and their labels, from the training set; of another shape than its own, noise."""
    shape, count = tuple(arguments.input), arguments.batch * BATCHES
    images, labels = read_idx("train-images-idx3-ubyte.gz"), read_idx("train-labels-idx1-ubyte.gz")
    if shape == (1, *images.shape[1:]):
        x = np.resize(images, (count, *shape)).astype(np.float32)
        x = torch.from_numpy((x - x.mean()) / x.std())
    else:
        x = torch.randn(count, *shape)
    y = torch.from_numpy(np.resize(labels, count).astype(np.int64))
    return list(zip(x.split(arguments.batch), y.split(arguments.batch)))


def timed(step, seconds, least, skipped=2):
    """Milliseconds of every call but the first ones, for as long as asked for."""
    times, begin = [], time.perf_counter()
    while len(times) < least + skipped or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        step(len(times))
        times.append(1000 * (time.perf_counter() - start))
    return times[skipped:]


def rate(times, batch):
    median = statistics.median(times)
    return {"images_per_second": 1000 * batch / median, "step_ms": median, "steps": len(times)}


def train(arguments):
    answer = {}
    data = batches(arguments)
    for name in arguments.formats:
        torch.manual_seed(1)
        network = Network(arguments.network, arguments.input).to(memory_format=layout_of(name))
        optimizer = torch.optim.SGD((p for p in network.parameters() if p.requires_grad), lr=0.01, momentum=0.9, nesterov=True,
                                    weight_decay=5e-4)
        lossy = torch.nn.CrossEntropyLoss()
        ready = [(x.to(memory_format=layout_of(name)), y) for x, y in data]

        def step(i):
            x, y = ready[i % BATCHES]
            optimizer.zero_grad(set_to_none=True)
            with arithmetic(name):
                loss = lossy(network(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

        losses = []
        answer[name] = rate(timed(step, arguments.seconds, 3), arguments.batch)
        answer[name].update(first_loss=losses[0], last_loss=losses[-1])
    return answer


def frozen(network, example):
    return torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, example)))


def infer(arguments):
    """Images a second in batches, and the median latency of one picture."""
    answer = {}
    data = [x for x, _ in batches(arguments)]
    torch.manual_seed(1)
    for name in arguments.formats:
        network = Network(arguments.network, arguments.input).eval().to(memory_format=layout_of(name))
        ready = [x.to(memory_format=layout_of(name)) for x in data]
        one = [x[:1].contiguous(memory_format=layout_of(name)) for x in ready]
        with torch.no_grad(), arithmetic(name):
            many = frozen(network, ready[0]) if name == "frozen" else network
            times = timed(lambda i: many(ready[i % BATCHES]), arguments.seconds, 3)
            single = frozen(network, one[0]) if name == "frozen" else network
            latency = timed(lambda i: single(one[i % BATCHES]), arguments.seconds / 2, 20)
        answer[name] = {**rate(times, arguments.batch), "latency_ms": statistics.median(latency)}
    return answer


def outputs(arguments):
    model = Model(arguments.model)
    with torch.no_grad():
        logits = model.network(model.prepare(read_idx("t10k-images-idx3-ubyte.gz")[:arguments.count]))
    return {"labels": model.labels, "parameters": count_parameters(model.network), "logits": logits.tolist(),
            "probabilities": torch.softmax(logits / model.temperature, 1).tolist()}


def predict(arguments):
    model = Model(arguments.model)
    with torch.no_grad():
        logits = model.network(model.prepare(read_idx("t10k-images-idx3-ubyte.gz")[arguments.index]))
    probabilities = torch.softmax(logits / model.temperature, 1)[0]
    best = int(probabilities.argmax())
    return {"index": arguments.index, "label": model.labels[best], "probability": float(probabilities[best])}


def export(arguments):
    """The network as ONNX, for any number of pictures, and the first test pictures as it takes them, in float32."""
    model = Model(arguments.model)
    x = model.prepare(read_idx("t10k-images-idx3-ubyte.gz")[:arguments.count])
    torch.onnx.export(model.network, x[:1], arguments.onnx, input_names=["input"], output_names=["logits"], opset_version=14,
                      dynamic_axes={"input": {0: "n"}, "logits": {0: "n"}})
    x.numpy().astype("<f4").tofile(arguments.inputs)
    return {"shape": list(model.shape), "count": len(x)}


def self_test(_):
    """Networks' numbers of parameters, done by hand; places of weights; what must be refused."""
    a = ("conv 32 3x3, batchnorm, relu, conv 64 3x3, batchnorm, relu, maxpool 2, conv 128 3x3, batchnorm, relu, maxpool 2,"
         "conv 128 3x3, batchnorm, relu, globalmaxpool, dense 10")
    b = ("whiten 16 3x3, gelu, conv 32 3x3, maxpool 2, batchnorm, gelu, conv 32 3x3, batchnorm, gelu, conv 64 3x3, maxpool 2,"
         "batchnorm, gelu, conv 64 3x3, batchnorm, gelu, conv 128 3x3, maxpool 2, batchnorm, gelu, conv 128 3x3, batchnorm, gelu,"
         "maxpool 3, dense 10 nobias")
    cases = [
        (a, 9 * (1 * 32 + 32 * 64 + 64 * 128 + 128 * 128) + 4 * (32 + 64 + 128 + 128) + 128 * 10 + 10),
        (b, 9 * (1 * 16 + 16 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128)
         + 4 * (32 + 32 + 64 + 64 + 128 + 128) + 128 * 10),
        # A bias where no batchnorm follows, one channel a group, even filters that shrink the picture by one.
        ("CONV 4 3x3 , conv 4 5x3 dilation 2 groups all,conv 6 2x2 pad 0 stride 2 nobias, flatten, dense 3",
         (9 * 4 + 4) + (15 * 4 + 4) + 4 * 4 * 6 + 6 * 14 * 14 * 3 + 3),
        # A projection by itself, without bias; batchnorm without scale; a residual inside another.
        ("conv 8 3x3, residual { conv 16 3x3 stride 2, batchnorm noscale momentum 0.2, residual { relu, conv 16 1x1 } },"
         "leaky 0.1, globalavgpool, residual { dense 10, tanh }, batchnorm noshift eps 1e-3",
         (9 * 8 + 8) + (9 * 8 * 16 + 3 * 16 + (16 * 16 + 16)) + 8 * 16 + (160 + 10) + 160 + 3 * 10),
    ]
    for text, expected in cases:
        network = Network(text, (1, 28, 28))
        counted = count_parameters(network)
        assert counted == expected, f"{counted} parameters instead of {expected}: {text}"
        made = network.eval()(torch.zeros(2, 1, 28, 28))
        assert made.shape[0] == 2 and made.isfinite().all(), text
    names = Network(cases[3][0], (1, 28, 28)).state_dict().keys()
    for name in ("layers.1.body.2.body.1.bias", "layers.1.projection.weight", "layers.1.body.1.running_var", "layers.5.weight"):
        assert name in names, f"no {name} among {list(names)}"
    for text in ("", "relu,", "conv 3", "conv 3 3x3 strid 2", "dens 3", "relu { relu }", "residual { relu", "relu }", "relu 2",
                 "dense"):
        try:
            Network(text, (1, 28, 28))
        except ValueError:
            continue
        raise AssertionError(f"\"{text}\" was taken for a network")
    return {"self_test": "passed", "networks": len(cases)}


def shape(text):
    return [int(part) for part in text.lower().split("x")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_const", dest="command", const=self_test)
    commands = parser.add_subparsers()
    for command, size, formats in ((train, 128, "default"), (infer, 256, "default")):
        options = commands.add_parser(command.__name__)
        options.add_argument("--network", required=True)
        options.add_argument("--input", type=shape, default=[1, 28, 28])
        options.add_argument("--batch", type=int, default=size)
        options.add_argument("--formats", type=lambda text: text.split(","), default=[formats])
        options.add_argument("--seconds", type=float, default=3, help="at least so long, each format")
        options.set_defaults(command=command)
    for command in (outputs, predict, export):
        options = commands.add_parser(command.__name__)
        options.add_argument("model")
        options.set_defaults(command=command)
        if command is predict:
            options.add_argument("--index", type=int, default=0)
        else:
            options.add_argument("--count", type=int, default=256)
        if command is export:
            options.add_argument("--onnx", required=True)
            options.add_argument("--inputs", required=True)
    for options in (parser, *commands.choices.values()):
        options.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if not arguments.command:
        parser.error("what is to be done?")
    torch.set_num_threads(arguments.threads)
    answer = arguments.command(arguments)
    if arguments.command in (train, infer):
        answer = {"formats": answer, "batch": arguments.batch, "threads": torch.get_num_threads(), "version": torch.__version__,
                  "onednn": next((line.split("v")[1].split()[0] for line in torch.__config__.show().split("\n")
                                  if "MKL-DNN" in line), None)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
