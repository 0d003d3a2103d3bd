// The pages of runs and models, through the real program. tests/browser looks at them in a browser.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"
#include "outside_links.hpp"
#include "program.hpp"
#include "small_data.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class CliReport : public ::testing::Test {
 protected:
  CliReport() { write_small_data(folder_ / "data"); }
  Ran weft(const std::string& arguments) const {
    return run_command("cd " + folder_.path().string() + " && " WEFT_PROGRAM " " + arguments);
  }
  Ran train(const std::string& more) const {
    return weft("train --data data --network 'dense 3' --epochs 3 --threads 1 --out run " + more);
  }
  json data_of(const std::string& name) const {
    const std::string text = read_file(folder_.path() / name);
    const std::string begin = "id=\"data\">";
    const std::size_t from = text.find(begin) + begin.size();
    return json::parse(text.substr(from, text.find("</script>", from) - from));
  }

  TemporaryFolder folder_;
};

TEST_F(CliReport, TrainingLeavesAPage) {
  const Ran ran = train("--json");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_EQ(json::parse(ran.output)["report"], "run/report.html");
  const json page = data_of("run/report.html");
  EXPECT_EQ(page["kind"], "run");
  EXPECT_EQ(page["title"], "run");
  EXPECT_EQ(page["history"]["epoch"], json({1, 2, 3}));
  EXPECT_EQ(page["history"]["learning_rate"].size(), 3U);
  EXPECT_EQ(page["results"]["n"], 9);
  EXPECT_EQ(page["results"]["part"]["name"], "val");
  EXPECT_EQ(page["classes"], json({"0", "1", "2"}));
  EXPECT_EQ(page["layer"]["shown"], 3);
  EXPECT_THAT(page["repeat"], HasSubstr("weft train"));
  EXPECT_THAT(page["repeat"], HasSubstr("--epochs 3"));
  EXPECT_EQ(page["record"]["settings"]["network"], "dense 3");
}

TEST_F(CliReport, IsOneFileAndTheSameAgain) {
  ASSERT_EQ(train("").exit_code, 0);
  const std::string page = read_file(folder_.path() / "run/report.html");
  EXPECT_FALSE(has_outside_links(page));
  EXPECT_LT(page.size(), 400'000U);
  const Ran again = weft("report run --out again.html");
  ASSERT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_THAT(again.output, Not(HasSubstr("<")));
  json first = data_of("run/report.html"), second = data_of("again.html");
  // How the part is called differs: the run need not look for it.
  first["results"].erase("part");
  second["results"].erase("part");
  EXPECT_EQ(first, second);
}

TEST_F(CliReport, APageThatCannotBeWrittenDoesNotFailTheRun) {
  ASSERT_EQ(train("").exit_code, 0);
  const std::string model = read_file(folder_.path() / "run/model.safetensors");
  fs::remove(folder_.path() / "run/report.html");
  fs::create_directories(folder_.path() / "run/report.html/in the way");
  const Ran ran = weft("train --resume run");
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.errors, HasSubstr("its page could not be written"));
  EXPECT_EQ(read_file(folder_.path() / "run/model.safetensors"), model);
}

TEST_F(CliReport, WithNothingHeldOutThereAreOnlyCurves) {
  ASSERT_EQ(train("--val-fraction 0").exit_code, 0);
  for (const char* name : {"run/report.html", "again.html"}) {
    if (name == std::string("again.html")) {
      ASSERT_EQ(weft("report run --out again.html").exit_code, 0);
    }
    const json page = data_of(name);
    EXPECT_FALSE(page.contains("results"));
    EXPECT_THAT(page["no_results"], HasSubstr("Nothing was held out"));
    EXPECT_TRUE(page["history"]["val_loss"][0].is_null());
  }
}

TEST_F(CliReport, OfAnEvaluation) {
  save_model(folder_.path() / "model", small_model({"0", "1", "2"}, {0, 1, 2}));
  const Ran ran = weft("evaluate model --data data --report page.html --json");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json said = json::parse(ran.output), page = data_of("page.html");
  EXPECT_EQ(page["heading"], "Evaluation");
  EXPECT_EQ(page["results"]["part"]["name"], "test");
  EXPECT_EQ(page["results"]["n"], kSmallTest);
  EXPECT_EQ(page["map"]["answer"].size(), kSmallTest);
  EXPECT_EQ(page["results"]["accuracy"], said["accuracy"]);
  EXPECT_EQ(page["results"]["log_loss"], said["log_loss"]);
  EXPECT_EQ(page["results"]["sheet"]["count"], page["results"]["items"].size());
  EXPECT_FALSE(page.contains("history"));
  EXPECT_EQ(weft("evaluate model --data data --report no/page.html").exit_code, 1);
}

