// weft map through the real program.
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "image/decode.hpp"
#include "program.hpp"
#include "small_data.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class CliMap : public ::testing::Test {
 protected:
  CliMap() { write_small_data(folder_ / "data"); }
  Ran map(const std::string& arguments) const {
    return run_command("cd " + folder_.path().string() + " && " WEFT_PROGRAM " map --data data " +
                       arguments);
  }

  TemporaryFolder folder_;
};

TEST_F(CliMap, WritesTheMapInAllItsForms) {
  const Ran ran =
      map("--perplexity 5 --iterations 40 --csv map.csv --png map.png --projector logs --json "
          "--seed 3");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json answer = json::parse(ran.output);
  EXPECT_EQ(answer["n"], kSmallTest);
  EXPECT_EQ(answer["split"], "test");
  EXPECT_EQ(answer["features"], "pixels");
  EXPECT_EQ(answer["feature_size"], 16);
  EXPECT_EQ(answer["perplexity"], 5);
  EXPECT_EQ(answer["neighbours"], 16);
  EXPECT_EQ(answer["iterations"], 40);
  EXPECT_EQ(answer["seed"], 3);
  EXPECT_EQ(answer["digest"].get<std::string>().size(), 64U);
  EXPECT_EQ(answer["classes"][1]["label"], "1");
  EXPECT_EQ(answer["classes"][1]["count"], kSmallTest / 3);
  EXPECT_GE(answer["seconds"].get<double>(), 0);
  EXPECT_GT(answer["kl_divergence"].get<double>(), 0);

  const auto lines = lines_of(read_file(folder_ / "map.csv"));
  ASSERT_EQ(lines.size(), kSmallTest + 1);
  EXPECT_EQ(lines[0], "index,x,y,label");
  for (std::size_t i = 0; i < kSmallTest; ++i) {
    std::istringstream line(lines[i + 1]);
    std::size_t index = 0, label = 0;
    double x = 0, y = 0;
    char comma = 0;
    line >> index >> comma >> x >> comma >> y >> comma >> label;
    EXPECT_TRUE(line) << lines[i + 1];
    EXPECT_EQ(index, i);
    EXPECT_EQ(label, i % 3);
    EXPECT_TRUE(std::isfinite(x) && std::isfinite(y));
  }

  const Picture picture = decode_file(folder_ / "map.png");
  EXPECT_EQ(picture.height, 1400U);
  EXPECT_GT(picture.width, 1400U);

  const fs::path logs = folder_ / "logs";
  EXPECT_EQ(lines_of(read_file(logs / "vectors.tsv")).size(), kSmallTest);
  EXPECT_EQ(lines_of(read_file(logs / "map.tsv")).size(), kSmallTest);
  const auto metadata = lines_of(read_file(logs / "metadata.tsv"));
  ASSERT_EQ(metadata.size(), kSmallTest + 1);
  EXPECT_EQ(metadata[0], "index\tlabel");
  EXPECT_EQ(metadata[6], "5\t2");
  const Picture sprite = decode_file(logs / "sprite.png");
  EXPECT_EQ(sprite.width, 6U * 4);  // the least square that holds 30
  EXPECT_EQ(sprite.height, 5U * 4);
  const std::string config = read_file(logs / "projector_config.pbtxt");
  EXPECT_THAT(config, HasSubstr("tensor_path: \"vectors.tsv\""));
  EXPECT_THAT(config, HasSubstr("single_image_dim: 4"));
}

TEST_F(CliMap, TheSameSeedGivesTheSameBytes) {
  for (const std::string threads : {"1", "2", "3"}) {
    const Ran ran = map("--split all --init random --perplexity 5 --iterations 30 --csv " +
                        threads + " --threads " + threads);
    ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  }
  EXPECT_EQ(lines_of(read_file(folder_ / "1")).size(), kSmallTrain + kSmallTest + 1);
  EXPECT_EQ(read_file(folder_ / "1"), read_file(folder_ / "2"));
  EXPECT_EQ(read_file(folder_ / "1"), read_file(folder_ / "3"));
}

TEST_F(CliMap, TakesPartsOfTheData) {
  // A fifth of the training part, in the article's order: no longer 0, 1, 2, 0 ...
  const Ran article = map("--split article-test --perplexity 5 --iterations 5 --csv -");
  ASSERT_EQ(article.exit_code, 0) << article.errors;
  EXPECT_EQ(lines_of(article.output).size(), kSmallTrain / 5 + 1);
  const Ran few = map("--split train --limit 12 --perplexity 3 --iterations 5 --csv -");
  ASSERT_EQ(few.exit_code, 0) << few.errors;
  EXPECT_EQ(lines_of(few.output).size(), 13U);
}

TEST_F(CliMap, SaysInWordsWhatItMade) {
  const Ran ran = map("--perplexity 5 --iterations 5 --csv map.csv");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("30 pictures in"));
  EXPECT_THAT(ran.output, HasSubstr("#2362be"));
  EXPECT_THAT(ran.errors, HasSubstr("map.csv holds the map"));
}

TEST_F(CliMap, TakesWhatANetworkSees) {
  Model model = small_model({"0", "1", "2"}, {0, 1, 2});
  model.network = "dense 3 nobias, relu, dense 3 nobias";
  Tensor last(DataType::f32, {3, 3});
  for (const std::size_t i : {0, 4, 8}) last.as<float>()[i] = 1;
  model.weights.push_back({"layers.2.weight", std::move(last)});
  save_model(folder_ / "model", model);
  const Ran ran = map("--features model --perplexity 5 --iterations 20 --json");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_EQ(json::parse(ran.output)["feature_size"], 3);
  save_model(folder_ / "linear", small_model({"0", "1", "2"}, {0, 1, 2}));
  const Ran linear = map("--features linear --perplexity 5 --json");
  EXPECT_EQ(linear.exit_code, 2);
  EXPECT_THAT(linear.errors, HasSubstr("no dense layer behind another"));
}

TEST_F(CliMap, RefusesWhatCannotBe) {
  const auto expect = [&](const std::string& arguments, int code, const std::string& why) {
    const Ran ran = map(arguments);
    EXPECT_EQ(ran.exit_code, code) << arguments;
    EXPECT_THAT(ran.errors, HasSubstr(why)) << arguments;
    EXPECT_THAT(ran.output, IsEmpty());
  };
  expect("", 2, "nothing to write");
  expect("--json --csv -", 2, "both take standard output");
  expect("--json --perplexity 30", 2,
         "--perplexity 30 must be less than the number of pictures, 30");
  expect("--json --perplexity 0.5", 2, "0.5");
  expect("--json --split validation", 2, "validation");
  expect("--json --split val", 3, "no val part");
  expect("--json --limit 1", 3, "at least 2");
  expect("--json --features missing", 3, "missing");
  expect("--perplexity 5 --iterations 5 --csv nowhere/map.csv", 1, "nowhere");
  EXPECT_THAT(run_weft("map --help").output, HasSubstr("weft map --data fashion-mnist"));
}

}  // namespace
}  // namespace weft::testing
