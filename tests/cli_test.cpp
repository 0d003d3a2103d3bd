// The program as a user meets it, on the real pictures.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Cli, ExplainsItself) {
  for (const char* command : {"", "train ", "evaluate ", "article ", "article classifier "}) {
    const Ran ran = run_weft(std::string(command) + "--help");
    EXPECT_EQ(ran.exit_code, 0) << command;
    EXPECT_THAT(ran.output, HasSubstr("--help"));
    EXPECT_THAT(ran.errors, IsEmpty());
  }
  EXPECT_THAT(run_weft("--help").output, HasSubstr("Examples:\n"));
  EXPECT_THAT(run_weft("train --help").output, HasSubstr("weft train --data fashion-mnist"));
  EXPECT_THAT(run_weft("--version").output, HasSubstr("weft 0."));
}

TEST(Cli, WrongUsageExitsWith2) {
  for (const char* arguments :
       {"", "nonsense", "train --nonsense", "evaluate", "train --network \"dense 10, nonsense\"",
        "train --network \"dense 9\"", "train --augment nonsense", "train --views cutout",
        "train --preset nonsense", "train --precision f16", "train --epochs 0", "train --epochs -1",
        "train --lr 0", "train --optimizer lion", "train --val-fraction 1",
        "article classifier --pixels blue"}) {
    const TemporaryFolder folder;
    const Ran ran =
        run_weft(std::string(arguments) +
                 (std::string(arguments).starts_with("train") ? " --out " + folder / "run" : ""));
    EXPECT_EQ(ran.exit_code, 2) << arguments << "\n" << ran.errors;
    EXPECT_THAT(ran.output, IsEmpty()) << arguments;
    EXPECT_THAT(ran.errors, Not(IsEmpty())) << arguments;
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "run")) << arguments;
  }
  EXPECT_THAT(run_weft("train --network \"dense 9\"").errors,
              HasSubstr("\"dense 9\" has 9 outputs, but the data has 10 classes"));
}

TEST(Cli, BadInputExitsWith3) {
  const TemporaryFolder folder;
  run_command("echo nonsense > " + folder / "model.safetensors");
  for (const std::string& arguments :
       {"evaluate " + folder / "model.safetensors" + " --data fashion-mnist",
        "evaluate " + folder / "missing" + " --data fashion-mnist",
        "train --data " + folder.path().string() + " --out " + folder / "run"}) {
    const Ran ran = run_weft(arguments);
    EXPECT_EQ(ran.exit_code, 3) << arguments << "\n" << ran.errors;
    EXPECT_THAT(ran.errors, HasSubstr(folder.path().string()));
    EXPECT_EQ(std::ranges::count(ran.errors, '\n'), 1) << ran.errors;
  }
}

TEST(SlowCli, TrainThenEvaluate) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const Ran trained =
      run_weft("train --data fashion-mnist --preset mlp --epochs 2 --seed 3 --json --out " + run);
  ASSERT_EQ(trained.exit_code, 0) << trained.errors;
  const json summary = json::parse(trained.output);
  EXPECT_EQ(summary["run"], run);
  EXPECT_EQ(summary["model"], run + "/model.safetensors");
  EXPECT_EQ(summary["epochs"], 2);
  EXPECT_EQ(summary["seed"], 3);
  EXPECT_EQ(summary["train_size"], 55000);
  EXPECT_EQ(summary["val_size"], 5000);
  EXPECT_GT(summary["val_accuracy"], 0.84);
  for (const char* key : {"seconds", "train_loss", "train_accuracy", "val_loss",
                          "images_per_second", "precision", "threads", "sha256"}) {
    EXPECT_TRUE(summary.contains(key)) << key;
  }
  EXPECT_EQ(run_command("sha256sum " + run + "/model.safetensors").output.substr(0, 64),
            summary["sha256"]);
  // In a pipe: one plain line an epoch, no control characters.
  EXPECT_THAT(trained.errors, HasSubstr("epoch 2/2"));
  EXPECT_THAT(trained.errors, Not(HasSubstr("\x1b")));
  EXPECT_THAT(trained.errors, Not(HasSubstr("\r")));

  const Ran evaluated = run_weft("evaluate " + run + " --data fashion-mnist --json");
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.errors;
  const json metrics = json::parse(evaluated.output);
  EXPECT_EQ(metrics["n"], 10000);
  EXPECT_GT(metrics["accuracy"], 0.84);
  EXPECT_LT(metrics["accuracy_interval"][0], metrics["accuracy"]);
  EXPECT_GT(metrics["accuracy_interval"][1], metrics["accuracy"]);
  EXPECT_EQ(metrics["per_class"].size(), 10U);
  EXPECT_EQ(metrics["per_class"][0]["label"], "T-shirt/top");
  double trace = 0;
  for (std::size_t c = 0; c < 10; ++c) trace += metrics["confusion_matrix"][c][c].get<double>();
  EXPECT_NEAR(trace / 10000, metrics["accuracy"].get<double>(), 1e-12);
  const Ran table = run_weft("evaluate " + run + "/model.safetensors --data fashion-mnist");
  EXPECT_THAT(table.output, HasSubstr("95 % interval"));
  EXPECT_THAT(table.output, HasSubstr("Ankle boot"));

  // A run is not overwritten unless asked; the same command gives the same bytes, for any number of
  // threads.
  EXPECT_EQ(run_weft("train --out " + run).exit_code, 2);
  const Ran again = run_weft(
      "train --data fashion-mnist --preset mlp --epochs 2 --seed 3 --threads 1 --json --force "
      "--out " +
      run);
  EXPECT_EQ(json::parse(again.output)["sha256"], summary["sha256"]);
}

