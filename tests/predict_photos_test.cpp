// weft predict MODEL FILES...: photos through the real program.
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace fs = std::filesystem;

// A model of three classes, and photos in photos/: of class c the row c is bright.
class PredictPhotos : public ::testing::Test {
 protected:
  PredictPhotos() {
    save_model(folder_ / "model", small_model({"T-shirt/top", "b", "c"}, {0, 1, 2}));
  }

  void photo(const std::string& name, std::size_t label, std::uint8_t bright = 250) const {
    Picture picture{4, 4, 1, std::vector<std::uint8_t>(16, 10)};
    std::fill_n(picture.pixels.begin() + static_cast<std::ptrdiff_t>(4 * label), 4, bright);
    const auto png = encode_png(picture);
    write("photos/" + name, {reinterpret_cast<const char*>(png.data()), png.size()});
  }
  void write(const std::string& name, const std::string& bytes) const {
    const fs::path file = folder_.path() / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  // In the folder, with the model.
  Ran ask(const std::string& arguments) const {
    return run_command("cd " + folder_.path().string() + " && " WEFT_PROGRAM " predict model " +
                       arguments);
  }
  std::vector<json> ask_json(const std::string& arguments, int exit_code = 0) const {
    const Ran ran = ask(arguments + " --json");
    EXPECT_EQ(ran.exit_code, exit_code) << ran.errors;
    std::vector<json> answers;
    for (const std::string& line : lines_of(ran.output)) answers.push_back(json::parse(line));
    return answers;
  }

  TemporaryFolder folder_;
};

TEST_F(PredictPhotos, JsonLinesSayWhatTheContractSays) {
  photo("c.png", 2);
  photo("a/z.png", 0);
  photo("b.png", 1);
  write("photos/broken.jpg", "no picture");
  const auto answers = ask_json("photos/b.png photos --top 2", 3);
  ASSERT_EQ(answers.size(), 5U);
  std::vector<std::string> files;
  for (const json& answer : answers) files.push_back(answer["file"]);
  EXPECT_THAT(files, ElementsAre("photos/b.png", "photos/a/z.png", "photos/b.png",
                                 "photos/broken.jpg", "photos/c.png"));
  EXPECT_EQ(answers[1]["label"], "T-shirt/top");
  EXPECT_EQ(answers[1].size(), 5U);
  EXPECT_EQ(answers[1]["none_of_these"], false);
  ASSERT_EQ(answers[1]["top"].size(), 2U);
  EXPECT_EQ(answers[1]["top"][0]["label"], "T-shirt/top");
  EXPECT_EQ(answers[1]["top"][0]["probability"], answers[1]["probability"]);
  EXPECT_EQ(answers[4]["label"], "c");
  EXPECT_EQ(answers[3].size(), 2U);
  EXPECT_THAT(answers[3]["error"].get<std::string>(), HasSubstr("photos/broken.jpg"));
}

TEST_F(PredictPhotos, SetsHoldWhatTheCoverageAsksFor) {
  Model model = small_model({"T-shirt/top", "b", "c"}, {0, 1, 2});
  model.set_thresholds.assign(kSets, 0.01);
  save_model(folder_ / "model", model);
  photo("a.png", 1);
  write("photos/broken.jpg", "no picture");
  const auto answers = ask_json("photos --coverage 0.95", 3);
  EXPECT_EQ(answers.at(0)["coverage"], 0.95);
  ASSERT_EQ(answers.at(0)["set"].size(), 3U);
  EXPECT_EQ(answers.at(0)["set"][0]["label"], "b");
  EXPECT_FALSE(answers.at(1).contains("set"));
  const auto lines = lines_of(ask("photos --coverage 0.95 --csv -").output);
  EXPECT_EQ(lines.at(0), "file,label,probability,T-shirt/top,b,c,set");
  EXPECT_THAT(lines.at(1), ::testing::EndsWith(R"(,"[""b"",""T-shirt/top"",""c""]")"));
  EXPECT_EQ(lines.at(2), "photos/broken.jpg,,,,,,");
  EXPECT_THAT(ask("photos/a.png --coverage 0.95").output, HasSubstr("b or T-shirt/top"));
  const auto more = lines_of(ask("photos/a.png --coverage 0.95 --top 2").output);
  ASSERT_EQ(more.size(), 4U);
  EXPECT_THAT(more[2], HasSubstr("  b "));
  model.set_thresholds.clear();
  save_model(folder_ / "model", model);
  const Ran none = ask("photos --coverage 0.95");
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_THAT(none.errors, HasSubstr("--val-fraction"));
}

TEST_F(PredictPhotos, OneThatCannotBeReadDoesNotEndTheRun) {
  photo("a.png", 0);
  write("photos/broken.jpg", "no picture");
  fs::create_symlink("nowhere", folder_.path() / "photos/gone.png");
  const Ran ran = ask("photos photos/missing.png");
  EXPECT_EQ(ran.exit_code, 3);
  const auto errors = lines_of(ran.errors);
  ASSERT_EQ(errors.size(), 4U) << ran.errors;
  EXPECT_THAT(errors[0], HasSubstr("photos/broken.jpg"));
  EXPECT_THAT(errors[1], HasSubstr("photos/gone.png"));
  EXPECT_THAT(errors[2], HasSubstr("photos/missing.png"));
  EXPECT_THAT(errors[3], HasSubstr("; 3 could not be read"));
  EXPECT_EQ(lines_of(ran.output).size(), 5U);
  EXPECT_THAT(ran.output, HasSubstr("cannot be read"));
}

TEST_F(PredictPhotos, ListsComeFromStandardInput) {
  photo("a.png", 0);
  photo("b.png", 1);
  const Ran ran =
      run_command("cd " + folder_.path().string() +
                  " && printf 'photos/b.png\\r\\n\\nphotos\\nphotos/a.png' | " WEFT_PROGRAM
                  " predict model - --json");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const auto lines = lines_of(ran.output);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(json::parse(lines[0])["file"], "photos/b.png");
  EXPECT_EQ(json::parse(lines[3])["label"], "T-shirt/top");
  const Ran endless = run_command("cd " + folder_.path().string() +
                                  " && " WEFT_PROGRAM " predict model - < /dev/zero");
  EXPECT_EQ(endless.exit_code, 3);
  EXPECT_THAT(endless.errors, HasSubstr("one a line"));
}

// The answer to a photo is out before the next one is known.
TEST_F(PredictPhotos, AnswersAreWrittenAsTheyCome) {
  photo("a.png", 0);
  const Ran ran = run_command("cd " + folder_.path().string() +
                              " && mkfifo list && ( " WEFT_PROGRAM
                              " predict model - --json < list > answers & exec 3> list; "
                              "echo photos/a.png >&3; "
                              "for i in $(seq 200); do [ -s answers ] && break; sleep 0.1; done; "
                              "cat answers; exec 3>&-; wait )");
  EXPECT_THAT(ran.output, HasSubstr("T-shirt/top")) << ran.errors;
}

TEST_F(PredictPhotos, InterruptedItKeepsWhatIsDone) {
  photo("a.png", 0);
  const Ran ran = run_command("cd " + folder_.path().string() +
                              " && mkfifo list && ( " WEFT_PROGRAM
                              " predict model - --csv answers < list & program=$!; exec 3> list; "
                              "for i in $(seq 10); do echo photos/a.png >&3; done; sleep 1.5; "
                              "kill -TERM $program; wait $program )");
  EXPECT_EQ(ran.exit_code, 143) << ran.errors;
  EXPECT_THAT(ran.errors, HasSubstr("stopped after 10 photos"));
  EXPECT_EQ(lines_of(read_file(folder_.path() / "answers")).size(), 11U);
}

// What ends the run does not wait for a list that nobody ends.
TEST_F(PredictPhotos, ErrorsEndItThoughTheListGoesOn) {
  photo("a.png", 0);
  const Ran ran = run_command(
      "cd " + folder_.path().string() +
      " && mkfifo list && ( " WEFT_PROGRAM
      " predict model - --sort-into out < list & program=$!; exec 3> list; "
      "until [ -d out ]; do sleep 0.1; done; echo > out/T-shirt_top; echo photos/a.png >&3; "
      "wait $program )");
  EXPECT_EQ(ran.exit_code, 1) << ran.errors;
  EXPECT_THAT(ran.errors, HasSubstr("cannot create the folder"));
}

TEST_F(PredictPhotos, CsvHasAColumnAClass) {
  photo("a,b.png", 0);
  write("photos/broken.jpg", "no picture");
  const Ran ran = ask("photos --csv out.csv");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.output, IsEmpty());
  const std::string csv = read_file(folder_.path() / "out.csv");
  const auto lines = lines_of(csv);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "file,label,probability,T-shirt/top,b,c");
  EXPECT_THAT(lines[1], ::testing::StartsWith("\"photos/a,b.png\",T-shirt/top,0."));
  EXPECT_EQ(lines[2], "photos/broken.jpg,,,,,");
  EXPECT_EQ(ask("photos --csv -").output, csv);
}

