#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/names.hpp"
#include "base/threads.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

// Columns that are worked on together: their sums stay in the first-level cache while the rows go
// by.
constexpr std::size_t kColumns = 112;
constexpr std::size_t kPixelValues = 256;

struct ColumnStatistics {
  std::array<double, kColumns> mean{};
  std::array<double, kColumns> deviation{};  // 1 where constant
  std::array<bool, kColumns> constant{};
};

// Adds row after row, as NumPy does along the first axis: the same order, the same rounding.
template <class T>
ColumnStatistics column_statistics(const T* x, std::size_t rows, std::size_t width,
                                   std::size_t columns) {
  ColumnStatistics statistics;
  auto& mean = statistics.mean;
  auto& deviation = statistics.deviation;
  const auto n = static_cast<double>(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    const T* row = x + r * width;
    for (std::size_t c = 0; c < columns; ++c) mean[c] += static_cast<double>(row[c]);
  }
  for (double& m : mean) m /= n;
  for (std::size_t r = 0; r < rows; ++r) {
    const T* row = x + r * width;
    for (std::size_t c = 0; c < columns; ++c) {
      const double difference = static_cast<double>(row[c]) - mean[c];
      deviation[c] += difference * difference;
    }
  }
  // A deviation this small is the rounding of a constant column's mean; scikit-learn draws the same
  // line.
  constexpr double kConstant = 10 * std::numeric_limits<double>::epsilon();
  for (std::size_t c = 0; c < columns; ++c) {
    deviation[c] = std::sqrt(deviation[c] / n);
    statistics.constant[c] = deviation[c] < kConstant;
    if (statistics.constant[c]) deviation[c] = 1;
  }
  return statistics;
}

template <class From, class To>
void scale_into(const Tensor& x, Tensor& dst) {
  const From* from = x.as<From>().data();
  To* to = dst.as<To>().data();
  const std::size_t rows = x.rows();
  const std::size_t width = x.row_elements();
  parallel_for(default_threads(), (width + kColumns - 1) / kColumns, [=](std::size_t block, int) {
    const std::size_t first = block * kColumns;
    const std::size_t columns = std::min(kColumns, width - first);
    const auto statistics = column_statistics(from + first, rows, width, columns);
    for (std::size_t r = 0; r < rows; ++r) {
      const From* row = from + r * width + first;
      To* scaled = to + r * width + first;
      for (std::size_t c = 0; c < columns; ++c) {
        scaled[c] = static_cast<To>((static_cast<double>(row[c]) - statistics.mean[c]) /
                                    statistics.deviation[c]);
      }
    }
  });
}

template <class From>
void scale_from(const Tensor& x, Tensor& dst) {
  if (dst.type() == DataType::f32) {
    scale_into<From, float>(x, dst);
  } else {
    scale_into<From, double>(x, dst);
  }
}

// How often each byte stands in one channel of all pictures; whole numbers, so the order of adding
// is free.
using Counts = std::array<std::uint64_t, kPixelValues>;

Counts count_values(const Tensor& images, std::size_t channel) {
  constexpr std::size_t kImages = 1024;
  const auto pixels = images.as<std::uint8_t>();
  const std::size_t plane = images.shape()[2] * images.shape()[3];
  const std::size_t channels = images.shape()[1];
  std::vector<Counts> parts((images.rows() + kImages - 1) / kImages);
  parallel_for(default_threads(), parts.size(), [&](std::size_t part, int) {
    Counts counts{};
    const std::size_t end = std::min(images.rows(), (part + 1) * kImages);
    for (std::size_t i = part * kImages; i < end; ++i) {
      for (const std::uint8_t pixel : pixels.subspan((i * channels + channel) * plane, plane)) {
        ++counts[pixel];
      }
    }
    parts[part] = counts;
  });
  Counts all{};
  for (const Counts& part : parts) {
    for (std::size_t value = 0; value < kPixelValues; ++value) all[value] += part[value];
  }
  return all;
}

// The mean and deviation of every channel.
void fit_channels(const Tensor& images, Scaler& scaler) {
  const std::size_t pixels = images.elements() / images.shape()[1];
  const auto n = static_cast<double>(pixels);
  for (std::size_t channel = 0; channel < images.shape()[1]; ++channel) {
    const Counts counts = count_values(images, channel);
    double mean = 0;
    for (std::size_t v = 0; v < kPixelValues; ++v) {
      mean += static_cast<double>(v) * static_cast<double>(counts[v]);
    }
    mean /= n;
    double variance = 0;
    for (std::size_t v = 0; v < kPixelValues; ++v) {
      const double difference = static_cast<double>(v) - mean;
      variance += difference * difference * static_cast<double>(counts[v]);
    }
    variance /= n;
    // One value has no deviation, and its mean is exact: v n / n.
    const double deviation = variance == 0 ? 1 : std::sqrt(variance) / 255;
    scaler.mean.push_back(static_cast<float>(mean / 255));
    scaler.deviation.push_back(static_cast<float>(deviation));
  }
}

// The mean and deviation of every value of a picture.
void fit_values(const Tensor& images, Scaler& scaler) {
  const std::size_t width = images.row_elements();
  scaler.mean.resize(width);
  scaler.deviation.resize(width);
  const std::uint8_t* pixels = images.as<std::uint8_t>().data();
  parallel_for(default_threads(), (width + kColumns - 1) / kColumns, [&](std::size_t block, int) {
    const std::size_t first = block * kColumns;
    const std::size_t columns = std::min(kColumns, width - first);
    const auto statistics = column_statistics(pixels + first, images.rows(), width, columns);
    for (std::size_t c = 0; c < columns; ++c) {
      // A constant column's deviation is 1 already; the others' go from bytes to parts of 255.
      const bool constant = statistics.constant[c];
      scaler.mean[first + c] = static_cast<float>(statistics.mean[c] / 255);
      scaler.deviation[first + c] =
          constant ? 1.0F : static_cast<float>(statistics.deviation[c] / 255);
    }
  });
}

constexpr Names<ScalerKind, 4> kScalers{"scaler",
                                        {{{ScalerKind::none, "none"},
                                          {ScalerKind::unit, "unit"},
                                          {ScalerKind::standard, "standard"},
                                          {ScalerKind::channel, "channel"}}}};

}  // namespace

Tensor scale_columns(const Tensor& x, DataType result) {
  if (x.shape().rank() == 0 || x.type() == DataType::f32 || result == DataType::u8) {
    fail(ErrorCode::usage,
         "scale_columns: {} of shape \"{}\" to {}: takes u8 or f64 with rows, makes f32 or f64",
         name_of(x.type()), x.shape().text(), name_of(result));
  }
  Tensor dst(result, x.shape());
  if (x.type() == DataType::u8) {
    scale_from<std::uint8_t>(x, dst);
  } else {
    scale_from<double>(x, dst);
  }
  return dst;
}

ScalerKind parse_scaler(const std::string& text) {
  return kScalers.parse(text);
}
const char* name_of(ScalerKind value) {
  return kScalers.name_of(value);
}

Scaler fit_scaler(ScalerKind kind, const Tensor& images) {
  if (images.shape().rank() != 4 || images.elements() == 0) {
    fail(ErrorCode::usage,
         "fit_scaler: shape \"{}\": takes n x channels x height x width, all above 0",
         images.shape().text());
  }
  Scaler scaler{kind, {}, {}};
  if (kind == ScalerKind::channel) fit_channels(images, scaler);
  if (kind == ScalerKind::standard) fit_values(images, scaler);
  return scaler;
}

}  // namespace weft
