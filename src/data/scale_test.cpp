#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "base/digest.hpp"
#include "data/rows.hpp"
#include "data/test_folder.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

using test::expect_error;
using testing::ElementsAreArray;

template <class T>
Tensor tensor(Shape shape, std::initializer_list<T> values) {
  Tensor made(data_type_of<T>(), std::move(shape));
  EXPECT_EQ(made.elements(), values.size());
  std::ranges::copy(values, made.as<T>().begin());
  return made;
}

// sklearn.preprocessing.scale (1.2.1, NumPy 1.24.2) of the same numbers in float64.
constexpr std::array kScaled = {-0x1.a41f7c94ae3b8p-1, 0.0, 0x1.840f181706c19p+0,
                                -0x1.22dab8b5b3b30p-1, 0.0, -0x1.3a35960888753p+0,
                                -0x1.432be9ad72552p-2, 0.0, 0x1.111ab57e0d071p-3,
                                0x1.b44815108d8c8p+0,  0.0, -0x1.aff362f8ffb50p-2};

Tensor bytes() {
  return tensor<std::uint8_t>({4, 3}, {0, 7, 255, 1, 7, 3, 2, 7, 128, 10, 7, 77});
}

TEST(ScaleColumns, IsScikitLearnsToTheLastBit) {
  const Tensor scaled = scale_columns(bytes(), DataType::f64);
  EXPECT_EQ(scaled.shape(), (Shape{4, 3}));
  EXPECT_THAT(scaled.as<double>(), ElementsAreArray(kScaled));
}

TEST(ScaleColumns, RoundsOnceToFloat) {
  const Tensor scaled = scale_columns(bytes(), DataType::f32);
  std::array<float, kScaled.size()> expected{};
  std::ranges::transform(kScaled, expected.begin(), [](double v) { return static_cast<float>(v); });
  EXPECT_THAT(scaled.as<float>(), ElementsAreArray(expected));
}

// The first column is constant but its mean is not exact, the second is far from zero.
TEST(ScaleColumns, IsScikitLearnsOnDoubles) {
  const Tensor x =
      tensor<double>({3, 3}, {0.1, 1e9, -3.25, 0.1, 1e9 + 1, 0.7, 0.1, 1e9 + 5, 1.0 / 3});
  EXPECT_THAT(
      scale_columns(x, DataType::f64).as<double>(),
      ElementsAreArray({-0x1.0000000000000p-56, -0x1.da05179501504p-1, -0x1.68c24c276c71dp+0,
                        -0x1.0000000000000p-56, -0x1.da05179501504p-2, 0x1.9d6fa8d4d3802p-1,
                        -0x1.0000000000000p-56, 0x1.6383d1afc0fc3p+0, 0x1.3414ef7a05637p-1}));
}

// All of the article's held-out part, 9.4 million doubles, as NumPy writes them.
TEST(ScaleColumns, IsScikitLearnsOnTheArticlesHeldOutPart) {
  const auto data = load_dataset("fashion-mnist", {.test = false});
  const auto part = gather(data.train, article_split(data.train.size()).held_out);
  const Tensor scaled = scale_columns(part.images, DataType::f64);
  EXPECT_EQ(sha256(scaled.as<double>().data(), scaled.elements() * sizeof(double)),
            "d2f27114062aae813d9d79b520f29ec56086d03b9c16bc797a4e64d3e8f575c6");
}

// Wider than what is worked on at once, and not a multiple of it: column c holds c, c + 2.
TEST(ScaleColumns, ReachesEveryColumn) {
  constexpr std::size_t kWidth = 1001;
  Tensor x(DataType::f64, {2, 7, 11, 13});
  for (std::size_t c = 0; c < kWidth; ++c) {
    x.as<double>()[c] = static_cast<double>(c);
    x.as<double>()[kWidth + c] = static_cast<double>(c) + 2;
  }
  const Tensor scaled = scale_columns(x, DataType::f32);
  EXPECT_EQ(scaled.shape(), (Shape{2, 7, 11, 13}));
  EXPECT_THAT(scaled.as<float>().first(kWidth), testing::Each(-1.0F));
  EXPECT_THAT(scaled.as<float>().subspan(kWidth), testing::Each(1.0F));
}

TEST(ScaleColumns, TakesNoRows) {
  EXPECT_EQ(scale_columns(Tensor(DataType::u8, {0, 4}), DataType::f32).shape(), (Shape{0, 4}));
}

TEST(ScaleColumns, RefusesOtherTypes) {
  expect_error(ErrorCode::usage, {"scale_columns", "f32", "1x2"}, [] {
    scale_columns(Tensor(DataType::f32, {1, 2}), DataType::f32);
  });
  expect_error(ErrorCode::usage, {"to u8"}, [] { scale_columns(bytes(), DataType::u8); });
  expect_error(ErrorCode::usage, {"rows"},
               [] { scale_columns(Tensor(DataType::u8, Shape{}), DataType::f32); });
}