TEST_F(PredictPhotos, HostileNamesAreSafe) {
  const std::string name = "x\n\x1b[2J\xFF\"y.png";
  photo(name, 1);
  const Ran table = ask("photos");
  EXPECT_EQ(table.exit_code, 0) << table.errors;
  EXPECT_THAT(table.output, Not(HasSubstr("\x1b")));
  EXPECT_EQ(lines_of(table.output).size(), 2U);
  const auto answers = ask_json("photos");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0]["file"], "photos/x\n\x1b[2J\uFFFD\"y.png");
  EXPECT_THAT(ask("photos --csv -").output, HasSubstr("\"photos/x\n\x1b[2J\uFFFD\"\"y.png\",b,0."));
  write("list", std::string(10'000, 'n') + "\n\x1b[2J\xFF\n");
  const Ran ran =
      run_command("cd " + folder_.path().string() + " && " WEFT_PROGRAM " predict model - < list");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.errors, Not(HasSubstr("\x1b")));
  EXPECT_LT(ran.errors.size(), 1000U);
  for (const std::string& line : lines_of(ran.output)) EXPECT_LE(line.size(), 84U) << line;
}

TEST_F(PredictPhotos, TheUnsureAreMarkedAndSortedApart) {
  photo("sure.png", 0);
  photo("unsure.png", 1, 12);
  write("photos/broken.jpg", "no picture");
  const Ran ran = ask("photos --threshold 0.5 --sort-into out");
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.output, HasSubstr("% unsure"));
  EXPECT_TRUE(fs::exists(folder_.path() / "out/T-shirt_top/sure.png"));
  EXPECT_TRUE(fs::exists(folder_.path() / "out/_review/unsure.png"));
  EXPECT_TRUE(fs::exists(folder_.path() / "out/_review/broken.jpg"));
  EXPECT_TRUE(fs::exists(folder_.path() / "photos/sure.png"));
  // Again, into a folder of what is read: it is passed over, and nothing is overwritten.
  const auto answers = ask_json(". --threshold 0.5 --sort-into ./out --link", 3);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0]["sorted_to"], "./out/_review/broken-2.jpg");
  EXPECT_EQ(answers[1]["sorted_to"], "./out/T-shirt_top/sure-2.png");
  EXPECT_EQ(answers[1]["unsure"], false);
  EXPECT_EQ(answers[2]["label"], "b");
  EXPECT_EQ(answers[2]["unsure"], true);
  EXPECT_TRUE(fs::equivalent(folder_.path() / "out/T-shirt_top/sure-2.png",
                             folder_.path() / "photos/sure.png"));
}

