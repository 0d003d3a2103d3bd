#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "model/safetensors.hpp"
#include "model/test_files.hpp"
#include "weft/model.hpp"

namespace weft {
namespace {

Tensor floats(Shape shape, float first) {
  Tensor tensor(DataType::f32, std::move(shape));
  for (float& value : tensor.as<float>()) value = std::exchange(first, first * -1.25F);
  return tensor;
}

// Two channels of 1 x 2, four values; three classes.
Model small_model() {
  Model model;
  model.network = "dense 2, relu, dense 3 nobias";
  model.class_names = {"T-shirt/top", "a \"b\"\n\\ \t", "S\xC3\xA4ge \xF0\x9F\x91\x9F"};
  model.input = {2, 1, 2};
  model.scaler = {ScalerKind::channel, {0.25F, -0.5F}, {0.5F, 2.0F}};
  model.training = R"({"seed":1,"scores":{"val":[0.5,0.75]}})";
  model.weights.push_back({"layers.0.weight", floats({2, 4}, 0.1F)});
  model.weights.push_back({"layers.0.bias", floats({2}, -3)});
  model.weights.push_back({"layers.2.weight", floats({3, 2}, 1e-40F)});
  return model;
}

class ModelFile : public testing::Test {
 protected:
  void SetUp() override {
    digest_ = save_model(path_, small_model());
    bytes_ = bytes_in(path_);
  }

  // The saved file with its contents changed.
  void rewrite(const std::function<void(Safetensors&)>& change) {
    put_bytes(path_, bytes_);
    Safetensors contents = read_safetensors(path_);
    change(contents);
    std::vector<TensorReference> tensors;
    for (const NamedTensor& tensor : contents.tensors)
      tensors.push_back({tensor.name, &tensor.value});
    write_safetensors(path_, contents.metadata, tensors);
  }

  void load_refused(const std::string& part, const std::function<void(Safetensors&)>& change) {
    rewrite(change);
    expect_error(ErrorCode::bad_input, part, [&] { load_model(path_); });
    expect_error(ErrorCode::bad_input, path_.string(), [&] { load_model(path_); });
  }
  void metadata_refused(const std::string& key, const std::string& value, const std::string& part) {
    SCOPED_TRACE(key + " = " + value.substr(0, 100));
    load_refused(part, [&](Safetensors& contents) { contents.metadata.at(key) = value; });
  }
  void save_refused(const std::string& part, const std::function<void(Model&)>& change) {
    Model model = small_model();
    change(model);
    expect_error(ErrorCode::usage, part, [&] { save_model(folder_ / "refused", model); });
    EXPECT_FALSE(std::filesystem::exists(folder_ / "refused")) << part;
  }

  // A damaged file may load, where the damage makes another model, or be refused: nothing else.
  bool loads() {
    try {
      load_model(path_);
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_input) << error.what();
      EXPECT_THAT(error.what(), testing::StartsWith(path_.string()));
      return false;
    }
  }

