// The same generated pictures in each format that is read.
#pragma once

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "data/test_folder.hpp"
#include "weft/data.hpp"

namespace weft::test {

struct Pictures {
  std::size_t n, c, h, w;
  Bytes pixels;  // n, c, h, w
  Bytes labels;  // all of 0 to 9

  LabelledImages part() const {
    LabelledImages result{Tensor(DataType::u8, {n, c, h, w}), {labels.begin(), labels.end()}};
    std::ranges::copy(pixels, result.images.as<std::uint8_t>().begin());
    return result;
  }
  // n, h, w, c
  Bytes channels_last() const {
    Bytes result;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t place = 0; place < h * w; ++place) {
        for (std::size_t k = 0; k < c; ++k) result.push_back(pixels[(i * c + k) * h * w + place]);
      }
    }
    return result;
  }
};

inline Pictures pictures(std::size_t channels, std::size_t side, std::size_t n = 200) {
  Pictures made{n, channels, side, side, {}, {}};
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < n * channels * side * side; ++i) {
    state = state * 1664525U + 1013904223U;
    made.pixels.push_back(static_cast<std::uint8_t>(state >> 24));
  }
  // As in most pictures, hardly anything happens in the corners: two values, which are no labels.
  const std::size_t row = channels * side * side;
  for (std::size_t i = 0; i < n; ++i) {
    made.pixels[i * row] = made.pixels[i * row + row - 1] = i == 3 ? 255 : 0;
  }
  for (std::size_t i = 0; i < n; ++i) made.labels.push_back(static_cast<std::uint8_t>(i * 7 % 10));
  return made;
}

inline Bytes bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

// `values` times `factor` as elements of type T.
template <class T>
Bytes elements(const Bytes& values, std::endian order, double factor = 1) {
  Bytes result;
  for (const std::uint8_t value : values) {
    const auto element = static_cast<T>(value * factor);
    std::uint8_t bytes[sizeof(T)];
    std::memcpy(bytes, &element, sizeof(T));
    if (order != std::endian::native) std::reverse(bytes, bytes + sizeof(T));
    result.insert(result.end(), bytes, bytes + sizeof(T));
  }
  return result;
}

// From the last axis fastest to the first axis fastest.
inline Bytes fortran(const Bytes& values, const std::vector<std::size_t>& shape) {
  Bytes result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::size_t rest = i;
    std::size_t place = 0;
    std::size_t step = values.size();
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      step /= shape[axis];
      place += rest % shape[axis] * step;
      rest /= shape[axis];
    }
    result[place] = values[i];
  }
  return result;
}

// An NPY file with this dict, whether or not it fits the elements.
inline Bytes npy_of(const std::string& dict, const Bytes& elements, int version = 1) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), 0};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    bytes.push_back(static_cast<std::uint8_t>(dict.size() >> (8 * i)));
  }
  bytes.insert(bytes.end(), dict.begin(), dict.end());
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  return bytes;
}

inline Bytes npy(const std::string& descr, const std::vector<std::size_t>& shape,
                 const Bytes& elements, bool is_fortran = false, int version = 1) {
  return npy_of(fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({},), }}   \n", descr,
                            is_fortran ? "True" : "False", fmt::join(shape, ", ")),
                elements, version);
}

inline Bytes zipped(const std::vector<std::pair<std::string, Bytes>>& entries, bool packed = true,
                    bool encrypted = false) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* archive_bytes = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(archive_bytes);
  zip_t* archive = zip_open_from_source(archive_bytes, ZIP_TRUNCATE, &error);
  for (const auto& [name, contents] : entries) {
    zip_source_t* source = zip_source_buffer(archive, contents.data(), contents.size(), 0);
    const auto index =
        static_cast<zip_uint64_t>(zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8));
    zip_set_file_compression(archive, index, packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    if (encrypted) zip_file_set_encryption(archive, index, ZIP_EM_TRAD_PKWARE, "secret");
  }
  EXPECT_EQ(zip_close(archive), 0) << zip_strerror(archive);
  zip_stat_t about;
  zip_source_stat(archive_bytes, &about);
  Bytes bytes(about.size);
  zip_source_open(archive_bytes);
  zip_source_read(archive_bytes, bytes.data(), bytes.size());
  zip_source_close(archive_bytes);
  zip_source_free(archive_bytes);
  zip_error_fini(&error);
  return bytes;
}

struct CsvStyle {
  std::string header = {};  // its first line, without the end
  bool label_first = true;
  bool labels = true;
  bool quoted = false;
  const char* end = "\n";
  double scale = 0;                       // > 0: pixels are divided by it
  std::vector<std::string> classes = {};  // names for the labels
};

inline std::string csv_text(const Pictures& made, const CsvStyle& style) {
  const Bytes values = made.channels_last();
  const std::size_t row = made.c * made.h * made.w;
  const auto field = [&](const std::string& text) {
    return style.quoted ? "\"" + text + "\"" : text;
  };
  std::string text = style.header.empty() ? "" : style.header + style.end;
  for (std::size_t i = 0; i < made.n; ++i) {
    std::vector<std::string> fields;
    for (std::size_t k = 0; k < row; ++k) {
      const auto value = values[i * row + k];
      fields.push_back(field(style.scale > 0 ? fmt::format("{:.7g}", value / style.scale)
                                             : fmt::format("{}", value)));
    }
    if (style.labels) {
      const std::size_t label = made.labels[i];
      const auto shown =
          field(style.classes.empty() ? std::to_string(label) : style.classes[label]);
      fields.insert(style.label_first ? fields.begin() : fields.end(), shown);
    }
    text += fmt::format("{}{}", fmt::join(fields, ","), style.end);
  }
  return text;
}

// A header as Kaggle writes it.
inline std::string csv_header(std::size_t pixels, const std::string& label, bool first = true) {
  std::string header = first ? label : "";
  for (std::size_t i = 0; i < pixels; ++i)
    header += (i > 0 || first ? ",pixel" : "pixel") + std::to_string(i);
  return first ? header : header + "," + label;
}

// CIFAR-10's records, or with `coarse` CIFAR-100's.
inline Bytes cifar(const Pictures& made, bool coarse = false) {
  Bytes bytes;
  const std::size_t row = 3 * 32 * 32;
  for (std::size_t i = 0; i < made.n; ++i) {
    if (coarse) bytes.push_back(19);
    bytes.push_back(made.labels[i]);
    const auto begin = made.pixels.begin() + static_cast<std::ptrdiff_t>(i * row);
    bytes.insert(bytes.end(), begin, begin + static_cast<std::ptrdiff_t>(row));
  }
  return bytes;
}

}  // namespace weft::test
