// weft audit, and weft train by what it found, through the real program.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/digest.hpp"
#include "program.hpp"
#include "small_data.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Small data whose labels of four training pictures are wrong, and one picture is of one colour.
class CliAudit : public ::testing::Test {
 protected:
  CliAudit() {
    write_small_data(folder_ / "data");
    const std::string labels = folder_ / "data" + "/train-labels-idx1-ubyte";
    std::string bytes = read_file(labels);
    for (const std::size_t row : {10U, 31U, 52U, 77U}) {
      char& label = bytes.at(8 + row);
      label = static_cast<char>((label + 1) % 3);
    }
    std::ofstream(labels, std::ios::binary) << bytes;
    const std::string images = folder_ / "data" + "/train-images-idx3-ubyte";
    bytes = read_file(images);
    std::fill_n(bytes.begin() + 16 + 64 * 16, 16, '\x50');
    std::ofstream(images, std::ios::binary) << bytes;
  }
  Ran audit(const std::string& arguments) const {
    return run_weft("audit --data " + folder_ / "data" +
                    " --network 'dense 16, relu, dense 3' --epochs 30 --folds 3 " + arguments);
  }
  Ran train(const std::string& arguments) const {
    return run_weft("train --json --network 'dense 3' --epochs 2 --data " + folder_ / "data" + " " +
                    arguments);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path() / name) << text;
  }

  TemporaryFolder folder_;
};

TEST_F(CliAudit, FindsWrongLabelsFirst) {
  const std::string csv = folder_ / "suspects.csv";
  const Ran ran = audit("--json --csv " + csv + " --probabilities " + folder_ / "p.csv" +
                        " --fixes " + folder_ / "fixes.csv");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json said = json::parse(ran.output);
  EXPECT_EQ(said["n"], kSmallTrain);
  EXPECT_EQ(said["folds"], 3);
  EXPECT_GE(said["suspects"], 4);
  EXPECT_EQ(said["confident_joint"].size(), 3U);
  ASSERT_EQ(said["defects"].size(), 1U);
  EXPECT_EQ(said["defects"][0], json({{"part", "train"}, {"index", 64}, {"defect", "one colour"}}));
  // The test part of small data is the beginning of its training part.
  EXPECT_GE(said["copies_across_parts"], kSmallTest);

  const auto lines = lines_of(read_file(csv));
  ASSERT_EQ(lines.size(), kSmallTrain + 1);
  EXPECT_EQ(lines[0], "index,given,suggested,score,suspect,probability");
  std::vector<int> first;
  double last = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    std::istringstream fields(line);
    int index = 0, given = 0, suggested = 0;
    double score = 0;
    char comma = 0;
    fields >> index >> comma >> given >> comma >> suggested >> comma >> score;
    EXPECT_GE(score, last);
    last = score;
    if (index == 64) continue;  // is of no class
    if (first.size() < 4) {
      first.push_back(index);
      EXPECT_EQ(given, (suggested + 1) % 3) << line;
    }
  }
  EXPECT_THAT(first, UnorderedElementsAre(10, 31, 52, 77));
  const auto probabilities = lines_of(read_file(folder_ / "p.csv"));
  ASSERT_EQ(probabilities.size(), kSmallTrain + 1);
  EXPECT_EQ(probabilities[0], "index,given,0,1,2");
  EXPECT_THAT(probabilities[90], StartsWith("89,2,"));
  // Of the first thirty all are in the test part too; 31 is not.
  const std::string fixes = read_file(folder_ / "fixes.csv");
  EXPECT_THAT(fixes, StartsWith("# data " + said["data_digest"].get<std::string>() +
                                "\nindex,label,given,why\n0,,0,also test 0\n"));
  EXPECT_THAT(fixes, HasSubstr("\n31,1,2,label\n"));
  EXPECT_THAT(fixes, HasSubstr("\n64,,1,one colour\n"));
}

TEST_F(CliAudit, SameBytesForAnyNumberOfThreads) {
  const std::string one = folder_ / "one.csv", two = folder_ / "two.csv";
  const std::string fixes = " --fixes " + folder_ / "fixes";
  ASSERT_EQ(audit("--threads 1 --csv " + one + fixes + "1").exit_code, 0);
  ASSERT_EQ(audit("--threads 2 --csv " + two + fixes + "2").exit_code, 0);
  EXPECT_EQ(read_file(one), read_file(two));
  EXPECT_EQ(read_file(folder_ / "fixes1"), read_file(folder_ / "fixes2"));
  EXPECT_NE(read_file(one), "");
}