TEST_F(PredictPhotos, TopShowsMoreClasses) {
  photo("a.png", 0);
  EXPECT_EQ(lines_of(ask("photos").output).size(), 2U);
  EXPECT_EQ(lines_of(ask("photos --top 9").output).size(), 4U);
  EXPECT_EQ(ask_json("photos --top 1").at(0)["top"].size(), 1U);
}

TEST_F(PredictPhotos, StepsAndLimitsAreTheUsersIfGiven) {
  photo("a.png", 0);
  EXPECT_EQ(ask_json("photos --photo-steps 'fit, centre, negate'").at(0)["label"], "b");
  EXPECT_EQ(ask("photos --photo-steps nonsense").exit_code, 2);
  EXPECT_THAT(ask_json("photos --limit-pixels 15", 3).at(0)["error"].get<std::string>(),
              HasSubstr("15"));
  EXPECT_THAT(ask_json("photos --limit-bytes 10", 3).at(0)["error"].get<std::string>(),
              HasSubstr("10"));
}

TEST_F(PredictPhotos, WrongUsage) {
  photo("a.png", 0);
  write_small_data(folder_ / "data");
  for (const char* arguments :
       {"", "photos --data data", "photos --split test", "photos --index 1", "photos --strict",
        "--data data --threshold 0.5", "--data data --sort-into out", "photos --link",
        "photos --threshold 1.5", "photos --sort-into photos", "photos --csv - --json",
        "photos --limit-bytes 0"}) {
    const Ran ran = ask(arguments);
    EXPECT_EQ(ran.exit_code, 2) << arguments << "\n" << ran.errors;
    EXPECT_THAT(ran.output, IsEmpty()) << arguments;
  }
  fs::create_directories(folder_.path() / "empty/.hidden");
  const Ran none = ask("empty");
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_THAT(none.errors, HasSubstr("no photos in empty"));
  EXPECT_EQ(ask("photos --sort-into model/out").exit_code, 1);
}

}  // namespace
}  // namespace weft::testing
