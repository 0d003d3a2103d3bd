// weft predict and weft evaluate: which pictures, which classes, and what comes out.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "small_data.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Data in data/, a model of it trained by the program in run/, and one that is right in
// right.safetensors.
class CliPredict : public ::testing::Test {
 protected:
  CliPredict() {
    write_small_data(folder_ / "data");
    save_model(folder_ / "right.safetensors", small_model({"0", "1", "2"}, {0, 1, 2}));
  }
  void train() {
    const Ran ran = run_weft("train --network \"dense 3\" --epochs 1 --seed 5 --data " + data_ +
                             " --out " + folder_ / "run");
    ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  }
  // predict or evaluate with a model's file in the folder.
  Ran ask(const std::string& command, const std::string& model, const std::string& options) const {
    return run_weft(command + " " + folder_ / model + " --data " + data_ + " " + options);
  }

  TemporaryFolder folder_;
  std::string data_ = folder_ / "data";
};

TEST_F(CliPredict, JsonLinesSayWhatTheContractSays) {
  const Ran ran = ask("predict", "right.safetensors", "--json --top 2");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const auto lines = lines_of(ran.output);
  ASSERT_EQ(lines.size(), kSmallTest);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const json line = json::parse(lines[i]);
    EXPECT_EQ(line.size(), 5U);
    EXPECT_FALSE(line["none_of_these"]);  // nothing was held out
    EXPECT_EQ(line["index"], i);
    EXPECT_EQ(line["label"], std::to_string(i % 3));
    ASSERT_EQ(line["top"].size(), 2U);
    EXPECT_EQ(line["top"][0]["label"], line["label"]);
    EXPECT_EQ(line["top"][0]["probability"], line["probability"]);
    EXPECT_GT(line["probability"], line["top"][1]["probability"]);
  }
  EXPECT_THAT(ran.errors, HasSubstr("the test part of data: 30 pictures"));
}

TEST_F(CliPredict, CsvHasAColumnAClassAndQuotesNames) {
  save_model(folder_ / "names.safetensors", small_model({"a,b", "say \"c\"", "plain"}, {0, 1, 2}));
  const Ran ran = ask("predict", "names.safetensors", "--csv " + folder_ / "out.csv");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.output, IsEmpty());
  const auto lines = lines_of(read_file(folder_.path() / "out.csv"));
  ASSERT_EQ(lines.size(), kSmallTest + 1);
  EXPECT_EQ(lines[0], "index,label,probability,\"a,b\",\"say \"\"c\"\"\",plain");
  EXPECT_THAT(lines[1], ::testing::StartsWith("0,\"a,b\",0."));
  EXPECT_THAT(lines[3], ::testing::StartsWith("2,plain,0."));
  EXPECT_EQ(std::ranges::count(lines[3], ','), 5);
  const Ran piped = ask("predict", "names.safetensors", "--split test --csv -");
  EXPECT_EQ(piped.output, read_file(folder_.path() / "out.csv"));
  EXPECT_THAT(piped.errors, IsEmpty());
  EXPECT_EQ(ask("predict", "names.safetensors", "--csv - --json").exit_code, 2);
  EXPECT_EQ(ask("predict", "names.safetensors", "--csv " + folder_ / "no/out.csv").exit_code, 1);
}

TEST_F(CliPredict, TableShowsTheFirstRows) {
  const Ran ran = ask("predict", "right.safetensors", "");
  const auto lines = lines_of(ran.output);
  ASSERT_EQ(lines.size(), 22U) << ran.output;
  EXPECT_THAT(lines[0], HasSubstr("index"));
  EXPECT_THAT(lines[2], HasSubstr("[#"));
  EXPECT_EQ(lines[21], "and 10 more: --csv FILE or --json");
  EXPECT_THAT(ran.output, Not(HasSubstr("\x1b")));
}

TEST_F(CliPredict, IndexPicksPictures) {
  const Ran shown = ask("predict", "right.safetensors", "--index 29");
  EXPECT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_THAT(shown.output, HasSubstr("29: given as 2"));
  EXPECT_THAT(shown.output, HasSubstr("▒▒▒▒"));
  const Ran two = ask("predict", "right.safetensors", "--index 4 --index 2 --json");
  const auto lines = lines_of(two.output);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(json::parse(lines[0])["index"], 4);
  EXPECT_EQ(json::parse(lines[1])["label"], "2");
  const Ran beyond = ask("predict", "right.safetensors", "--index 30");
  EXPECT_EQ(beyond.exit_code, 2);
  EXPECT_THAT(beyond.errors, HasSubstr("0 to 29"));
  EXPECT_EQ(ask("predict", "right.safetensors", "--index -1").exit_code, 2);
}

