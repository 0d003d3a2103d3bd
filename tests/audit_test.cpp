// weft audit, and weft train by what it found, through the real program.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "program.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr std::size_t kSide = 12, kSize = kSide * kSide, kTrain = 90, kTest = 30;
constexpr std::size_t kPlain = 64;

// IDX files of three classes, 0, 1, 2, 0 ...: a band of rows is bright, the rest is grain. Four
// labels of training pictures are wrong, one picture is of one colour, and the first two test
// pictures are training pictures 3 and 4, the second darker.
void write_data(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::string first;
  for (const auto& [name, count] : {std::pair{"train", kTrain}, std::pair{"t10k", kTest}}) {
    std::string pixels(count * kSize, '\0'), labels(count, '\0');
    for (std::size_t i = 0; i < count; ++i) {
      RandomStream random(count, RandomPurpose::initialise, 0, static_cast<std::uint32_t>(i));
      labels[i] = static_cast<char>(i % 3);
      for (std::size_t p = 0; p < kSize; ++p) {
        const bool bright = p / kSide / 4 == i % 3;
        pixels[i * kSize + p] = static_cast<char>((bright ? 100 : 0) + random.below(30));
      }
    }
    if (count == kTrain) {
      for (const std::size_t row : {10U, 31U, 52U, 77U}) {
        labels[row] = static_cast<char>((labels[row] + 1) % 3);
      }
      std::fill_n(pixels.begin() + kPlain * kSize, kSize, '\x50');
      first = pixels;
    } else {
      for (std::size_t p = 0; p < 2 * kSize; ++p) {
        const auto value = static_cast<unsigned char>(first[3 * kSize + p]);
        pixels[p] = static_cast<char>(p < kSize ? value : value * 2 / 3);
      }
    }
    const auto n = static_cast<char>(count);
    const std::string base = (folder / name).string();
    std::ofstream(base + "-images-idx3-ubyte", std::ios::binary)
        << std::string("\0\0\x08\x03\0\0\0", 7) << n << std::string("\0\0\0\x0c\0\0\0\x0c", 8)
        << pixels;
    std::ofstream(base + "-labels-idx1-ubyte", std::ios::binary)
        << std::string("\0\0\x08\x01\0\0\0", 7) << n << labels;
  }
}

class CliAudit : public ::testing::Test {
 protected:
  CliAudit() { write_data(folder_ / "data"); }
  Ran audit(const std::string& arguments) const {
    return run_weft("audit --data " + folder_ / "data" +
                    " --network 'dense 3' --epochs 20 --folds 3 " + arguments);
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
  EXPECT_EQ(said["n"], kTrain);
  EXPECT_EQ(said["folds"], 3);
  EXPECT_GE(said["suspects"], 3);
  EXPECT_EQ(said["confident_joint"].size(), 3U);
  ASSERT_EQ(said["defects"].size(), 1U);
  EXPECT_EQ(said["defects"][0], json({{"part", "train"}, {"index", 64}, {"defect", "one colour"}}));
  EXPECT_EQ(said["copies_across_parts"], 2);
  EXPECT_EQ(said["copies_equal"], 1);
  ASSERT_EQ(said["copies"].size(), 2U);
  EXPECT_EQ(said["copies"][1]["first"], json({{"part", "train"}, {"index", 4}}));
  EXPECT_EQ(said["copies"][1]["second"], json({{"part", "test"}, {"index", 1}}));

  const auto lines = lines_of(read_file(csv));
  ASSERT_EQ(lines.size(), kTrain + 1);
  EXPECT_EQ(lines[0], "index,given,suggested,score,suspect,probability");
  std::vector<std::size_t> first;
  double last = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    std::istringstream fields(line);
    std::size_t index = 0;
    int given = 0, suggested = 0;
    double score = 0;
    char comma = 0;
    fields >> index >> comma >> given >> comma >> suggested >> comma >> score;
    EXPECT_GE(score, last);
    last = score;
    if (index == kPlain) continue;  // is of no class
    if (first.size() < 4) {
      first.push_back(index);
      EXPECT_EQ(given, (suggested + 1) % 3) << line;
    }
  }
  EXPECT_THAT(first, UnorderedElementsAre(10, 31, 52, 77));
  const auto probabilities = lines_of(read_file(folder_ / "p.csv"));
  ASSERT_EQ(probabilities.size(), kTrain + 1);
  EXPECT_EQ(probabilities[0], "index,given,0,1,2");
  EXPECT_THAT(probabilities[90], StartsWith("89,2,"));
  const std::string fixes = read_file(folder_ / "fixes.csv");
  EXPECT_THAT(fixes, StartsWith("# data " + said["data_digest"].get<std::string>() +
                                "\nindex,label,given,why\n3,,0,also test 0\n4,,1,also test 1\n"));
  EXPECT_THAT(fixes, HasSubstr("\n64,,1,one colour\n"));
  const bool relabels = fixes.find("\n31,1,2,label\n") != std::string::npos ||
                        fixes.find("\n52,1,2,label\n") != std::string::npos;
  EXPECT_TRUE(relabels) << fixes;
  // They fit these data, and training takes them.
  EXPECT_EQ(train("--out " + folder_ / "run --fixes " + folder_ / "fixes.csv").exit_code, 0);
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
  EXPECT_EQ(train("--out " + folder_ / "run --fixes nowhere.csv").exit_code, 1);
  std::string all = "index,label\n";
  for (std::size_t i = 0; i < kTrain; ++i) all += std::to_string(i) + ",\n";
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
