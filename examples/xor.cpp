// The article's XOR network, line by line: 2 inputs, 3 sigmoid units, 1 linear output, no biases.
#include <array>
#include <cmath>
#include <cstdio>
#include <random>

namespace {

// numpy.random.uniform(): 53 bits of two draws of the Mersenne twister.
double uniform(std::mt19937& random) {
  const double high = static_cast<double>(random() >> 5), low = static_cast<double>(random() >> 6);
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}
double sigmoid_slope(double x) {
  return sigmoid(x) * (1 - sigmoid(x));
}

}  // namespace

int main() {
  const std::array<std::array<double, 2>, 4> x{{{0, 0}, {0, 1}, {1, 0}, {1, 1}}};
  const std::array<double, 4> y{0, 1, 1, 0};
  const double learning_rate = 0.1;

  std::mt19937 random(42);
  std::array<std::array<double, 3>, 2> w_hidden{};
  std::array<double, 3> w_output{};
  for (auto& row : w_hidden) {
    for (double& weight : row) weight = uniform(random);
  }
  for (double& weight : w_output) weight = uniform(random);

  std::array<std::array<double, 3>, 4> act{};
  std::array<double, 4> output{};
  const auto forward = [&] {
    for (int s = 0; s < 4; ++s) {
      output[s] = 0;
      for (int h = 0; h < 3; ++h) {
        act[s][h] = sigmoid(x[s][0] * w_hidden[0][h] + x[s][1] * w_hidden[1][h]);
        output[s] += act[s][h] * w_output[h];
      }
    }
  };

  for (int step = 0; step < 50000; ++step) {
    forward();
    std::array<double, 4> error{};
    double sum = 0;
    for (int s = 0; s < 4; ++s) sum += error[s] = y[s] - output[s];
    if (step % 5000 == 0) std::printf("error sum %.8g\n", sum);

    // The output weights move first; the moved weights carry the error back. Both are the
    // article's.
    for (int s = 0; s < 4; ++s) {
      for (int h = 0; h < 3; ++h) w_output[h] += act[s][h] * learning_rate * error[s];
    }
    for (int s = 0; s < 4; ++s) {
      for (int h = 0; h < 3; ++h) {
        const double delta = learning_rate * error[s] * w_output[h] * sigmoid_slope(act[s][h]);
        for (int i = 0; i < 2; ++i) w_hidden[i][h] += x[s][i] * delta;
      }
    }
  }
  forward();
  std::printf("prediction of [0, 1]: %.6f\n", output[1]);
  return std::fabs(output[1] - 1) < 1e-6 ? 0 : 1;
}