  ScratchFolder folder_;
  const std::filesystem::path path_ = folder_ / "model.safetensors";
  std::string digest_;
  std::string bytes_;
};

TEST_F(ModelFile, HoldsTheModel) {
  const Model expected = small_model();
  for (const auto& path : {path_, folder_.path()}) {
    const Model model = load_model(path);
    EXPECT_EQ(model.network, expected.network);
    EXPECT_EQ(model.class_names, expected.class_names);
    EXPECT_EQ(model.input, expected.input);
    EXPECT_EQ(model.scaler.mean, expected.scaler.mean);
    EXPECT_EQ(model.scaler.deviation, expected.scaler.deviation);
    EXPECT_EQ(model.training, expected.training);
    ASSERT_EQ(model.weights.size(), expected.weights.size());
    for (std::size_t i = 0; i < model.weights.size(); ++i) {
      EXPECT_EQ(model.weights[i].name, expected.weights[i].name);
      EXPECT_EQ(model.weights[i].value.shape(), expected.weights[i].value.shape());
      EXPECT_THAT(model.weights[i].value.as<float>(),
                  testing::ElementsAreArray(expected.weights[i].value.as<float>()));
    }
  }
}

// Two of the small model's networks, the second with other weights.
Model small_ensemble() {
  Model model = small_model();
  model.members = 2;
  model.views = parse_views("mirror, shift 1 reflect");
  for (const char* prefix : {"members.0.", "members.1."}) {
    for (NamedTensor& weight : small_model().weights) {
      if (prefix[8] == '1') weight.value.as<float>()[0] = 0.75F;
      model.weights.push_back({prefix + weight.name, std::move(weight.value)});
    }
  }
  model.weights.erase(model.weights.begin(), model.weights.begin() + 3);
  return model;
}

TEST_F(ModelFile, HoldsAnEnsembleAndItsViews) {
  save_model(path_, small_ensemble());
  const Model model = load_model(path_);
  EXPECT_EQ(model.members, 2U);
  EXPECT_EQ(model.views, small_ensemble().views);
  ASSERT_EQ(model.weights.size(), 6U);
  EXPECT_EQ(model.weights[3].name, "members.1.layers.0.weight");
  EXPECT_EQ(model.weights[3].value.as<float>()[0], 0.75F);
  bytes_ = bytes_in(path_);
  load_refused("weight tensors", [](Safetensors& contents) { contents.tensors.pop_back(); });
  load_refused("needs a tensor members.1.layers.0.weight", [](Safetensors& contents) {
    contents.tensors[5].name = "members.1.layers.1.weight";
  });
  load_refused("weight tensors", [](Safetensors& contents) {
    contents.tensors[5].name = "members.2.layers.0.weight";
  });
}

TEST_F(ModelFile, HasTheSameBytesEveryTime) {
  EXPECT_EQ(digest_, sha256(bytes_.data(), bytes_.size()));
  EXPECT_EQ(save_model(folder_ / "again", small_model()), digest_);
  EXPECT_EQ(bytes_in(folder_ / "again"), bytes_);
  EXPECT_EQ(save_model(folder_ / "loaded", load_model(path_)), digest_);
  Model other = small_model();
  other.weights[1].value.as<float>()[1] += 1;
  EXPECT_NE(save_model(folder_ / "other", other), digest_);
}

TEST_F(ModelFile, HasTheMetadataOfItsPage) {
  using nlohmann::json;
  const Metadata metadata = read_safetensors(path_).metadata;
  EXPECT_EQ(metadata.at("weft.format"), "1");
  EXPECT_EQ(json::parse(metadata.at("weft.labels")), json(small_model().class_names));
  EXPECT_EQ(metadata.at("weft.input"), R"({"channels":2,"height":1,"width":2})");
  EXPECT_EQ(metadata.at("weft.preprocess"),
            R"([{"step":"fit","version":1},{"step":"centre","version":1},)"
            R"({"by":255,"step":"divide","version":1},{"step":"standardise","version":1}])");
  EXPECT_EQ(metadata.at("weft.output"),
            R"({"activation":"softmax","temperature":1.0,"views":["plain"]})");
}

TEST_F(ModelFile, HoldsTemperatureAndRejection) {
  Model model = small_model();
  model.temperature = 0.731;
  model.rejected = 0.05;
  for (std::size_t i = 0; i < kQuantiles; ++i) {
    model.evidence.push_back(static_cast<float>(i) / 3);
  }
  save_model(path_, model);
  const Model loaded = load_model(path_);
  EXPECT_EQ(loaded.temperature, 0.731);
  EXPECT_EQ(loaded.rejected, 0.05);
  EXPECT_EQ(loaded.evidence, model.evidence);
  const auto output = [](const std::string& temperature, const std::string& rejection) {
    return R"({"activation":"softmax","views":["plain"],"temperature":)" + temperature +
           R"(,"rejection":)" + rejection + "}";
  };
  const std::string some = R"({"rule":"evidence","version":1,"rate":0.1,"quantiles":[]})";
  for (const char* wrong : {"0", "-1", "1e-9", "\"hot\"", "null", "1e999"}) {
    metadata_refused("weft.output", output(wrong, some), "");
  }
  for (const char* wrong : {"3", R"({"rule":"evidence","version":2,"rate":0.1,"quantiles":[]})",
                            R"({"rule":"evidence","version":1,"quantiles":[]})",
                            R"({"rule":"evidence","version":1,"rate":2,"quantiles":[]})",
                            R"({"rule":"evidence","version":1,"rate":0.1,"quantiles":[1,2]})",
                            R"({"rule":"evidence","version":1,"rate":0.1,"quantiles":["a"]})"}) {
    metadata_refused("weft.output", output("1", wrong), "");
  }
  save_refused("quantiles", [](Model& wrong) { wrong.evidence = {1, 2}; });
  save_refused("temperature", [](Model& wrong) { wrong.temperature = 0; });
}

TEST_F(ModelFile, HoldsSets) {
  Model model = small_model();
  EXPECT_TRUE(load_model(path_).set_thresholds.empty());
  for (std::size_t i = 0; i < kSets; ++i) {
    model.set_thresholds.push_back(static_cast<double>(kSets - i) * 19 / 1e4);
  }
  save_model(path_, model);
  EXPECT_EQ(load_model(path_).set_thresholds, model.set_thresholds);
  const auto refused = [&](const std::string& sets) {
    metadata_refused(
        "weft.output",
        R"({"activation":"softmax","temperature":1,"views":["plain"],"sets":)" + sets + "}", "");
  };
  const std::string rule = R"({"rule":"threshold","version":1,"least_coverage":0.5,"step":0.001)";
  for (const char* thresholds :
       {"", R"(,"thresholds":3)", R"(,"thresholds":["a"])", R"(,"thresholds":[0.5,0.4])"}) {
    refused(rule + thresholds + "}");
  }
  std::string ascending;
  for (std::size_t i = 0; i < kSets; ++i)
    ascending += (i > 0 ? "," : "") + std::to_string(static_cast<double>(i) * 1e-3);
  refused(rule + R"(,"thresholds":[)" + ascending + "]}");
  refused(R"({"rule":"threshold","version":2,"least_coverage":0.5,"step":0.001,"thresholds":[]})");
  save_refused("thresholds", [](Model& wrong) { wrong.set_thresholds = {0.5}; });
  save_refused("thresholds", [](Model& wrong) { wrong.set_thresholds.assign(kSets, 1.5); });
}

TEST_F(ModelFile, HoldsTheStepsForPhotos) {
  Model model = small_model();
  model.photo_steps = "product, trim, fit, sharpen, centre, negate, grey";
  save_model(path_, model);
  EXPECT_EQ(load_model(path_).photo_steps, model.photo_steps);
  save_refused("negative", [](Model& wrong) { wrong.photo_steps = "fit, centre, negative"; });
  const std::string rest =
      R"({"step":"divide","by":255,"version":1},{"step":"standardise","version":1}])";
  const std::string fit = R"({"step":"fit","version":1},)",
                    centre = R"({"step":"centre","version":1},)";
  metadata_refused("weft.preprocess", "[" + fit + rest, "lacks fit or centre");
  metadata_refused("weft.preprocess", "[" + centre + fit + rest, "knows only");
  metadata_refused("weft.preprocess", "[" + fit + fit + centre + rest, "knows only");
  metadata_refused("weft.preprocess", R"([{"step":"fit","version":2},)" + centre + rest,
                   "knows only");
  // Files from before there were any.
  rewrite([&](Safetensors& contents) { contents.metadata.at("weft.preprocess") = "[" + rest; });
  EXPECT_EQ(load_model(path_).photo_steps, "fit, centre");
}

TEST_F(ModelFile, CutAnywhereIsRefused) {
  ASSERT_TRUE(loads());
  for (std::size_t length = bytes_.size(); length-- > 0;) {
    std::filesystem::resize_file(path_, length);
    ASSERT_FALSE(loads()) << length << " of " << bytes_.size() << " bytes";
  }
}

TEST_F(ModelFile, ExtendedIsRefused) {
  put_bytes(path_, bytes_ + '\0');
  EXPECT_FALSE(loads());
}

TEST_F(ModelFile, FlippedBitsLoadOrAreRefused) {
  // In place: writing the whole file anew for each bit takes the disk's time, not the reader's.
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&file](std::size_t place, int byte) {
    file.seekp(static_cast<std::streamoff>(place)).put(static_cast<char>(byte)).flush();
  };
  std::size_t refusals = 0;
  for (std::size_t bit = 0; bit < 8 * bytes_.size(); ++bit) {
    put(bit / 8, bytes_[bit / 8] ^ 1 << (bit % 8));
    const bool loaded = loads();
    put(bit / 8, bytes_[bit / 8]);
    if (!loaded) ++refusals;
    ASSERT_FALSE(loaded && bit < 64) << "bit " << bit << " of the header's length";
    ASSERT_FALSE(HasFailure()) << "bit " << bit;
  }
  EXPECT_GT(refusals, 4 * 300U) << "most of the header means something";
  EXPECT_TRUE(loads()) << "every bit was put back";
}

