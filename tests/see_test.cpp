// weft see: a photo as a model sees it, through the real program.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "image/decode.hpp"
#include "program.hpp"
#include "small_data.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

// A model of small data in data/, and a photo whose row 1 is bright: of class 1.
class CliSee : public ::testing::Test {
 protected:
  CliSee() {
    write_small_data(folder_ / "data");
    Model model = small_model({"0", "<b>&", "2"}, {0, 1, 2});
    model.photo_steps = "product, trim, fit, centre";
    save_model(folder_ / "model", model);
    Picture picture{40, 40, 3, std::vector<std::uint8_t>(4800, 10)};
    std::fill_n(picture.pixels.begin() + 3 * 40 * 10, 3 * 40 * 10, std::uint8_t{250});
    const auto png = encode_png(picture);
    std::ofstream(folder_.path() / kPhoto, std::ios::binary)
        .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
  }
  Ran see(const std::string& arguments, const std::string& environment = "") const {
    return run_command("cd " + folder_.path().string() + " && " + environment +
                       " " WEFT_PROGRAM " see model '" + kPhoto + "' " + arguments);
  }

  static constexpr auto kPhoto = "a <i>photo.png";
  static constexpr auto kSteps = " --photo-steps 'fit, centre'";
  TemporaryFolder folder_;
};

TEST_F(CliSee, JsonHoldsTheAnswerTheStepsAndTheMap) {
  const Ran ran = see("--json --data data --nearest 2 --top 2" + std::string(kSteps));
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json seen = json::parse(ran.output);
  EXPECT_EQ(seen["file"], kPhoto);
  EXPECT_EQ(seen["label"], "<b>&");
  EXPECT_EQ(seen["none_of_these"], false);
  EXPECT_EQ(seen["top"].size(), 2U);
  EXPECT_EQ(seen["product_found"], false);
  ASSERT_EQ(seen["steps"].size(), 2U);
  EXPECT_EQ(seen["steps"][1], json({{"step", "centre"}, {"height", 4}, {"width", 4}}));
  EXPECT_EQ(seen["occlusion"]["drop"].size(), 4U);
  EXPECT_EQ(seen["occlusion"]["drop"][0].size(), 4U);
  EXPECT_GT(seen["occlusion"]["largest_drop"], 0.03);
  ASSERT_EQ(seen["saliency"].size(), 4U);
  EXPECT_EQ(seen["saliency"][0].size(), 4U);
  EXPECT_GT(seen["saliency"][1][1], 0.01);  // of the bright row
  ASSERT_EQ(seen["nearest"].size(), 2U);
  EXPECT_EQ(seen["nearest"][0]["label"], "<b>&");
  EXPECT_EQ(seen["nearest"][0]["index"].get<int>() % 3, 1);
  // The same answer as predict's.
  const Ran predicted =
      run_command("cd " + folder_.path().string() + " && " WEFT_PROGRAM " predict model '" +
                  kPhoto + "' --json" + kSteps);
  const json answer = json::parse(predicted.output);
  EXPECT_EQ(answer["probability"], seen["probability"]);
}

TEST_F(CliSee, TextHasBarsAndPictures) {
  const Ran ran = see("--data data --nearest 3");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.output, StartsWith(kPhoto));
  for (const char* words : {"[#", "the photo", "trimmed", "the network's input", "what it rests on",
                            "pixels for it", "nearest to it", "█"}) {
    EXPECT_THAT(ran.output, HasSubstr(words));
  }
  EXPECT_THAT(ran.output, Not(HasSubstr("\x1b")));
  EXPECT_THAT(see("--sixel").output, HasSubstr("\x1bP0;1q"));
}

TEST_F(CliSee, FilesAreWrittenInstead) {
  const Ran ran = see("--png out.png --html out.html --data data" + std::string(kSteps));
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.output, Not(HasSubstr("the photo")));
  const Picture panel = decode_file(folder_.path() / "out.png");
  EXPECT_EQ(panel.height, 2U * 232 + 8);
  EXPECT_EQ(panel.width, 5U * 232 + 8);  // as many tiles as neighbours
  const std::string page = read_file(folder_.path() / "out.html");
  EXPECT_THAT(page, StartsWith("<!doctype html>"));
  EXPECT_THAT(page, HasSubstr("a &lt;i&gt;photo.png"));
  EXPECT_THAT(page, HasSubstr("<td>&lt;b&gt;&amp;<td"));
  EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, Not(HasSubstr("<b>&")));
}

TEST_F(CliSee, WrongUsageAndInput) {
  EXPECT_EQ(run_weft("see").exit_code, 2);
  EXPECT_EQ(see("--nearest 3").exit_code, 2);
  EXPECT_EQ(see("--photo-steps nonsense").exit_code, 2);
  EXPECT_EQ(see("--data nowhere").exit_code, 3);
  EXPECT_EQ(see("--png no/out.png").exit_code, 1);
  const Ran missing = run_weft("see " + folder_ / "model nowhere.png");
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.errors, HasSubstr("nowhere.png"));
  EXPECT_THAT(missing.output, IsEmpty());
}

}  // namespace
}  // namespace weft::testing
