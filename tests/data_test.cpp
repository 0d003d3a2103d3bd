// Data of every format through the real program.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "data/test_formats.hpp"
#include "program.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CliData : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const test::Bytes& bytes) const {
    return folder_.write(name, bytes).string();
  }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  test::TempFolder folder_;
};

TEST_F(CliData, EveryFormatHasOneDigestAndOneSetOfAnswers) {
  const auto made = test::pictures(1, 6, 60);
  write("idx/pictures", test::idx({60, 6, 6}, made.pixels));
  write("idx/labels.gz", test::gzipped(test::idx({60}, made.labels)));
  const test::Bytes images = test::npy("|u1", {60, 6, 6}, made.pixels);
  const std::vector<std::string> all{
      path("idx"), write("a.csv", test::bytes_of(test::csv_text(made, {.label_first = false}))),
      write("b", test::gzipped(test::bytes_of(
                     test::csv_text(made, {.header = test::csv_header(36, "label")})))),
      write("c.npz", test::zipped({{"images.npy", images},
                                   {"labels.npy", test::npy("|u1", {60, 1}, made.labels)}}))};
  ASSERT_EQ(
      run_weft("train --data " + all[0] + " --network \"dense 10\" --epochs 2 --out " + path("run"))
          .exit_code,
      0);
  std::string digest, answers;
  for (const std::string& data : all) {
    const Ran info = run_weft("info --json " + data);
    ASSERT_EQ(info.exit_code, 0) << info.errors;
    const json part = json::parse(info.output)["parts"][0];
    EXPECT_EQ(part["count"], 60);
    const Ran asked = run_weft("predict " + path("run") + " --split all --csv - --data " + data);
    ASSERT_EQ(asked.exit_code, 0) << asked.errors;
    if (digest.empty()) {
      digest = part["digest"];
      answers = asked.output;
      EXPECT_EQ(std::ranges::count(answers, '\n'), 61);
    }
    EXPECT_EQ(part["digest"], digest) << data;
    EXPECT_EQ(asked.output, answers) << data;
  }
}

TEST_F(CliData, BadDataExitsWith3AndWritesNothing) {
  const auto made = test::pictures(1, 2, 4);
  test::Bytes packed = test::gzipped(test::idx({4, 2, 2}, made.pixels));
  packed.resize(packed.size() - 9);
  write("cut/a.gz", packed);
  write("cut/b", test::idx({4}, made.labels));
  write("magic/train-images-idx3-ubyte", {1, 2, 3, 4});
  write("magic/train-labels-idx1-ubyte", test::idx({4}, made.labels));
  const test::Bytes code = test::npy_of("__import__('os').system('touch here')", {1});
  const std::string row = "1,2,3,4,5\n0,2,3,4,5\n";
  for (const auto& [data, message] : std::vector<std::pair<std::string, std::string>>{
           {path("cut"), "/cut/a.gz: the member at byte 0"},
           {path("magic"), "byte 0: expected 00 00, found 01 02"},
           {write("short.csv", test::bytes_of(row + "1,2,3\n")), "row 3: 3 columns"},
           {write("quote.csv", test::bytes_of(row + "\"1,2,3,4,5\n")), "row 3, column 1"},
           {write("code.npz", test::zipped({{"images.npy", code}, {"labels.npy", code}})),
            "images.npy: byte 10: expected {"},
           {write("trick.npz", test::zipped({{"../x_train.npy", code}})), "../x_train.npy"},
           {write("empty", {}), "the file is empty"},
           {path("nowhere"), "nowhere"}}) {
    const Ran ran = run_weft("train --data " + data + " --out " + path("run"));
    EXPECT_EQ(ran.exit_code, 3) << data;
    EXPECT_THAT(ran.errors, HasSubstr(message));
    EXPECT_EQ(std::ranges::count(ran.errors, '\n'), 1) << ran.errors;
    EXPECT_THAT(ran.output, IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(path("run"))) << data;
  }
}

}  // namespace
}  // namespace weft::testing
