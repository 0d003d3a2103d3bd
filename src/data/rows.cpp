#include "data/rows.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace weft {
namespace {

bool consecutive(std::span<const std::uint32_t> positions) {
  return std::ranges::adjacent_find(positions, [](auto a, auto b) { return a + 1 != b; }) ==
         positions.end();
}

template <class From, class To>
void convert_rows(const Tensor& tensor, std::span<const std::uint32_t> positions, To* dst) {
  const auto values = tensor.as<From>();
  const std::size_t width = tensor.row_elements();
  for (const std::uint32_t position : positions) {
    for (const From value : values.subspan(position * width, width))
      *dst++ = static_cast<To>(value);
  }
}

}  // namespace

template <class T>
const T* TensorRows<T>::fetch(std::span<const std::uint32_t> positions, T* buffer) const {
  if (tensor_.type() == data_type_of<T>() && consecutive(positions)) {
    return tensor_.as<T>().data() + positions.front() * width();
  }
  switch (tensor_.type()) {
    case DataType::u8:
      convert_rows<std::uint8_t>(tensor_, positions, buffer);
      break;
    case DataType::f32:
      convert_rows<float>(tensor_, positions, buffer);
      break;
    case DataType::f64:
      convert_rows<double>(tensor_, positions, buffer);
      break;
  }
  return buffer;
}

template <class T>
PixelScale<T>::PixelScale(const Shape& shape, const Scaler& scaler) {
  const bool each_value = scaler.kind == ScalerKind::standard;
  const bool each_channel = scaler.kind == ScalerKind::channel;
  const std::size_t needed = shape.rank() != 4 ? 0
                             : each_value      ? shape[1] * shape[2] * shape[3]
                             : each_channel    ? shape[1]
                                               : 0;
  if (shape.rank() != 4 || scaler.mean.size() != needed || scaler.deviation.size() != needed) {
    fail(ErrorCode::usage, "pixel rows: pictures of shape {} do not fit {} means of scaler {}",
         shape.text(), scaler.mean.size(), name_of(scaler.kind));
  }
  channels_ = shape[1];
  pixels_ = shape[2] * shape[3];
  const T divisor = scaler.kind == ScalerKind::none ? T(1) : T(255);
  for (std::size_t c = 0; c < channels_; ++c) {
    const T mean = each_channel ? static_cast<T>(scaler.mean[c]) : T(0);
    const T deviation = each_channel ? static_cast<T>(scaler.deviation[c]) : T(1);
    for (int byte = 0; byte < 256; ++byte) {
      values_.push_back((static_cast<T>(byte) / divisor - mean) / deviation);
    }
  }
  if (each_value) {
    mean_.assign(scaler.mean.begin(), scaler.mean.end());
    deviation_.assign(scaler.deviation.begin(), scaler.deviation.end());
  }
}

template <class T>
void PixelScale<T>::scale(const std::uint8_t* picture, T* row) const {
  T* next = row;
  for (std::size_t c = 0; c < channels_; ++c) {
    const T* value = values_.data() + 256 * c;
    for (std::size_t p = 0; p < pixels_; ++p) *next++ = value[*picture++];
  }
  for (std::size_t i = 0; i < mean_.size(); ++i) row[i] = (row[i] - mean_[i]) / deviation_[i];
}

template <class T>
PixelRows<T>::PixelRows(const Tensor& images, const Scaler& scaler)
    : bytes_(images.as<std::uint8_t>()), rows_(images.rows()), scale_(images.shape(), scaler) {}

template <class T>
const T* PixelRows<T>::fetch(std::span<const std::uint32_t> positions, T* buffer) const {
  T* row = buffer;
  for (const std::uint32_t position : positions) {
    scale_.scale(bytes_.data() + position * width(), row);
    row += width();
  }
  return buffer;
}

template <class T>
AugmentedRows<T>::AugmentedRows(const Augmentation& augmentation, const Tensor& images,
                                const Scaler& scaler, std::uint64_t seed,
                                std::vector<Apparel> apparel)
    : augmenter_(augmentation, images, fit_scaler(ScalerKind::channel, images).mean, seed,
                 std::move(apparel)),
      scale_(images.shape(), scaler),
      mixes_(augmentation.mixes()) {}

template <class T>
const T* AugmentedRows<T>::fetch(std::span<const std::uint32_t> positions, T* buffer) const {
  std::vector<std::uint8_t> picture(width());
  T* row = buffer;
  for (const std::uint32_t position : positions) {
    augmenter_.picture(epoch_, position, picture.data());
    scale_.scale(picture.data(), row);
    row += width();
  }
  return buffer;
}

template <class T>
ViewRows<T>::ViewRows(const Placement& view, bool reflect, double gamma, const Tensor& images,
                      const Scaler& scaler)
    : view_(view),
      reflect_(reflect),
      tones_(bent_tones(gamma)),
      bytes_(images.as<std::uint8_t>()),
      rows_(images.rows()),
      size_{images.shape()[1], images.shape()[2], images.shape()[3]},
      scale_(images.shape(), scaler) {}

template <class T>
const T* ViewRows<T>::fetch(std::span<const std::uint32_t> positions, T* buffer) const {
  std::vector<std::uint8_t> picture(width());
  T* row = buffer;
  for (const std::uint32_t position : positions) {
    place(size_, view_, reflect_, bytes_.data() + position * width(), picture.data());
    for (std::uint8_t& value : picture) value = tones_[value];
    scale_.scale(picture.data(), row);
    row += width();
  }
  return buffer;
}

template class PixelScale<float>;
template class PixelScale<double>;
template class AugmentedRows<float>;
template class AugmentedRows<double>;
template class ViewRows<float>;
template class ViewRows<double>;
template class TensorRows<float>;
template class TensorRows<double>;
template class PixelRows<float>;
template class PixelRows<double>;

}  // namespace weft
