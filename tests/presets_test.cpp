// Presets, views, ensembles and the search for settings, through the real program.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "program.hpp"
#include "small_data.hpp"
#include "train/settings.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class Presets : public ::testing::Test {
 protected:
  void SetUp() override { write_small_data(folder_ / "data"); }

  json answer(const std::string& arguments) {
    const Ran ran = run_weft(arguments);
    EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.errors;
    return ran.exit_code == 0 ? json::parse(ran.output) : json();
  }

  TemporaryFolder folder_;
  std::string data_ = " --data " + folder_ / "data";
};

TEST_F(Presets, AreShown) {
  const json all = answer("presets --json");
  for (const std::string& name : preset_names()) {
    ASSERT_TRUE(all.contains(name)) << name;
    EXPECT_TRUE(all[name].contains("network"));
    EXPECT_THAT(run_weft("presets").output, HasSubstr(name));
  }
  // These classes are numbers: nothing is mirrored.
  const Ran own = run_weft("presets quick" + data_);
  EXPECT_THAT(own.output, HasSubstr("dense 3"));
  EXPECT_THAT(own.output, Not(HasSubstr("mirror")));
  EXPECT_EQ(run_weft("presets nonsense").exit_code, 2);
}

TEST_F(Presets, TrainOnWhateverIsThere) {
  for (const std::string& name : preset_names()) {
    const std::string run = folder_ / name;
    const json summary =
        answer("train --json --epochs 1 --preset " + name + data_ + " --out " + run);
    const json said = json::parse(read_file(run + "/run.json"));
    EXPECT_EQ(summary["epochs"], said["settings"].value("ensemble", 1)) << name;
    EXPECT_EQ(said["preset"], name);
    const json measured = answer("evaluate --json " + run + data_);
    EXPECT_EQ(measured["n"], kSmallTest);
  }
}

TEST_F(Presets, GiveWayToOptions) {
  const std::string run = folder_ / "run";
  answer(
      "train --json --preset quick --network \"dense 3\" --epochs 1 --lr 0.01 --augment "
      "\"mirror, shift 1\" --mirror alternate --views mirror" +
      data_ + " --out " + run);
  const json settings = json::parse(read_file(run + "/run.json"))["settings"];
  EXPECT_EQ(settings["network"], "dense 3");
  EXPECT_EQ(settings["augment"], "mirror alternate, shift 1");
  EXPECT_EQ(settings["views"], "mirror");
  EXPECT_EQ(settings["lr"], 0.01);
  EXPECT_EQ(answer("evaluate --json " + run + data_)["views"], (json{"plain", "mirror"}));
  EXPECT_EQ(answer("evaluate --json --views none " + run + data_)["views"], json{"plain"});
}

TEST_F(Presets, AnEnsembleIsOneModel) {
  const std::string run = folder_ / "run";
  const json summary =
      answer("train --json --preset mlp --epochs 2 --ensemble 3" + data_ + " --out " + run);
  EXPECT_EQ(answer("info --json " + run)["members"], 3);
  EXPECT_EQ(summary["epochs"], 6);
  // What training said of it is what evaluate says.
  const json measured = answer("evaluate --json --split val " + run + data_);
  EXPECT_NEAR(measured["accuracy"].get<double>(), summary["val_accuracy"].get<double>(), 1e-12);
  EXPECT_NEAR(measured["log_loss"].get<double>(), summary["val_loss"].get<double>(), 1e-9);
  EXPECT_THAT(run_weft("evaluate " + run + data_).output, HasSubstr("3 networks"));
}

TEST_F(Presets, AreSearchedAround) {
  const std::string run = folder_ / "search";
  const std::string search =
      "tune --json --preset mlp --time 1s --seed 2" + data_ + " --out " + run;
  const json found = answer(search);
  EXPECT_GT(found["trials"].size(), 0U);
  EXPECT_GT(found["val_accuracy"], 0.5);
  const std::string command = found["command"];
  ASSERT_TRUE(command.starts_with("weft train ")) << command;
  const Ran trained = run_weft(command.substr(5) + " --epochs 1 --out " + folder_ / "winner");
  EXPECT_EQ(trained.exit_code, 0) << command << trained.errors;
  EXPECT_EQ(run_weft(search).exit_code, 2);  // nothing is overwritten
  // A search that is done says the same again.
  EXPECT_EQ(answer("tune --json --resume " + run)["best"], found["best"]);
}

}  // namespace
}  // namespace weft::testing
