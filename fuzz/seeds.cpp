// Valid inputs, small enough that the fuzzer's changes reach all of them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "data/picture_cache.hpp"
#include "data/test_formats.hpp"
#include "model/safetensors.hpp"
#include "picture_maker.hpp"
#include "targets.hpp"
#include "train/checkpoint.hpp"
#include "weft/model.hpp"

namespace weft::fuzz {
namespace {

// The bytes of the file that `write` writes.
template <class Write>
Bytes file_of(const Write& write) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("weft-seed-" + std::to_string(::getpid()) + ".safetensors");
  write(path);
  std::ifstream file(path, std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

Bytes csv(const test::CsvStyle& style) {
  return test::bytes_of(test::csv_text(test::pictures(1, 2, 4), style));
}

// The first byte says what is asked for: see the target.
std::vector<Bytes> csv_seeds() {
  const auto asking = [](std::uint8_t what, Bytes bytes) {
    bytes.insert(bytes.begin(), what);
    return bytes;
  };
  return {asking(0, csv({.header = test::csv_header(4, "label")})),
          asking(3, csv({.label_first = false})), asking(5, csv({.labels = false})),
          asking(2, csv({.quoted = true, .end = "\r\n"})), asking(2, csv({.scale = 255}))};
}

std::vector<Bytes> npy_seeds() {
  return {test::npy("|u1", {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}),
          test::npy("<i8", {1}, {1, 0, 0, 0, 0, 0, 0, 0}),
          test::npy(">f4", {1, 1}, {0x3f, 0x80, 0, 0}),
          test::npy("|b1", {2, 2}, {1, 0, 0, 1}, true)};
}

std::vector<Bytes> npz_seeds() {
  const Bytes images = test::npy("|u1", {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Bytes labels = test::npy("|u1", {2}, {0, 1});
  return {test::zipped({{"x_train.npy", images}, {"y_train.npy", labels}}),
          test::zipped({{"images.npy", images}, {"labels.npy", labels}}, false),
          test::zipped({{"train_images.npy", images}, {"train_labels.npy", labels}})};
}

std::vector<Bytes> idx_seeds() {
  return {test::idx({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}), test::idx({3}, {0, 1, 2}),
          test::idx({1, 2, 1, 3}, {1, 2, 3, 4, 5, 6})};
}

std::vector<Bytes> photo_table_seeds() {
  std::vector<Bytes> all;
  for (const std::string text :
       {"0image_path,label,split\na/1.jpg,a,train\nb/1.jpg,b,train\nb/2.jpg,b,val\n",
        "01.png,x\n\"2,3.png\",\"y\"\"\"\n", "2id,file,label\n1,1.webp,x\n2,2.webp,y\n",
        "1path,other,third\n1.jpg,1,2\n"}) {
    all.push_back(test::bytes_of(text));
  }
  return all;
}

// Two parts of one picture each, and one that failed.
Bytes pictures_seed() {
  return file_of([](const auto& path) {
    FittedPhotos photos;
    photos.source = "here";
    photos.picture = {1, 2, 2};
    photos.parts = {{Part::train, 0, 1, "digest"}, {Part::test, 64, 1, "digest"}};
    photos.failed = {{1, "why"}};
    photos.warnings = {"warning"};
    photos.bytes = 68;
    CacheWriter writer(path, photos.bytes);
    writer.pixels()[0] = std::byte{7};
    writer.finish(photos);
  });
}

Bytes model_seed() {
  Model model;
  model.network = "dense 2, relu, dense 2 nobias";
  model.class_names = {"a", "b"};
  model.input = {1, 1, 2};
  model.scaler = {ScalerKind::channel, {0.5F}, {0.25F}};
  model.training = "{}";
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {2, 2})});
  model.weights.push_back({"layers.0.bias", Tensor(DataType::f32, {2})});
  model.weights.push_back({"layers.2.weight", Tensor(DataType::f32, {2, 2})});
  return file_of([&](const auto& path) { save_model(path, model); });
}

Bytes checkpoint_seed() {
  Checkpoint checkpoint;
  checkpoint.run = "{}";
  checkpoint.history.push_back({{}, 0.5, 0.25});
  checkpoint.parameters = Tensor(DataType::f32, {2});
  checkpoint.first_moment = Tensor(DataType::f32, {2});
  checkpoint.second_moment = Tensor(DataType::f32, {0});
  return file_of([&](const auto& path) { save_checkpoint(path, checkpoint); });
}

std::vector<Bytes> image_seeds() {
  const test::Pictures made = test::pictures(4, 8, 4);
  const auto picture = [&](std::size_t channels) {
    return Picture{
        6,
        7,
        channels,
        {made.pixels.begin(), made.pixels.begin() + 6 * 7 * static_cast<std::ptrdiff_t>(channels)}};
  };
  std::vector<Bytes> all;
  const auto add = [&](std::size_t channels, const test::FileStyle& style) {
    all.emplace_back();
    for (const std::byte byte : test::image_file(picture(channels), style)) {
      all.back().push_back(static_cast<std::uint8_t>(byte));
    }
  };
  using test::Profile;
  add(3, {.format = ".jpg", .orientation = 6});
  add(3, {.format = ".jpg[interlace]", .profile = Profile::swapped});
  add(1, {.format = ".jpg[strip]", .profile = Profile::linear_grey});
  add(4, {.format = ".jpg[strip]", .cmyk = true});
  add(4, {.format = ".png", .orientation = 3});
  add(2, {.format = ".png[interlace]", .wide = true});
  add(3, {.format = ".png[palette]", .profile = Profile::srgb});
  add(4, {.format = ".webp"});
  add(3, {.format = ".webp[lossless]", .orientation = 8, .frames = 2});
  add(4, {.format = ".gif", .frames = 3});
  add(3, {.format = ".tif", .orientation = 5, .wide = true, .frames = 2});
  add(4, {.format = ".tif[compression=lzw,tile]", .cmyk = true});
  add(3, {.format = ".tif[compression=jpeg]"});
  add(2, {.format = ".tif[compression=deflate,predictor=horizontal]"});
  add(1, {.format = ".tif[compression=ccittfax4,bitdepth=1]"});
  add(3, {.format = ".avif"});
  add(4, {.format = ".heic", .orientation = 6});
  return all;
}

std::vector<Bytes> texts(std::initializer_list<const char*> list) {
  std::vector<Bytes> all;
  for (const char* text : list) all.push_back(test::bytes_of(text));
  return all;
}

}  // namespace

std::vector<Bytes> seeds(const std::string& target) {
  if (target == "gzip") {
    Bytes two = test::gzipped({1, 2, 3});
    const Bytes more = test::gzipped(Bytes(300, 7));
    two.insert(two.end(), more.begin(), more.end());
    return {test::gzipped({}), two};
  }
  if (target == "image") return image_seeds();
  if (target == "idx") return idx_seeds();
  if (target == "csv") return csv_seeds();
  if (target == "map") {
    return texts({"index,x,y,label\n0,1.5,-2,a\n29,1e-3,7,\"b,\"\n", "y,x,index\r\n1,2,3\r\n"});
  }
  if (target == "npy") return npy_seeds();
  if (target == "npz") return npz_seeds();
  if (target == "photo_table") return photo_table_seeds();
  if (target == "pictures") return {pictures_seed()};
  if (target == "cifar") return {test::cifar(test::pictures(3, 32, 1))};
  if (target == "dataset") {
    return {csv({.header = test::csv_header(4, "label")}), npz_seeds()[0], idx_seeds()[0],
            test::gzipped(idx_seeds()[0]), test::cifar(test::pictures(3, 32, 1), true)};
  }
  if (target == "safetensors" || target == "model") return {model_seed()};
  if (target == "checkpoint") return {checkpoint_seed()};
  if (target == "network") {
    return texts({"dense 50, sigmoid, dense 10", "dense 5 nobias, relu, DENSE 3",
                  "conv 8 3x3 stride 2 groups 1, gelu, conv 8 3x3 groups all, leaky 0.1",
                  "conv 4 5x3 pad 1 dilation 2 nobias, maxpool 3 stride 2 pad 1, scale 0.5",
                  "avgpool 2, globalmaxpool, flatten",
                  "whiten 4 3x3, batchnorm noscale momentum 0.2, dropout 0.5, dense 2",
                  "residual { conv 4 3x3 stride 2, batchnorm, residual { relu } }, dense 2"});
  }
  if (target == "configuration") {
    return texts({R"({"epochs": 3, "lr": 0.1, "nesterov": true, "preset": "mlp"})",
                  R"({"batch_size": 64, "time": "3m", "class-weights": "balanced"})",
                  R"({"optimizer": "muon", "adamw-lr": 0.004, "lookahead": 5})"});
  }
  if (target == "augmentation") {
    return texts({"mirror alternate, shift 2 reflect, rotate 10, zoom 0.1, brightness 0.2",
                  "contrast 0.2, cutout 8, erase 0.5, mixup 0.2, cutmix 1", "mirror, shift 1",
                  "none"});
  }
  if (target == "views")
    return texts({"none", "mirror", "shift 2 reflect", "mirror, shift 1, gamma 2"});
  if (target == "fixes") {
    return texts({"index,label\n3,a\n0,\n",
                  "# data 4463c79f2e707eadd51c910ef962e55c06244d5f6ff935aaba2f5b4be221fc2a\n"
                  "index,label,why\n9,\"b, \"\"c\"\"\",x\n",
                  "# by hand\r\nIndex,Label\r\n7,a\r\n"});
  }
  if (target == "search") {
    return texts({R"({"run": "{}", "candidates": [{"rate": 0.04, "width": 1, "weight_decay": 0.01,
      "label_smoothing": 0.1, "augment": "mirror"}], "steps": [9, 27], "trials": [{"candidate": 0,
      "rung": 0, "steps": 9, "val_accuracy": 0.5, "val_loss": 1.5, "seconds": 2}]})"});
  }
  return {};
}

}  // namespace weft::fuzz
