// weft bench, by the real program: what it says, not how fast anything is.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/text.hpp"
#include "nn/network.hpp"
#include "program.hpp"
#include "weft/data.hpp"

namespace weft::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSmall =
    "conv 8 3x3, batchnorm, relu, maxpool 2, residual { conv 16 3x3, gelu }, dropout 0.1, "
    "globalavgpool, dense 4";

// The thread sanitizer does not see how OpenMP's threads wait for each other, and takes what oneDNN
// does on them for races.
#ifdef __SANITIZE_THREAD__
constexpr int kThreads = 1;
#else
constexpr int kThreads = 2;
#endif

json bench(const std::string& arguments) {
  const Ran ran = run_weft("bench " + arguments + " --seconds 0.05 --json");
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.errors, IsEmpty());
  return ran.exit_code == 0 ? json::parse(ran.output) : json::object();
}

// The parts of a step are all of it.
void expect_sums_up(const json& answer) {
  double sum = 0;
  for (const json& layer : answer["layers"]) {
    EXPECT_GT(layer["ms"], 0) << layer;
    EXPECT_FALSE(layer["name"].get<std::string>().empty());
    sum += layer["ms"].get<double>();
  }
  EXPECT_LE(sum, answer["step_ms"].get<double>() * 1.0001);
  for (const json& part : answer["rest"]) {
    EXPECT_GE(part, 0);
    sum += part.get<double>();
  }
  EXPECT_NEAR(sum, answer["step_ms"].get<double>(), 1e-3 * sum);
}

const json* layer_named(const json& answer, const std::string& name) {
  for (const json& layer : answer["layers"]) {
    if (layer["name"] == name) return &layer;
  }
  return nullptr;
}

TEST(CliBench, Training) {
  const json answer =
      bench(std::string("train --network '") + kSmall +
            "' --input 1x8x8 --batch 33 --precision f32 --threads " + std::to_string(kThreads));
  ASSERT_TRUE(answer.contains("layers"));
  EXPECT_EQ(answer["precision"], "f32");
  EXPECT_EQ(answer["threads"], kThreads);
  for (const char* key : {"images_per_second", "gflops", "ceiling_gflops", "step_ms",
                          "primitives_ms", "ratio", "share_of_ceiling", "steps", "parameters"}) {
    EXPECT_GT(answer[key], 0) << key;
  }
  EXPECT_GE(answer["step_ms"], answer["best_step_ms"]);
  expect_sums_up(answer);

  // The first layer's gradient goes to its weights alone, the projection's and the body's on to the
  // residual's input.
  const double pictures = 33, pixels = 64, quarter = 16;
  const double madds = 2 * pixels * 8 * 9 + 3 * quarter * (8 * 16 * 9 + 8 * 16) + 3 * 16 * 4;
  EXPECT_NEAR(answer["gflops"].get<double>() * answer["step_ms"].get<double>(),
              2e-6 * pictures * madds, 1e-9 * pictures * madds);

  const json* batchnorm = layer_named(answer, "batchnorm + relu");
  ASSERT_TRUE(batchnorm);
  EXPECT_EQ((*batchnorm)["layer"], "1");
  EXPECT_GT((*batchnorm)["backward_ms"], 0);
  EXPECT_GT((*batchnorm)["primitives_ms"], 0);
  const json* convolution = layer_named(answer, "conv 16 3x3");
  ASSERT_TRUE(convolution);
  EXPECT_EQ((*convolution)["layer"], "4.body.0");
  EXPECT_FALSE((*convolution)["kernel"].get<std::string>().empty());
  EXPECT_TRUE(layer_named(answer, "sum of both branches"));
  ASSERT_TRUE(layer_named(answer, "dropout 0.1"));
  EXPECT_TRUE((*layer_named(answer, "dropout 0.1"))["primitives_ms"].is_null());
}

TEST(CliBench, InferenceOfOnePicture) {
  const json answer = bench(
      "infer --network 'conv 4 3x3, sigmoid, avgpool 3 stride 2 pad 1, dense 3' --input 3x9x7 "
      "--batch 1 --threads 1 --precision f32");
  ASSERT_TRUE(answer.contains("layers"));
  EXPECT_GT(answer["latency_ms"]["median"], 0);
  EXPECT_GE(answer["latency_ms"]["p95"], answer["latency_ms"]["median"]);
  EXPECT_GT(answer["primitives_ms"], 0);
  EXPECT_FALSE(answer["layers"][0].contains("backward_ms"));
  expect_sums_up(answer);
}

