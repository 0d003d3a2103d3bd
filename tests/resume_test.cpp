// Runs that were stopped and went on: the same bytes as one that was not.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "data/test_folder.hpp"
#include "program.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// 300 pictures of 8 x 8 in 3 classes; a bright row tells which.
void write_pictures(const std::string& folder, const std::string& part = "train") {
  test::Bytes pixels, labels;
  for (std::uint32_t i = 0; i < 300; ++i) {
    labels.push_back(static_cast<std::uint8_t>(i % 3));
    for (std::uint32_t p = 0; p < 64; ++p) {
      const std::uint32_t noise = (i * 7919 + p * 104729) % 97;
      pixels.push_back(static_cast<std::uint8_t>(noise + (p / 8 == 2 * (i % 3) ? 120 : 0)));
    }
  }
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* what, const test::Bytes& bytes) {
    std::ofstream(folder + "/" + part + what, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  };
  write("-images-idx3-ubyte", test::idx({300, 8, 8}, pixels));
  write("-labels-idx1-ubyte", test::idx({300}, labels));
}

class Resume : public ::testing::Test {
 protected:
  void SetUp() override { write_pictures(data_); }

  std::string command(const std::string& options, const std::string& run,
                      const std::string& network = "dense 9, relu, dense 3") {
    return "train --data " + data_ + " --network \"" + network + "\" " + options + " --out " +
           folder_ / run;
  }
  Ran train(const std::string& options, const std::string& run) {
    return run_weft(command(options, run));
  }
  std::string model(const std::string& run) {
    return read_file(folder_ / (run + "/model.safetensors"));
  }

  TemporaryFolder folder_;
  std::string data_ = folder_ / "pictures";
};

using SlowResume = Resume;

TEST_F(Resume, StepsAndTimesAreTheRunsOwn) {
  ASSERT_EQ(train("--steps 7 --batch-size 64 --json", "steps").exit_code, 0);
  const std::string history = read_file(folder_ / "steps/history.csv");
  EXPECT_EQ(std::ranges::count(history, '\n'), 1 + 2);  // 5 batches an epoch

  const Ran timed = train("--time 1s --json", "timed");
  ASSERT_EQ(timed.exit_code, 0) << timed.errors;
  const json config = json::parse(read_file(folder_ / "timed/config.json"));
  EXPECT_FALSE(config.contains("time"));
  EXPECT_GT(config["steps"], 10);
  const Ran again = run_weft("train --json --config " + folder_ / "timed/config.json" + " --out " +
                             folder_ / "again");
  ASSERT_EQ(again.exit_code, 0) << again.errors;
  EXPECT_TRUE(model("again") == model("timed"));
}

// The run is interrupted as soon as its first checkpoint is there; one epoch of a hundred takes
// longer than to see that. (Shells make their background children ignore SIGINT.)
TEST_F(SlowResume, AnInterruptedRunGoesOnToTheSameBytes) {
  const auto with_options = [&](const char* run) {
    return command("--epochs 100 --seed 7 --batch-size 16 --class-weights balanced", run,
                   "dense 600, relu, dense 200, relu, dense 3");
  };
  ASSERT_EQ(run_weft(with_options("whole")).exit_code, 0);
  const Ran stopped = run_command(
      WEFT_PROGRAM " " + with_options("cut") + " & child=$!; until [ -e " +
      folder_ / "cut/checkpoint.safetensors" + " ]; do :; done; kill -TERM $child; wait $child");
  EXPECT_EQ(stopped.exit_code, 128 + 15);
  EXPECT_THAT(stopped.errors, HasSubstr("weft train --resume " + folder_ / "cut"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "cut/model.safetensors"));

  const Ran resumed = run_weft("train --json --resume " + folder_ / "cut");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.errors;
  EXPECT_THAT(resumed.errors, HasSubstr("going on after"));
  EXPECT_EQ(json::parse(resumed.output)["epochs"], 100);
  EXPECT_TRUE(model("cut") == model("whole"));
  EXPECT_THAT(run_weft("train --resume " + folder_ / "cut").errors, HasSubstr("complete already"));
  EXPECT_TRUE(model("cut") == model("whole"));
}