TEST_F(ModelFile, UnknownKeysAreIgnored) {
  rewrite([](Safetensors& contents) {
    contents.metadata["weft.later"] = "x";
    contents.metadata["weft.input"] = R"({"channels":2,"height":1,"width":2,"later":[]})";
    contents.metadata["weft.output"] =
        R"({"activation":"softmax","temperature":1.0,"views":["plain"],"later":1})";
    contents.metadata["weft.preprocess"] =
        R"([{"step":"divide","by":255,"version":1,"later":0},{"step":"standardise","version":1}])";
    contents.tensors.push_back({"later.weight", Tensor(DataType::u8, {3})});
  });
  EXPECT_EQ(load_model(path_).weights.size(), 3U);
}

TEST_F(ModelFile, MissingKeysAreRefused) {
  for (const std::string key : {"weft.format", "weft.network", "weft.labels", "weft.input",
                                "weft.preprocess", "weft.output", "weft.training"}) {
    load_refused("lacks " + key, [&](Safetensors& contents) { contents.metadata.erase(key); });
  }
}

TEST_F(ModelFile, WrongMetadataIsRefused) {
  metadata_refused("weft.format", "2", "weft.format is \"2\"");
  metadata_refused("weft.network", "", "network");
  for (const std::string wrong : {"", "{", "[\"a\"", "[1,\"a\"]", "{}", "\"a\"", "null"}) {
    metadata_refused("weft.labels", wrong, "weft.labels");
  }
  metadata_refused("weft.labels", "[]", "0 class names");
  metadata_refused("weft.labels", R"(["a","b","\u0061"])", "two classes are named \"a\"");
  metadata_refused("weft.labels", nlohmann::json(std::vector<int>(257)).dump(), "array of names");
  for (const std::string wrong :
       {"[]", "7", R"({"channels":2,"height":1})", R"({"channels":2,"height":1,"width":-2})",
        R"({"channels":2,"height":1,"width":2.5})", R"({"channels":2,"height":1,"width":"2"})"}) {
    metadata_refused("weft.input", wrong, "weft.input");
  }
  metadata_refused("weft.input", R"({"channels":2,"height":0,"width":2})", "input is 2x0x2");
  metadata_refused("weft.input", R"({"channels":2,"height":1,"width":65537})", "2x1x65537");
  metadata_refused("weft.input", R"({"channels":3,"height":1,"width":2})",
                   "for this input it is f32 of 3");
  for (const std::string wrong :
       {"[]", "{}", R"([{"step":"divide","by":255,"version":1}])",
        R"([{"step":"standardise","version":1},{"step":"divide","by":255,"version":1}])",
        R"([{"step":"divide","by":256,"version":1},{"step":"standardise","version":1}])",
        R"([{"step":"divide","by":255,"version":2},{"step":"standardise","version":1}])",
        R"([{"step":"divide","by":255},{"step":"standardise","version":1}])",
        R"([{"step":"divide","by":255,"version":1},{"step":"whiten","version":1}])",
        R"([{"step":"divide","by":255,"version":1},{"step":"standardise","version":1},7])"}) {
    metadata_refused("weft.preprocess", wrong, "weft.preprocess is");
  }
  metadata_refused("weft.output", R"({"activation":"sigmoid","temperature":2,"views":["plain"]})",
                   "weft.output is");
  for (const std::string wrong : {R"(["plain","turned"])", R"(["shift 1"])", "[1]"}) {
    metadata_refused("weft.output",
                     R"({"activation":"softmax","temperature":1,"views":)" + wrong + "}",
                     "weft.output has the view");
  }
  for (const std::string none : {"[]", "\"plain\"", "null"}) {
    metadata_refused("weft.output",
                     R"({"activation":"softmax","temperature":1,"views":)" + none + "}",
                     "it has 0 views");
  }
  for (const std::string wrong : {"", "[]", "{", "{\"a\":nul}", "{}{}"}) {
    metadata_refused("weft.training", wrong, "training record");
  }
}