TEST(CliBench, OtherPrecisionsHaveAPeerOrSayThatTheyHaveNone) {
  const std::string network =
      "train --network 'conv 16 3x3, relu, dense 3' --input 1x6x6 --batch 4 "
      "--threads 1 --precision ";
  const json f64 = bench(network + "f64");
  ASSERT_TRUE(f64.contains("layers"));
  EXPECT_TRUE(f64["ceiling_gflops"].is_null());
  EXPECT_TRUE(f64["primitives_ms"].is_null());
  expect_sums_up(f64);
  const json bf16 = bench(network + "bf16");
  ASSERT_TRUE(bf16.contains("layers"));
  EXPECT_EQ(bf16["ceiling_gflops"].is_null(), !has_bf16_instructions());
  expect_sums_up(bf16);
}

TEST(CliBench, Machine) {
  const json answer = bench("machine --threads 1");
  ASSERT_TRUE(answer.contains("f32"));
  EXPECT_GT(answer["f32"]["matmul_gflops"], 0);
  EXPECT_GT(answer["f32"]["conv_gflops"], 0);
  EXPECT_GT(answer["copy_gb_s"], 0);
  EXPECT_EQ(answer["threads"], 1);
  EXPECT_EQ(answer["bf16"]["conv_gflops"].is_null(), !has_bf16_instructions());
  EXPECT_EQ(answer["bf16"].contains("why"), !has_bf16_instructions());
}

TEST(CliBench, TablesFitTheTerminal) {
  const Ran ran = run_weft(std::string("bench train --network '") + kSmall +
                           "' --input 1x8x8 --batch 8 --threads 1 --precision f32 --seconds 0.05");
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_THAT(ran.output, HasSubstr("1  batchnorm + relu"));
  EXPECT_THAT(ran.output, HasSubstr("% of what convolutions reach here"));
  EXPECT_THAT(ran.output, HasSubstr("of the time of oneDNN's primitives alone"));
  const std::string table = ran.output.substr(ran.output.find("\n\n") + 2);
  std::istringstream lines(table.substr(0, table.find("\n\n")));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(cli::columns_of(line), 80U) << line;
  }
}

TEST(CliBench, WrongUse) {
  for (const char* wrong :
       {"", "nonsense", "train --network 'conv 8 99x99 pad 0'", "train --network ''",
        "infer --input 28x28", "infer --input 1x28x28x1", "infer --input 0x28x28",
        "infer --input 1x28x-8", "train --batch 0", "train --batch -1", "infer --precision f16",
        "machine --network 'dense 3'", "machine --seconds 0"}) {
    const Ran ran = run_weft(std::string("bench ") + wrong);
    EXPECT_EQ(ran.exit_code, 2) << wrong;
    EXPECT_THAT(ran.output, IsEmpty()) << wrong;
    EXPECT_THAT(ran.errors, Not(IsEmpty())) << wrong;
  }
  for (const char* command : {"bench", "bench machine", "bench train", "bench infer"}) {
    EXPECT_THAT(run_weft(std::string(command) + " --help").output, HasSubstr("Examples:\n  "));
  }
}

// What the command shows is the network's own account of itself.
TEST(Profiles, OfANetwork) {
  Network<float> network("conv 4 3x3, batchnorm, relu, dense 3", {1, 6, 6}, fast_kernels(), 2);
  Tensor images(DataType::u8, {64, 1, 6, 6});
  const PixelRows<float> rows(images,
                              Scaler{.kind = ScalerKind::unit, .mean = {}, .deviation = {}});
  std::vector<float> logits(64 * 3);
  network.forward(rows, logits.data());
  network.start_profile();
  network.forward(rows, logits.data());
  const std::vector<Label> labels(64, 1);
  std::vector<std::uint32_t> positions(64);
  network.gradient(rows, positions, labels.data(), fast_kernels().softmax_cross_entropy, 1.0F);
  const Profile profile = network.take_profile();
  ASSERT_EQ(profile.forward.size(), network.architecture().nodes().size());
  double sum = profile.fetch + profile.loss + profile.pack + profile.reduce;
  for (std::size_t i = 0; i < profile.forward.size(); ++i) {
    const bool absorbed = network.architecture().nodes()[i].absorbed;
    EXPECT_EQ(profile.forward[i] == 0, absorbed) << i;
    EXPECT_EQ(profile.backward[i] == 0, absorbed) << i;
    sum += profile.forward[i] + profile.backward[i];
  }
  EXPECT_GT(profile.fetch, 0);
  EXPECT_GT(profile.loss, 0);
  EXPECT_GT(profile.reduce, 0);
  EXPECT_LE(sum, profile.whole);
  EXPECT_EQ(network.take_profile().whole, 0);
}

}  // namespace
}  // namespace weft::testing
