#include "nn/whiten.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"

namespace weft {
namespace {

// Pictures whose neighbours are alike, as real ones' are.
Tensor smooth_pictures(std::size_t n, const Shape& shape) {
  Tensor pictures(DataType::f64, {n, shape[0], shape[1], shape[2]});
  RandomStream random(5, RandomPurpose::initialise);
  double last = 0;
  for (double& value : pictures.as<double>()) {
    last = 0.9 * last + random.normal();
    value = last;
  }
  return pictures;
}

// The mean products of the filters' answers at places whose patch lies inside the picture.
std::vector<double> products_of_answers(const Tensor& pictures, std::size_t filters) {
  const Shape& s = pictures.shape();
  Network<double> network("whiten " + std::to_string(filters) + " 2x3 pad 0, flatten",
                          {s[1], s[2], s[3]}, reference_kernels<double>(), 1);
  const TensorRows<double> source(pictures);
  find_whitening(source, 3, network);
  const std::size_t places = network.architecture().output().elements() / filters;
  std::vector<double> answers(pictures.rows() * filters * places), products(filters * filters);
  network.forward(source, answers.data());
  const double count = static_cast<double>(pictures.rows() * places);
  for (std::size_t n = 0; n < pictures.rows(); ++n) {
    const double* picture = answers.data() + n * filters * places;
    for (std::size_t i = 0; i < filters; ++i) {
      for (std::size_t j = 0; j < filters; ++j) {
        double sum = 0;
        for (std::size_t p = 0; p < places; ++p)
          sum += picture[i * places + p] * picture[j * places + p];
        products[i * filters + j] += sum / count;
      }
    }
  }
  return products;
}

TEST(Whitening, AnswersAreUncorrelatedAndOfEqualSize) {
  const Tensor pictures = smooth_pictures(200, {2, 6, 7});
  const std::size_t filters = 24;  // 2 x 2x3 taps, both signs
  const auto products = products_of_answers(pictures, filters);
  for (std::size_t i = 0; i < filters; ++i) {
    for (std::size_t j = 0; j < filters; ++j) {
      const double expected = i / 2 != j / 2 ? 0 : i == j ? 1 : -1;
      EXPECT_NEAR(products[i * filters + j], expected, 0.02) << i << " " << j;
    }
  }
}

TEST(Whitening, BlankPicturesGiveFiniteFilters) {
  const Tensor blank(DataType::f64, {3, 1, 5, 5});
  for (const double product : products_of_answers(blank, 4)) EXPECT_EQ(product, 0);
}

TEST(Whitening, OtherNetworksAreLeftAlone) {
  Network<double> network("conv 2 2x2, flatten", {1, 5, 5}, reference_kernels<double>(), 1);
  find_whitening(TensorRows<double>(smooth_pictures(3, {1, 5, 5})), 3, network);
  for (const double weight : network.parameters()) EXPECT_EQ(weight, 0);
}

}  // namespace
}  // namespace weft