TEST_F(CliPredict, WrongInput) {
  EXPECT_EQ(ask("predict", "missing", "").exit_code, 3);
  EXPECT_EQ(run_weft("predict " + folder_ / "right.safetensors --data nowhere").exit_code, 3);
  const Ran size =
      run_weft("predict " + folder_ / "right.safetensors" + " --data fashion-mnist --json");
  EXPECT_EQ(size.exit_code, 3);
  EXPECT_THAT(size.errors, HasSubstr("1x28x28"));
  EXPECT_THAT(size.output, IsEmpty());
  EXPECT_EQ(ask("predict", "right.safetensors", "--split nonsense").exit_code, 2);
  EXPECT_EQ(ask("predict", "right.safetensors", "--top 0").exit_code, 2);
}

// The three splits of what the program itself has trained on are the rows that training used.
TEST_F(CliPredict, SplitsAreTheModelsOwn) {
  ASSERT_NO_FATAL_FAILURE(train());
  const auto indices = [&](const std::string& split) {
    std::vector<int> index;
    for (const std::string& line : lines_of(ask("predict", "run", split + " --json").output)) {
      index.push_back(json::parse(line)["index"].get<int>());
    }
    return index;
  };
  std::vector<int> rows = indices("--split val");
  EXPECT_EQ(rows.size(), kSmallTrain / 10);
  const std::vector<int> rest = indices("--split train");
  rows.insert(rows.end(), rest.begin(), rest.end());
  std::ranges::sort(rows);
  ASSERT_EQ(rows.size(), kSmallTrain);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i], static_cast<int>(i));
  EXPECT_EQ(indices("--split all").size(), kSmallTrain + kSmallTest);
  EXPECT_EQ(indices("").size(), kSmallTest);

  const json info = json::parse(run_weft("info " + folder_ / "run" + " --json").output);
  const Ran val = ask("evaluate", "run", "--split val --json");
  EXPECT_DOUBLE_EQ(json::parse(val.output)["accuracy"],
                   info["training"]["scores"]["val_accuracy"].get<double>());
  EXPECT_THAT(val.errors, HasSubstr("held out of data: 9 pictures"));

  write_small_data(folder_.path() / "other", 1);
  const Ran other = run_weft("evaluate " + folder_ / "run --split val --data " + folder_ / "other");
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_THAT(other.errors, HasSubstr("trained on other data (digest "));
  EXPECT_EQ(ask("evaluate", "right.safetensors", "--split val").exit_code, 3);
}

TEST_F(CliPredict, EvaluateBindsClassesByName) {
  save_model(folder_ / "reordered.safetensors", small_model({"2", "0", "1"}, {2, 0, 1}));
  const Ran ran = ask("evaluate", "reordered.safetensors", "--json");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json metrics = json::parse(ran.output);
  EXPECT_EQ(metrics["accuracy"], 1.0);
  EXPECT_EQ(metrics["per_class"][0]["label"], "2");
  EXPECT_EQ(metrics["confusion_matrix"], json({{10, 0, 0}, {0, 10, 0}, {0, 0, 10}}));

  save_model(folder_ / "other.safetensors", small_model({"0", "1", "3"}, {0, 1, 2}));
  const Ran unknown = ask("evaluate", "other.safetensors", "");
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.errors, HasSubstr("has \"2\", which the model does not know"));
  EXPECT_THAT(unknown.output, IsEmpty());
  EXPECT_EQ(ask("predict", "other.safetensors", "").exit_code, 0);  // asking needs no labels
}

TEST_F(CliPredict, EvaluateSaysWhatTheContractSays) {
  const Ran ran = ask("evaluate", "right.safetensors", "--json --csv " + folder_ / "all.csv");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json metrics = json::parse(ran.output);
  for (const char* key :
       {"accuracy", "accuracy_interval", "top3_accuracy", "n", "split", "log_loss", "brier_score",
        "calibration_error", "per_class", "macro_average", "weighted_average", "confusion_matrix",
        "views", "seconds"}) {
    EXPECT_TRUE(metrics.contains(key)) << key;
  }
  for (const char* key : {"label", "precision", "recall", "f1", "support"}) {
    EXPECT_TRUE(metrics["per_class"][0].contains(key)) << key;
  }
  EXPECT_EQ(metrics["split"], "test");
  const auto lines = lines_of(read_file(folder_.path() / "all.csv"));
  ASSERT_EQ(lines.size(), kSmallTest + 1);
  EXPECT_EQ(lines[0], "index,given,label,probability,0,1,2");
  EXPECT_THAT(lines[2], ::testing::StartsWith("1,1,1,0."));

  const std::string csv = ask("evaluate", "right.safetensors", "--csv -").output;
  EXPECT_EQ(csv, read_file(folder_.path() / "all.csv"));
}

