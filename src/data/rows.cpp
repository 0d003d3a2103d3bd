#include "data/rows.hpp"

#include <algorithm>

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
PixelRows<T>::PixelRows(const Tensor& images, const PixelStatistics& statistics)
    : bytes_(images.as<std::uint8_t>()), rows_(images.rows()) {
  if (images.shape().rank() != 4 || statistics.mean.size() != images.shape()[1] ||
      statistics.deviation.size() != images.shape()[1]) {
    fail(ErrorCode::usage, "pixel rows: pictures of shape {} do not fit means of {} channels",
         images.shape().text(), statistics.mean.size());
  }
  channels_ = images.shape()[1];
  pixels_ = images.shape()[2] * images.shape()[3];
  for (std::size_t c = 0; c < channels_; ++c) {
    for (int byte = 0; byte < 256; ++byte) {
      values_.push_back((static_cast<T>(byte) / T(255) - static_cast<T>(statistics.mean[c])) /
                        static_cast<T>(statistics.deviation[c]));
    }
  }
}

template <class T>
const T* PixelRows<T>::fetch(std::span<const std::uint32_t> positions, T* buffer) const {
  T* next = buffer;
  for (const std::uint32_t position : positions) {
    const std::uint8_t* picture = bytes_.data() + position * width();
    for (std::size_t c = 0; c < channels_; ++c) {
      const T* value = values_.data() + 256 * c;
      for (std::size_t p = 0; p < pixels_; ++p) *next++ = value[*picture++];
    }
  }
  return buffer;
}

template class TensorRows<float>;
template class TensorRows<double>;
template class PixelRows<float>;
template class PixelRows<double>;

}  // namespace weft