// NumPy's mean and std over (0, 2, 3) of values / 255; the second channel is constant.
TEST(FitScaler, OfEachChannel) {
  const auto scaler = fit_scaler(
      ScalerKind::channel,
      tensor<std::uint8_t>({2, 2, 2, 2}, {0, 255, 10, 20, 7, 7, 7, 7, 30, 40, 50, 60, 7, 7, 7, 7}));
  ASSERT_EQ(scaler.mean.size(), 2U);
  ASSERT_EQ(scaler.deviation.size(), 2U);
  EXPECT_NEAR(scaler.mean[0], 0.22794118, 1e-7);
  EXPECT_NEAR(scaler.deviation[0], 0.30089216, 1e-7);
  EXPECT_NEAR(scaler.mean[1], 0.02745098, 1e-8);
  EXPECT_EQ(scaler.deviation[1], 1.0F);
}

// NumPy's mean and std over axis 0 of values / 255; the third value is constant.
TEST(FitScaler, OfEachValue) {
  const auto scaler = fit_scaler(
      ScalerKind::standard, tensor<std::uint8_t>({3, 1, 1, 3}, {0, 10, 9, 255, 20, 9, 51, 60, 9}));
  EXPECT_THAT(scaler.mean,
              testing::Pointwise(testing::FloatNear(1e-6F), {0.4F, 0.11764706F, 0.03529412F}));
  EXPECT_THAT(scaler.deviation,
              testing::Pointwise(testing::FloatNear(1e-6F), {0.43204938F, 0.08471556F, 1.0F}));
}

TEST(FitScaler, HasNoStatisticsWhereNoneAreUsed) {
  for (const ScalerKind kind : {ScalerKind::none, ScalerKind::unit}) {
    EXPECT_TRUE(fit_scaler(kind, tensor<std::uint8_t>({1, 1, 1, 1}, {3})).mean.empty());
  }
}

TEST(FitScaler, OfFashionMnistIsThePublishedOne) {
  const auto data = load_dataset("fashion-mnist", {.test = false});
  const auto scaler = fit_scaler(ScalerKind::channel, data.train.images);
  ASSERT_EQ(scaler.mean.size(), 1U);
  EXPECT_NEAR(scaler.mean[0], 0.28604, 5e-6);
  EXPECT_NEAR(scaler.deviation[0], 0.35302, 5e-6);
}

TEST(FitScaler, NeedsPixels) {
  expect_error(ErrorCode::usage, {"fit_scaler", "0x1x2x2"}, [] {
    fit_scaler(ScalerKind::channel, Tensor(DataType::u8, {0, 1, 2, 2}));
  });
  expect_error(ErrorCode::usage, {"4x4"}, [] {
    fit_scaler(ScalerKind::channel, Tensor(DataType::u8, {4, 4}));
  });
}

// What each scaler makes of the bytes 0, 51, 255 and 102 in two channels of 1 x 2.
TEST(PixelRows, ScaleAsTheirScalerSays) {
  const auto images = tensor<std::uint8_t>({1, 2, 1, 2}, {0, 51, 255, 102});
  const auto scaled = [&](const Scaler& scaler) {
    const PixelRows<double> rows(images, scaler);
    std::vector<double> buffer(4);
    rows.fetch(std::vector<std::uint32_t>{0}, buffer.data());
    return buffer;
  };
  const auto near = [](const std::vector<double>& values) {
    return testing::Pointwise(testing::DoubleNear(1e-7), values);
  };
  EXPECT_THAT(scaled({ScalerKind::none, {}, {}}), near({0, 51, 255, 102}));
  EXPECT_THAT(scaled({ScalerKind::unit, {}, {}}), near({0, 0.2, 1, 0.4}));
  EXPECT_THAT(scaled({ScalerKind::channel, {0.5F, 1}, {0.5F, 2}}), near({-1, -0.6, 0, -0.3}));
  EXPECT_THAT(scaled({ScalerKind::standard, {0.5F, 1, 0.25F, 0.5F}, {0.5F, 2, 0.25F, 1}}),
              near({-1, -0.4, 3, -0.1}));
  for (const Scaler& wrong :
       {Scaler{ScalerKind::channel, {0}, {1}}, Scaler{ScalerKind::standard, {0, 0}, {1, 1}},
        Scaler{ScalerKind::unit, {0, 0}, {1, 1}}}) {
    expect_error(ErrorCode::usage, {"2x1x2", name_of(wrong.kind)}, [&] { scaled(wrong); });
  }
}

}  // namespace
}  // namespace weft
