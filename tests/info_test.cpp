// weft info, weft cache, and the program's description of itself.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "small_data.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(CliInfo, OfData) {
  const TemporaryFolder folder;
  write_small_data(folder / "small");
  const Ran ran = run_weft("info --json " + folder / "small");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.errors, IsEmpty());
  const json info = json::parse(ran.output);
  EXPECT_EQ(info["kind"], "data");
  EXPECT_EQ(info["format"], "idx");
  ASSERT_EQ(info["parts"].size(), 2U);
  EXPECT_EQ(info["parts"][0]["name"], "train");
  EXPECT_EQ(info["parts"][0]["count"], kSmallTrain);
  EXPECT_EQ(info["parts"][1]["digest"].get<std::string>().size(), 64U);
  EXPECT_EQ(info["parts"][1]["per_class"], json({10, 10, 10}));
  EXPECT_EQ(info["channels"], 1);
  EXPECT_EQ(info["height"], 4);
  EXPECT_EQ(info["width"], 4);
  EXPECT_EQ(info["labels"], json({"0", "1", "2"}));
  const Ran told = run_weft("info " + folder / "small");
  EXPECT_THAT(told.output, HasSubstr("balanced in train: 30 each"));
  EXPECT_THAT(told.output, HasSubstr("4 x 4 pixels"));
}

TEST(CliInfo, OfAModelByItsContent) {
  const TemporaryFolder folder;
  save_model(folder / "model.safetensors",
             small_model({"0", "1", "2"}, {0, 1, 2}, R"({"seed": 7, "scores": {"x": 0.5}})"));
  std::filesystem::copy(folder / "model.safetensors", folder / "named-otherwise");
  for (const std::string& where :
       {folder.path().string(), folder / "model.safetensors", folder / "named-otherwise"}) {
    const Ran ran = run_weft("info --json " + where);
    ASSERT_EQ(ran.exit_code, 0) << ran.errors;
    const json info = json::parse(ran.output);
    EXPECT_EQ(info["kind"], "model");
    EXPECT_EQ(info["network"], "dense 3 nobias");
    EXPECT_EQ(info["labels"], json({"0", "1", "2"}));
    EXPECT_EQ(info["input"], json({{"channels", 1}, {"height", 4}, {"width", 4}}));
    EXPECT_EQ(info["parameters"], 48);
    EXPECT_EQ(info["multiply_adds"], 48);
    EXPECT_EQ(info["training"]["seed"], 7);
    EXPECT_EQ(info["layers"].size(), 1U);
  }
  const Ran told = run_weft("info " + folder / "named-otherwise");
  EXPECT_THAT(told.output, HasSubstr("dense 3 nobias"));
  EXPECT_THAT(told.output, HasSubstr("seed 7"));
}

TEST(CliInfo, WrongInput) {
  const TemporaryFolder folder;
  Model model = small_model({"0", "1", "2"}, {0, 1, 2});
  model.weights[0].name = "layers.5.weight";
  save_model(folder / "unfit", model);
  std::ofstream(folder / "damaged.safetensors") << "nonsense";
  for (const std::string& where :
       {folder / "unfit", folder / "damaged.safetensors", folder / "nothing"}) {
    const Ran ran = run_weft("info --json " + where);
    EXPECT_EQ(ran.exit_code, 3) << where;
    EXPECT_THAT(ran.output, IsEmpty());
    EXPECT_THAT(ran.errors, Not(IsEmpty()));
  }
  EXPECT_EQ(run_weft("info").exit_code, 2);
}

TEST(CliCache, ShowsAndClearsItsOwnFilesOnly) {
  const TemporaryFolder folder;
  const std::string here = "WEFT_CACHE=" + folder.path().string();
  EXPECT_THAT(run_weft("cache", here).output, HasSubstr("nothing is cached"));
  const std::filesystem::path inside = folder.path() / "fashion-mnist";
  std::filesystem::create_directories(inside);
  for (const char* name : {"train-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz.17.tmp",
                           "mine.txt", "t10k-labels-idx1-ubyte.gz.mine.tmp"}) {
    std::ofstream(inside / name) << "12345";
  }
  const json cache = json::parse(run_weft("cache --json", here).output);
  EXPECT_EQ(cache["folder"], inside.string());
  ASSERT_EQ(cache["files"].size(), 2U);
  EXPECT_EQ(cache["files"][1]["name"], "train-images-idx3-ubyte.gz");
  EXPECT_EQ(cache["bytes"], 10);
  EXPECT_EQ(cache["cleared"], false);

  const json cleared = json::parse(run_weft("cache --clear --json", here).output);
  EXPECT_EQ(cleared["cleared"], true);
  EXPECT_TRUE(std::filesystem::exists(inside / "mine.txt"));
  EXPECT_TRUE(std::filesystem::exists(inside / "t10k-labels-idx1-ubyte.gz.mine.tmp"));
  EXPECT_TRUE(json::parse(run_weft("cache --json", here).output)["files"].empty());
  EXPECT_EQ(run_weft("cache", "env -u HOME -u XDG_CACHE_HOME -u WEFT_CACHE").exit_code, 1);
}

TEST(CliDescribe, ManualAndCompletionsNameEveryCommand) {
  const std::string manual = run_weft("manual").output;
  const std::string bash = run_weft("completion bash").output;
  const std::string zsh = run_weft("completion zsh").output;
  for (const char* command :
       {"train", "evaluate", "predict", "info", "cache", "bench", "article"}) {
    EXPECT_THAT(manual, HasSubstr(std::string(".SS weft ") + command));
    EXPECT_THAT(bash, HasSubstr(std::string("'/") + command + "') words="));
    EXPECT_THAT(zsh, HasSubstr(std::string("_weft_") + command + "() {"));
  }
  EXPECT_THAT(manual, HasSubstr("\\fB\\-\\-split\\fR \\fItrain|val|test|all\\fR"));
  EXPECT_THAT(manual, Not(HasSubstr("weft manual")));
  EXPECT_THAT(bash, HasSubstr("'/predict --split') words='train val test all' files=0"));
  EXPECT_EQ(run_weft("completion fish").exit_code, 2);
  const Ran syntax = run_command("bash -n <<'END'\n" + bash + "END\n");
  EXPECT_EQ(syntax.exit_code, 0) << syntax.errors;
}

TEST(CliDescribe, EveryCommandHasExamples) {
  for (const char* command : {"train", "evaluate", "predict", "info", "cache", "bench", "article",
                              "completion", "manual"}) {
    const Ran ran = run_weft(std::string(command) + " --help");
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_THAT(ran.output, HasSubstr("Examples:\n  ")) << command;
  }
}

TEST(CliDescribe, OutputThatCannotBeWrittenIsAFailure) {
  EXPECT_EQ(run_command(std::string("( ") + WEFT_PROGRAM + " manual > /dev/full )").exit_code, 1);
}

}  // namespace
}  // namespace weft::testing