// Probabilities of the model that is right on all: about 0.83 or less for the right class.
TEST_F(CliPredict, SetsHoldWhatTheCoverageAsksFor) {
  Model model = small_model({"a,b", "say \"c\"", "plain"}, {0, 1, 2});
  for (std::size_t i = 0; i < kSets; ++i) model.set_thresholds.push_back(i < 450 ? 0.5 : 0.01);
  save_model(folder_ / "sets.safetensors", model);
  const auto first = [&](const std::string& options) {
    const Ran ran = ask("predict", "sets.safetensors", options + " --json");
    EXPECT_EQ(ran.exit_code, 0) << ran.errors;
    return json::parse(lines_of(ran.output).at(0));
  };
  EXPECT_FALSE(first("").contains("set"));
  const json one = first("--coverage 0.9");
  EXPECT_EQ(one["coverage"], 0.9);
  ASSERT_EQ(one["set"].size(), 1U);
  EXPECT_EQ(one["set"][0]["label"], one["label"]);
  const json more = first("--coverage 0.95");
  ASSERT_EQ(more["set"].size(), 3U);
  EXPECT_EQ(more["set"], more["top"]);

  const Ran csv = ask("predict", "sets.safetensors", "--coverage 0.95 --csv -");
  const auto lines = lines_of(csv.output);
  EXPECT_THAT(lines[0], ::testing::EndsWith(",plain,set"));
  EXPECT_THAT(lines[1], HasSubstr(R"(,"[""a,b"",""plain"",""say \""c\""""]")"));
  const Ran table = ask("predict", "sets.safetensors", "--coverage 0.95");
  EXPECT_THAT(lines_of(table.output)[1], HasSubstr("a,b or "));
  EXPECT_THAT(lines_of(table.output)[1], HasSubstr("100.00 %"));
  EXPECT_THAT(ask("predict", "sets.safetensors", "--coverage 0.95 --index 2").output,
              HasSubstr("a set of 95 %: plain or "));
  EXPECT_EQ(ask("predict", "sets.safetensors", "--coverage 0.4").exit_code, 2);
  EXPECT_EQ(ask("predict", "sets.safetensors", "--coverage 1").exit_code, 2);
  for (const char* command : {"predict", "evaluate"}) {
    const Ran none = ask(command, "right.safetensors", "--coverage 0.95");
    EXPECT_EQ(none.exit_code, 3);
    EXPECT_THAT(none.errors, HasSubstr("--val-fraction"));
    EXPECT_THAT(none.output, IsEmpty());
  }
}

TEST_F(CliPredict, EvaluateMeasuresSets) {
  Model model = small_model({"0", "1", "2"}, {0, 1, 2});
  for (std::size_t i = 0; i < kSets; ++i) model.set_thresholds.push_back(i < 450 ? 0.5 : 0.01);
  save_model(folder_ / "sets.safetensors", model);
  const json metrics =
      json::parse(ask("evaluate", "sets.safetensors", "--coverage 0.95 --json").output);
  const json& sets = metrics["sets"];
  EXPECT_EQ(sets["asked"], 0.95);
  EXPECT_EQ(sets["coverage"], 1.0);
  EXPECT_EQ(sets["mean_size"], 3.0);
  EXPECT_EQ(sets["alone"], 0.0);
  EXPECT_LT(sets["coverage_interval"][0], 1.0);
  EXPECT_EQ(sets["per_class"][1], json({{"label", "1"}, {"coverage", 1.0}}));
  EXPECT_FALSE(json::parse(ask("evaluate", "sets.safetensors", "--json").output).contains("sets"));
  EXPECT_THAT(ask("evaluate", "sets.safetensors", "--coverage 0.9").output,
              HasSubstr("sets asked to cover 90 %: 100.00 % covered"));
}

// What training itself writes: nine pictures are too few for a set of 95 % to leave any class out.
TEST_F(CliPredict, TrainingFitsSets) {
  ASSERT_NO_FATAL_FAILURE(train());
  const Ran ran = ask("predict", "run", "--coverage 0.95 --json");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  for (const std::string& line : lines_of(ran.output))
    EXPECT_EQ(json::parse(line)["set"].size(), 3U);
  EXPECT_EQ(ask("predict", "run", "--coverage 0.6 --json").exit_code, 0);
}

// Names as long and as strange as they come leave every line within 80 columns.
TEST_F(CliPredict, LongNamesStayReadable) {
  const std::string longest(300, 'x');
  save_model(folder_ / "long.safetensors", small_model({longest, "\x1b[2J", "2"}, {0, 1, 2}));
  const Ran table = ask("predict", "long.safetensors", "");
  ASSERT_EQ(table.exit_code, 0) << table.errors;
  EXPECT_THAT(table.output, Not(HasSubstr("\x1b")));
  for (const std::string& line : lines_of(table.output)) EXPECT_LE(line.size(), 84U) << line;
}

}  // namespace
}  // namespace weft::testing