TEST_F(ModelFile, DeepOrLongJsonIsRefused) {
  metadata_refused("weft.training", "{\"a\":" + std::string(1'000'000, '['), "training record");
  const std::string deep = std::string(50, '[') + std::string(50, ']');
  metadata_refused("weft.training", "{\"a\":" + deep + "}", "training record");
  metadata_refused("weft.labels", deep, "weft.labels");
  metadata_refused("weft.training", "{}" + std::string(5 << 20, ' '), "training record");
  rewrite([](Safetensors& contents) {
    contents.metadata["weft.training"] =
        "{\"a\":" + std::string(10, '[') + std::string(10, ']') + "}";
  });
  EXPECT_NO_THROW(load_model(path_));
}

TEST_F(ModelFile, WrongStatisticsAreRefused) {
  const auto replaced = [](const char* name, Tensor value) {
    auto shared = std::make_shared<Tensor>(std::move(value));
    return [name, shared](Safetensors& contents) {
      std::ranges::find(contents.tensors, name, &NamedTensor::name)->value = std::move(*shared);
    };
  };
  for (const char* name : {"input.mean", "input.std"}) {
    const std::string text = name;
    load_refused("the tensor " + text + " is missing", [&](Safetensors& contents) {
      std::erase_if(contents.tensors, [&](const NamedTensor& one) { return one.name == text; });
    });
    load_refused(text, replaced(name, Tensor(DataType::f64, {2})));
    load_refused(text + " has type u8", replaced(name, Tensor(DataType::u8, {2})));
    load_refused(text + " has type f32 and shape 2x1: for this input it is f32 of 2",
                 replaced(name, floats({2, 1}, 1)));
    load_refused(text, replaced(name, floats({3}, 1)));
    load_refused(text, replaced(name, floats({0}, 1)));
  }
  const auto nan = std::numeric_limits<float>::quiet_NaN();
  const auto infinity = std::numeric_limits<float>::infinity();
  for (const float wrong : {nan, infinity, 0.0F, -0.0F, -1.0F}) {
    load_refused("channel 0", replaced("input.std", floats({2}, wrong)));
  }
  for (const float wrong : {nan, -infinity}) {
    load_refused("channel 0", replaced("input.mean", floats({2}, wrong)));
  }
}