TEST_F(CliReport, WrongUsage) {
  EXPECT_EQ(weft("report").exit_code, 2);
  const Ran none = weft("report data");
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_THAT(none.errors, HasSubstr("holds no config.json"));
  ASSERT_EQ(train("").exit_code, 0);
  fs::rename(folder_.path() / "data", folder_.path() / "moved");
  EXPECT_EQ(weft("report run").exit_code, 3);
  EXPECT_EQ(weft("report run --data moved").exit_code, 0);
  for (const char* config : {"", "[1]", "{\"data\": \"no"}) {
    write_file(folder_.path() / "run/config.json", config);
    EXPECT_EQ(weft("report run --data moved").exit_code, 3) << config;
  }
  write_file(folder_.path() / "run/config.json", "{\"data\": 3, \"strict\": \"yes\"}");
  EXPECT_EQ(weft("report run --data moved").exit_code, 0);
}

TEST_F(CliReport, OfADataSet) {
  const Ran ran = weft("explore --data data");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json page = data_of("data.html");
  EXPECT_EQ(page["kind"], "data");
  EXPECT_EQ(page["parts"][0]["count"], kSmallTrain);
  EXPECT_EQ(page["parts"][1]["count"], kSmallTest);
  EXPECT_EQ(page["map"]["x"].size(), kSmallTrain);
  EXPECT_EQ(page["map"]["label"].size(), kSmallTrain);
  ASSERT_EQ(weft("explore --data data --map none").exit_code, 0);
  EXPECT_FALSE(data_of("data.html").contains("map"));
}

TEST_F(CliReport, AMapIsOfThePicturesThatItNames) {
  const auto explore = [&](const std::string& map) {
    write_file(folder_.path() / "map.csv", map);
    return weft("explore --data data --out page.html --map map.csv --map-split test");
  };
  const Ran ran = explore("label,y,x,index\n\"a,b\",2,1,29\n,4,3,0\n");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json map = data_of("page.html")["map"];
  EXPECT_EQ(map["index"], json({29, 0}));
  EXPECT_EQ(map["x"], json({1, 3}));
  EXPECT_EQ(map["y"], json({2, 4}));
  EXPECT_EQ(map["label"], json({29 % 3, 0}));
  for (const char* bad : {"", "index,x\n1,2\n", "index,x,y\n", "index,x,y\n30,1,1\n",
                          "index,x,y\n-1,1,1\n", "index,x,y\n1.5,1,1\n", "index,x,y\n1,nan,1\n",
                          "index,x,y\n1,1e99,1\n", "index,x,y\n1,2\n", "index,x,y\n1,\"2,3\n"}) {
    const Ran refused = explore(bad);
    EXPECT_EQ(refused.exit_code, 3) << bad;
    EXPECT_THAT(refused.errors, HasSubstr("map")) << bad;
  }
}

TEST_F(CliReport, OfTheArticle) {
  EXPECT_EQ(weft("article xor --report page.html").exit_code, 2);
}

using SlowCliReport = CliReport;
TEST_F(SlowCliReport, OfTheWholeArticle) {
  const Ran ran = weft("article --epochs 1 --report page.html");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json page = data_of("page.html");
  EXPECT_EQ(page["kind"], "article");
  EXPECT_EQ(page["picture"]["values"].size(), 784U);
  EXPECT_EQ(page["products"]["items"].size(), 30U);
  ASSERT_EQ(page["runs"].size(), 2U);
  EXPECT_EQ(page["runs"][0]["scaled"], false);
  EXPECT_EQ(page["runs"][1]["error_by_epoch"].size(), 1U);
  EXPECT_EQ(page["runs"][1]["article"], json({0.9213, 0.8703}));
  EXPECT_EQ(page["xor"]["error_sums"].size(), 10U);
}

}  // namespace
}  // namespace weft::testing