TEST_F(SlowResume, WithAveragesAndMuonToo) {
  const auto with_options = [&](const char* run) {
    return command(
        "--epochs 40 --batch-size 16 --optimizer muon --adamw-lr 0.002 --ns-steps 4 "
        "--muon-normalize --lookahead 6 --lookahead-alpha 0.7 --model-ema-decay 0.99 "
        "--clip-grad-norm 1 --label-smoothing 0.1 --select 0.5",
        run, "dense 400, relu, dense 100, relu, dense 3");
  };
  ASSERT_EQ(run_weft(with_options("whole") + " --threads 3").exit_code, 0);
  const Ran stopped = run_command(
      WEFT_PROGRAM " " + with_options("cut") + " & child=$!; until [ -e " +
      folder_ / "cut/checkpoint.safetensors" + " ]; do :; done; kill -TERM $child; wait $child");
  EXPECT_EQ(stopped.exit_code, 128 + 15);
  ASSERT_EQ(run_weft("train --threads 1 --resume " + folder_ / "cut").exit_code, 0);
  EXPECT_TRUE(model("cut") == model("whole"));

  // Its configuration repeats it, and its record names what is not usual.
  ASSERT_EQ(
      run_weft("train --config " + folder_ / "whole/config.json" + " --out " + folder_ / "again")
          .exit_code,
      0);
  EXPECT_TRUE(model("again") == model("whole"));
  const json settings = json::parse(read_file(folder_ / "whole/run.json"))["settings"];
  EXPECT_EQ(settings["optimizer"], "muon");
  EXPECT_EQ(settings["adamw_lr"], 0.002);
  EXPECT_EQ(settings["ns_steps"], 4);
  EXPECT_EQ(settings["muon_normalize"], true);
  EXPECT_EQ(settings["lookahead"], 6);
  EXPECT_EQ(settings["lookahead_alpha"], 0.7);
  EXPECT_EQ(settings["model_ema_decay"], 0.99);
  EXPECT_EQ(settings["clip_grad_norm"], 1);
  EXPECT_EQ(settings["label_smoothing"], 0.1);
  EXPECT_EQ(settings["select"], 0.5);
}

TEST_F(Resume, RefusesWhatIsNoRunOrAnotherOne) {
  EXPECT_EQ(run_weft("train --resume " + folder_ / "nowhere").exit_code, 2);
  ASSERT_EQ(train("--epochs 2", "run").exit_code, 0);
  EXPECT_EQ(run_weft("train --epochs 3 --resume " + folder_ / "run").exit_code, 2);
  // The data is another than the checkpoint's.
  std::string pictures = read_file(data_ + "/train-images-idx3-ubyte");
  pictures.back() ^= 1;
  std::ofstream(data_ + "/train-images-idx3-ubyte", std::ios::binary) << pictures;
  const Ran changed = run_weft("train --resume " + folder_ / "run");
  EXPECT_EQ(changed.exit_code, 3);
  EXPECT_THAT(changed.errors, HasSubstr("data_digest was"));
  // A damaged checkpoint.
  std::filesystem::resize_file(folder_ / "run/checkpoint.safetensors", 100);
  const Ran damaged = run_weft("train --resume " + folder_ / "run");
  EXPECT_EQ(damaged.exit_code, 3);
  EXPECT_THAT(damaged.errors, HasSubstr("checkpoint.safetensors"));
}

TEST_F(Resume, AFullDiskKeepsTheOldCheckpoint) {
  ASSERT_EQ(train("--epochs 2", "run").exit_code, 0);
  // Files may not grow beyond 2 KiB: room for what was asked, not for a checkpoint.
  const Ran full = run_command("ulimit -f 2; " WEFT_PROGRAM " " + command("", "full"));
  EXPECT_EQ(full.exit_code, 1);
  EXPECT_THAT(full.errors, HasSubstr("cannot write " + folder_ / "full/checkpoint.safetensors"));

  std::filesystem::remove(folder_ / "run/model.safetensors");
  const std::string before = read_file(folder_ / "run/checkpoint.safetensors");
  const Ran resumed =
      run_command("ulimit -f 2; " WEFT_PROGRAM " train --resume " + folder_ / "run");
  EXPECT_EQ(resumed.exit_code, 1);
  EXPECT_TRUE(read_file(folder_ / "run/checkpoint.safetensors") == before);
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "run")) {
    EXPECT_NE(entry.path().extension(), ".tmp");
  }
}