TEST_F(ModelFile, EveryScalerComesBack) {
  for (const Scaler& scaler : {Scaler{ScalerKind::none, {}, {}}, Scaler{ScalerKind::unit, {}, {}},
                               Scaler{ScalerKind::channel, {0, 1}, {1, 2}},
                               Scaler{ScalerKind::standard, {0, 1, 2, 3}, {1, 2, 3, 4}}}) {
    Model model = small_model();
    model.scaler = scaler;
    save_model(path_, model);
    const Scaler loaded = load_model(path_).scaler;
    EXPECT_EQ(loaded.kind, scaler.kind);
    EXPECT_EQ(loaded.mean, scaler.mean);
    EXPECT_EQ(loaded.deviation, scaler.deviation);
  }
}

TEST_F(ModelFile, WrongWeightsAreRefused) {
  for (const float wrong :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    load_refused("element 5 of \"layers.0.weight\"", [&](Safetensors& contents) {
      contents.tensors.at(2).value.as<float>()[5] = wrong;
    });
  }
  load_refused("\"layers.0.bias\" is of type f64", [](Safetensors& contents) {
    contents.tensors.at(3).value = Tensor(DataType::f64, {2});
  });
}

TEST_F(ModelFile, WrongPathsAreNamed) {
  expect_error(ErrorCode::bad_input, "missing", [&] { load_model(folder_ / "missing"); });
  std::filesystem::create_directory(folder_ / "empty");
  expect_error(ErrorCode::bad_input, "without model.safetensors",
               [&] { load_model(folder_ / "empty"); });
  expect_error(ErrorCode::failed, "nowhere",
               [&] { save_model(folder_ / "nowhere/model", small_model()); });
}

TEST_F(ModelFile, WhatCouldNotBeLoadedIsNotSaved) {
  save_refused("network", [](Model& model) { model.network.clear(); });
  save_refused("network", [](Model& model) { model.network = "\xFF"; });
  save_refused("not UTF-8", [](Model& model) { model.class_names[1] = "\xC3"; });
  save_refused("two classes", [](Model& model) { model.class_names[1] = model.class_names[0]; });
  save_refused("0 class names", [](Model& model) { model.class_names.clear(); });
  constexpr std::size_t kTooMany = std::numeric_limits<Label>::max() + std::size_t{2};
  save_refused(std::to_string(kTooMany) + " class names",
               [](Model& model) { model.class_names.resize(kTooMany); });
  save_refused("its input is 2x2", [](Model& model) { model.input = {2, 2}; });
  save_refused("input.mean has 1", [](Model& model) { model.scaler.mean.pop_back(); });
  save_refused("channel 1", [](Model& model) { model.scaler.deviation[1] = 0; });
  save_refused("training record", [](Model& model) { model.training = "seed 1"; });
  save_refused("begin with layers.", [](Model& model) { model.weights[0].name = "input.mean"; });
  save_refused("two tensors", [](Model& model) { model.weights[2].name = "layers.0.bias"; });
  save_refused("weights are f32", [](Model& model) {
    model.weights[0].value = Tensor(DataType::f64, {2, 4});
  });
  save_refused("finite", [](Model& model) {
    model.weights[0].value.as<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  });
}

}  // namespace
}  // namespace weft
