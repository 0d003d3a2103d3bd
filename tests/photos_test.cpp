// Folders of photos through the real program.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "data/test_photos.hpp"
#include "program.hpp"

namespace weft::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Photos of three classes, each of one colour and as many as there is time for.
class CliPhotos : public ::testing::Test {
 protected:
  CliPhotos() {
    add("train", 20);
    add("val", 4);
    add("test", 6);
  }

  void add(const std::string& part, int count) const {
    for (int i = 0; i < count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        Picture picture = test::photo(static_cast<std::uint32_t>(next_++), 20, 14);
        for (std::size_t p = c; p < picture.pixels.size(); p += 3) picture.pixels[p] = 255;
        const std::string name = std::to_string(next_) + ".png";
        test::write_photo(data() / part / kClasses[c] / name, picture);
      }
    }
  }
  fs::path data() const { return (folder_.path() / "clothes").lexically_normal(); }
  std::string run() const { return folder_ / "run"; }
  Ran weft(const std::string& arguments) const {
    return run_weft(arguments, "WEFT_CACHE=" + folder_ / "cache");
  }
  std::string train() const {
    return "train --network \"conv 8 3x3, relu, globalavgpool, dense 3\" --epochs 6 --lr 0.02 "
           "--batch-size 8 --out " +
           run() + " --data " + data().string();
  }
  std::size_t cached() const {
    std::error_code none;
    return static_cast<std::size_t>(std::distance(
        fs::directory_iterator(folder_ / "cache/pictures", none), fs::directory_iterator()));
  }

  static constexpr std::array<const char*, 3> kClasses = {"blue shirt", "hat", "shoe"};
  TemporaryFolder folder_;
  mutable int next_ = 0;
};

TEST_F(CliPhotos, TrainEvaluatePredict) {
  const Ran trained = weft(train() + " --image-size 16 --json");
  ASSERT_EQ(trained.exit_code, 0) << trained.errors;
  EXPECT_EQ(json::parse(trained.output)["train_size"], 60);
  EXPECT_EQ(json::parse(trained.output)["val_size"], 12);
  const json config = json::parse(read_file(run() + "/config.json"));
  EXPECT_EQ(config["image-size"], 16);
  EXPECT_EQ(config["data"], data().string());

  const Ran evaluated = weft("evaluate " + run() + " --json --data " + data().string());
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.errors;
  const json metrics = json::parse(evaluated.output);
  EXPECT_EQ(metrics["n"], 18);
  EXPECT_EQ(metrics["split"], "test");
  EXPECT_EQ(metrics["per_class"][0]["label"], "blue shirt");
  EXPECT_GT(metrics["accuracy"], 0.8);
  EXPECT_EQ(cached(), 1U) << "at the model's size they were decoded already";

  // Loose photos, without labels.
  fs::create_directories(folder_ / "loose");
  for (const char* name : {"hat", "shoe"}) {
    fs::copy_file(fs::directory_iterator(data() / "test" / name)->path(),
                  folder_ / "loose" + "/" + name + ".png");
  }
  const Ran asked = weft("predict " + run() + " --csv - --data " + folder_ / "loose");
  ASSERT_EQ(asked.exit_code, 0) << asked.errors;
  EXPECT_EQ(std::ranges::count(asked.output, '\n'), 3) << asked.output;
  EXPECT_EQ(weft("evaluate " + run() + " --data " + folder_ / "loose").exit_code, 3);

  const json info = json::parse(weft("info --image-size 16 --json " + data().string()).output);
  EXPECT_EQ(info["format"], "photos");
  EXPECT_EQ(info["parts"][2]["count"], 18);
  EXPECT_EQ(info["labels"], json(std::vector<std::string>(kClasses.begin(), kClasses.end())));
}

TEST_F(CliPhotos, TheDefaultSizeIsWrittenDownAndRunsAreTakenUp) {
  const Ran whole = weft(train() + " --json");
  ASSERT_EQ(whole.exit_code, 0) << whole.errors;
  EXPECT_EQ(json::parse(read_file(run() + "/config.json"))["image-size"], 64);
  const std::string digest = json::parse(whole.output)["sha256"];
  fs::remove(run() + "/model.safetensors");
  fs::remove(run() + "/checkpoint.safetensors");
  const Ran again = weft("train --json --resume " + run());
  ASSERT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_EQ(json::parse(again.output)["sha256"], digest);
}