TEST_F(Resume, EndingsLookAtTheValidationPart) {
  const Ran alone = train("--epochs 500 --target 0.9 --json", "alone");
  EXPECT_FALSE(json::parse(alone.output).contains("test_accuracy"));
  write_pictures(data_, "t10k");
  const Ran target = train("--epochs 500 --target 0.9 --json", "target");
  ASSERT_EQ(target.exit_code, 0) << target.errors;
  EXPECT_LT(json::parse(target.output)["epochs"], 500);
  EXPECT_GE(json::parse(target.output)["val_accuracy"], 0.9);
  const Ran evaluated =
      run_weft("evaluate " + (folder_ / "target") + " --data " + data_ + " --json");
  EXPECT_EQ(json::parse(target.output)["test_accuracy"], json::parse(evaluated.output)["accuracy"]);
  const Ran missed = train("--epochs 1 --lr 1e-9 --target 0.99", "missed");
  EXPECT_THAT(missed.output, HasSubstr("validation has not reached the target of 99.00 %"));
  const Ran patience = train("--epochs 500 --patience 3 --json", "patience");
  EXPECT_LT(json::parse(patience.output)["epochs"], 500);
  EXPECT_EQ(train("--target 0.9 --val-fraction 0", "none").exit_code, 2);
  EXPECT_EQ(train("--target 90", "none").exit_code, 2);
}

TEST_F(Resume, StartsFromAnotherModel) {
  ASSERT_EQ(train("--epochs 20", "first").exit_code, 0);
  const std::string from = "train --data " + data_ + " --init-from " + folder_ / "first";
  const Ran on = run_weft(from + " --epochs 1 --lr 1e-9 --json --out " + folder_ / "on");
  ASSERT_EQ(on.exit_code, 0) << on.errors;
  EXPECT_GT(json::parse(on.output)["train_accuracy"], 0.9);
  const Ran other = run_weft(from + " --network \"dense 8, relu, dense 3\" --out " + folder_ / "x");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.errors, HasSubstr("layers.0.weight of 8x64"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x/model.safetensors"));
}

TEST_F(Resume, ConfigurationsSayWhatIsWrong) {
  const auto with = [&](const std::string& text, const std::string& also = "") {
    std::ofstream(folder_ / "config.json") << text;
    return run_weft("train --config " + folder_ / "config.json" + " " + also + " --out " +
                    folder_ / "run");
  };
  const std::string data = "\"preset\": \"mlp\", \"data\": \"" + data_ + "\"";
  EXPECT_EQ(with("{" + data + ", \"batch_size\": 64, \"nesterov\": true, \"epochs\": 2}").exit_code,
            0);
  EXPECT_EQ(with("{" + data + ", \"epochs\": 100000}", "--epochs 1 --force").exit_code, 0);
  for (const auto& [text, message] : std::initializer_list<std::pair<const char*, const char*>>{
           {"{", "JSON object"},
           {"[]", "JSON object"},
           {"{\"epoch\": 3}", "\"epoch\" is no option"},
           {"{\"resume\": \"x\"}", "\"resume\" is no option"},
           {"{\"epochs\": [1]}", "epochs is"},
           {"{\"epochs\": true}", "it takes a value"},
           {"{\"nesterov\": 3}", "true or false"},
           {"{\"label_smoothing\": 1}", "label-smoothing: 1 is not"},
           {"{\"model-ema-decay\": 1}", "model-ema-decay: 1 is not"},
           {"{\"clip_grad_norm\": -1}", "clip-grad-norm: -1"},
           {"{\"lookahead\": -1}", "lookahead"},
           {"{\"lookahead_alpha\": 0.5}", "--lookahead-alpha does nothing without --lookahead"},
           {"{\"preset\": \"mlp\", \"adamw_lr\": 0.1}",
            "--adamw-lr does nothing without --optimizer muon"},
           {"{\"optimizer\": \"muon\", \"adamw_lr\": 0}", "adamw-lr: 0 must be above 0"},
           {"{\"optimizer\": \"muon\", \"ns_steps\": 0}", "ns-steps"},
           {"{\"epochs\": \"many\"}", "epochs"},
           {"{\"epochs\": -1}", "epochs"}}) {
    const Ran ran = with(text, "--force");
    EXPECT_EQ(ran.exit_code, 2) << text;
    EXPECT_THAT(ran.errors, HasSubstr(message));
    EXPECT_THAT(ran.output, IsEmpty());
  }
}

}  // namespace
}  // namespace weft::testing