TEST(SlowCli, KernelsCanBeForced) {
  const TemporaryFolder folder;
  const std::string command =
      "train --network \"dense 10\" --epochs 1 --precision f32 --force --json --out " +
      folder / "run";
  const Ran fast = run_weft(command), reference = run_weft(command, "WEFT_KERNELS=reference");
  ASSERT_EQ(fast.exit_code, 0) << fast.errors;
  ASSERT_EQ(reference.exit_code, 0) << reference.errors;
  EXPECT_NEAR(json::parse(fast.output)["val_loss"], json::parse(reference.output)["val_loss"],
              1e-4);
  EXPECT_NE(json::parse(fast.output)["sha256"], json::parse(reference.output)["sha256"]);
  EXPECT_EQ(run_weft(command, "WEFT_KERNELS=nonsense").exit_code, 2);
  EXPECT_EQ(run_weft(command, "WEFT_MAX_ISA=nonsense").exit_code, 2);
}

#ifdef __x86_64__
// Processors without wide vectors train as well; those with fused multiply-add agree to the byte.
TEST(SlowCli, OlderInstructionsTrainToo) {
  const TemporaryFolder folder;
  const std::string command =
      "train --network \"dense 20, tanh, dense 10\" --epochs 1 --precision f32 --force --json "
      "--out " +
      folder / "run";
  const json best = json::parse(run_weft(command).output);
  const Ran ran = run_weft(command, "WEFT_MAX_ISA=SSE4");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_NEAR(json::parse(ran.output)["val_loss"], best["val_loss"], 1e-3);
}
#endif

TEST(Cli, ArticleSmallExperiments) {
  const json exclusive_or = json::parse(run_weft("article xor --json").output);
  EXPECT_EQ(exclusive_or["error_sums"].size(), 10U);
  EXPECT_NEAR(exclusive_or["prediction"], 1, 1e-6);
  EXPECT_THAT(run_weft("article xor").output, HasSubstr("-1.77496016"));
  EXPECT_NEAR(json::parse(run_weft("article softmax --json").output)["softmax"][3], 0.86495488,
              1e-8);
}

TEST(SlowCli, ArticleClassifierAndStory) {
  const Ran ran = run_weft(
      "article classifier --pixels raw --precision f32 --epochs 4 --accuracy-every 2 --json");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const json result = json::parse(ran.output);
  EXPECT_EQ(result["error_by_epoch"].size(), 4U);
  ASSERT_EQ(result["accuracy_by_epoch"].size(), 2U);
  EXPECT_EQ(result["accuracy_by_epoch"][1][0], 2);
  EXPECT_EQ(result["precision"], "f32");
  EXPECT_GT(result["seconds"], 0);
  const Ran story = run_weft("article --epochs 2");
  ASSERT_EQ(story.exit_code, 0) << story.errors;
  for (const char* part : {"1. The data", "2. Softmax", "3. The sigmoid", "4. Exclusive or",
                           "raw pixels", "scaled pixels", "Ankle boot"}) {
    EXPECT_THAT(story.output, HasSubstr(part));
  }
}

TEST(Examples, XorRuns) {
  const Ran ran = run_command(WEFT_EXAMPLES "/example_xor");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.output, HasSubstr("-1.77496"));
}

TEST(SlowExamples, ArticleRuns) {
  const Ran ran = run_command(WEFT_EXAMPLES "/example_article 5");
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("Test Accuracy: "));
}

}  // namespace
}  // namespace weft::testing