TEST_F(CliPhotos, GreyModelsTakeColourPhotos) {
  for (const auto& entry : fs::recursive_directory_iterator(data())) {
    if (!entry.is_regular_file()) continue;
    const auto seed = static_cast<std::uint32_t>(std::stoi(entry.path().stem().string()));
    test::write_photo(entry.path(), test::photo(seed, 16, 16, 1));
  }
  ASSERT_EQ(weft(train() + " --image-size 12").exit_code, 0);
  EXPECT_THAT(weft("info " + run()).output, HasSubstr("1x12x12"));
  const fs::path colour = folder_.path() / "colour";
  for (std::size_t c = 0; c < 3; ++c) {
    test::write_photo(colour / kClasses[c] / "1.png", test::photo(static_cast<std::uint32_t>(c)));
  }
  const Ran evaluated = weft("evaluate " + run() + " --json --data " + colour.string());
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.errors;
  EXPECT_EQ(json::parse(evaluated.output)["n"], 3);
}

TEST_F(CliPhotos, WhatIsWrongIsSaidOnce) {
  std::ofstream(data() / "train/hat/broken.jpg") << "no photo";
  const Ran warned = weft(train() + " --image-size 8 --target 0.1");
  EXPECT_EQ(warned.exit_code, 0) << warned.errors;
  const auto first = warned.errors.find("warning: 1 of 91 photos cannot be read");
  EXPECT_NE(first, std::string::npos) << warned.errors;
  EXPECT_EQ(warned.errors.find("cannot be read", first + 40), std::string::npos) << warned.errors;
  EXPECT_THAT(warned.output, HasSubstr("on the 18 test pictures"));
  fs::remove_all(run());
  EXPECT_EQ(weft(train() + " --strict").exit_code, 3);
  EXPECT_FALSE(fs::exists(run()));

  fs::rename(data() / "test/hat", data() / "test/cap");
  const Ran differ = weft("info " + data().string());
  EXPECT_EQ(differ.exit_code, 3);
  EXPECT_THAT(differ.errors, HasSubstr("train lacks \"cap\" of test"));
  EXPECT_THAT(differ.errors, HasSubstr("test lacks \"hat\" of train"));
  EXPECT_THAT(differ.output, IsEmpty());
  for (const char* wrong : {"7", "225", "large"}) {
    EXPECT_EQ(weft(train() + " --image-size " + wrong).exit_code, 2) << wrong;
  }
}

TEST_F(CliPhotos, TwoProgramsAtOnceDoNotDisturbEachOther) {
  const std::string command = std::string("WEFT_CACHE=") + folder_ / "cache" + " " + WEFT_PROGRAM +
                              " info --json " + data().string() + " > " + folder_ / "answer";
  for (int round = 0; round < 3; ++round) {
    fs::remove_all(folder_ / "cache");
    const Ran ran = run_command(command + "1 & " + command + "2 & " + command + "3 & wait");
    EXPECT_THAT(ran.errors, IsEmpty());
    const std::string answer = read_file(folder_ / "answer1");
    EXPECT_THAT(answer, HasSubstr("\"photos\""));
    EXPECT_EQ(read_file(folder_ / "answer2"), answer);
    EXPECT_EQ(read_file(folder_ / "answer3"), answer);
    EXPECT_EQ(cached(), 1U) << "and nothing unfinished";
  }
}

TEST_F(CliPhotos, TheCacheIsShownAndCleared) {
  ASSERT_EQ(weft("info --image-size 16 " + data().string()).exit_code, 0);
  EXPECT_THAT(weft("cache").output, HasSubstr("90 photos of " + data().string() + " at 3x16x16"));
  const json shown = json::parse(weft("cache --json").output)["photos"];
  EXPECT_EQ(shown["files"].size(), 1U);
  EXPECT_GT(shown["bytes"], 90 * 768);
  EXPECT_EQ(json::parse(weft("cache --clear --json").output)["cleared"], true);
  EXPECT_EQ(cached(), 0U);
  EXPECT_THAT(weft("cache").output, HasSubstr("nothing is cached"));
}

TEST_F(CliPhotos, OtherDataHasTheSizeThatItHas) {
  const Ran ran = weft("train --data fashion-mnist --image-size 32 --out " + run());
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.errors, HasSubstr("--image-size is for photos"));
}

}  // namespace
}  // namespace weft::testing