TEST_F(CliAudit, ReportAndTextSayWhatIsThere) {
  write("data/classes.txt", "plain\na<b>&\nlast\n");
  const Ran ran = audit("--report " + folder_ / "page.html");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("labels that look wrong: "));
  EXPECT_THAT(ran.output, HasSubstr("blank or cut off: 1"));
  const std::string page = read_file(folder_ / "page.html");
  EXPECT_THAT(page, StartsWith("<!doctype html>"));
  EXPECT_THAT(page, HasSubstr("Labels that look wrong: "));
  EXPECT_THAT(page, HasSubstr("looks like a&lt;b&gt;&amp;"));
  EXPECT_THAT(page, HasSubstr("test 0: plain, equal"));
  EXPECT_THAT(page, HasSubstr("64: a&lt;b&gt;&amp;, one colour"));
  EXPECT_THAT(page, HasSubstr("src=\"data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("a<b>")));
}

TEST_F(CliAudit, TrainingGoesByTheFixes) {
  write("fixes.csv", "index,label\n10,1\n31,1\n52,1\n77,2\n0,\n1,\n64,\n");
  const std::string fixes = " --fixes " + folder_ / "fixes.csv", run = folder_ / "run";
  const Ran plain = train("--out " + folder_ / "plain");
  const Ran fixed = train("--out " + run + fixes);
  ASSERT_EQ(fixed.exit_code, 0) << fixed.errors;
  const json before = json::parse(plain.output), after = json::parse(fixed.output);
  const auto pictures = [](const json& answer) {
    return answer["train_size"].get<int>() + answer["val_size"].get<int>();
  };
  EXPECT_EQ(pictures(before), 90);
  EXPECT_EQ(pictures(after), 87);
  EXPECT_NE(before["sha256"], after["sha256"]);
  EXPECT_EQ(before["data_digest"], after["data_digest"]);
  EXPECT_THAT(fixed.errors, HasSubstr("4 pictures with another label, 3 left out"));
  // The run and the model say so, and the run repeats it.
  const std::string text = read_file(folder_ / "fixes.csv");
  const std::string digest = sha256(text.data(), text.size());
  EXPECT_EQ(json::parse(read_file(run + "/run.json"))["settings"]["fixes"], digest);
  EXPECT_EQ(json::parse(run_weft("info --json " + run).output)["training"]["fixes"], digest);
  const Ran again =
      run_weft("train --json --config " + run + "/config.json --out " + folder_ / "again");
  EXPECT_EQ(json::parse(again.output)["sha256"], after["sha256"]);
  // What was held out is found again, though fixes left some of it out.
  const Ran measured =
      run_weft("evaluate --json --split val " + run + " --data " + folder_ / "data");
  ASSERT_EQ(measured.exit_code, 0) << measured.errors;
  EXPECT_EQ(json::parse(measured.output)["n"], 9);
  EXPECT_THAT(measured.errors, HasSubstr("the data's own labels"));
  // Fixes that have changed make another run.
  write("fixes.csv", "index,label\n10,1\n");
  EXPECT_EQ(run_weft("train --resume " + run).exit_code, 3);
}

TEST_F(CliAudit, WrongFixesEndWithThree) {
  for (const std::string text :
       {"index,label\n90,1\n", "index,label\n1,shoe\n", "index,label\n1,1\n1,2\n", "1,1\n",
        "# data 0123\nindex,label\n1,1\n"}) {
    write("fixes.csv", text);
    const Ran ran = train("--out " + folder_ / "run --fixes " + folder_ / "fixes.csv");
    EXPECT_EQ(ran.exit_code, 3) << text;
    EXPECT_THAT(ran.errors, HasSubstr("fixes.csv"));
  }
  EXPECT_EQ(train("--out " + folder_ / "run --fixes nowhere.csv").exit_code, 3);
  std::string all = "index,label\n";
  for (std::size_t i = 0; i < kSmallTrain; ++i) all += std::to_string(i) + ",\n";
  write("fixes.csv", all);
  EXPECT_EQ(train("--out " + folder_ / "run --fixes " + folder_ / "fixes.csv").exit_code, 3);
}

TEST_F(CliAudit, WrongUsage) {
  EXPECT_EQ(audit("--folds 1").exit_code, 2);
  EXPECT_EQ(audit("--json --csv -").exit_code, 2);
  EXPECT_EQ(audit("--preset nonsense").exit_code, 2);
  EXPECT_EQ(run_weft("audit --data nowhere").exit_code, 3);
  EXPECT_EQ(audit("--csv " + folder_ / "no/where.csv").exit_code, 1);
}

}  // namespace
}  // namespace weft::testing
