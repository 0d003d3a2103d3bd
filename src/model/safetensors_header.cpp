#include "model/safetensors_header.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "base/error.hpp"
#include "model/json.hpp"

namespace weft {
namespace {

constexpr DataType kTypes[] = {DataType::f32, DataType::f64, DataType::u8};

// Builds the header while the JSON is read, so that a header that means nothing costs no memory:
// the first thing out of place ends the reading.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(Header& header) : header_(header) {}

  const std::string& problem() const { return problem_; }

  bool null() override { return misplaced("null"); }
  bool boolean(bool) override { return misplaced("a boolean"); }
  bool number_integer(number_integer_t value) override {
    return refuse("{} is negative: sizes and offsets are not", value);
  }
  bool number_float(number_float_t, const string_t& text) override {
    return refuse("{} is no unsigned 64-bit integer", shown(text));
  }
  bool binary(binary_t&) override { return misplaced("a binary value"); }

  bool number_unsigned(number_unsigned_t value) override {
    HeaderEntry* const entry = header_.entries.empty() ? nullptr : &header_.entries.back();
    if (place_ == Place::shape) {
      if (entry->shape.size() == kMostDimensions) {
        return refuse("tensor {} has more than {} dimensions", shown(entry->name), kMostDimensions);
      }
      entry->shape.push_back(value);
      return true;
    }
    if (place_ == Place::offsets) {
      if (offsets_ == 2) return wrong_offsets();
      (offsets_ == 0 ? entry->begin : entry->end) = value;
      ++offsets_;
      return true;
    }
    return misplaced("a number");
  }

  bool string(string_t& value) override {
    if (place_ == Place::metadata) {
      header_.metadata[key_] = std::move(value);
      return true;
    }
    if (place_ != Place::entry || field_ != Field::dtype) return misplaced("a string");
    for (const DataType type : kTypes) {
      if (value == dtype_of(type)) {
        header_.entries.back().type = type;
        return true;
      }
    }
    return refuse("tensor {} has the dtype {}: F32, F64 and U8 can be read", shown(key_),
                  shown(value));
  }

  bool key(string_t& name) override {
    if (place_ == Place::entry) return begin_field(name);
    if (place_ == Place::metadata && header_.metadata.contains(name)) {
      return refuse("__metadata__ holds the key {} twice", shown(name));
    }
    key_ = std::move(name);
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::before) {
      place_ = Place::top;
    } else if (place_ == Place::top && key_ == "__metadata__") {
      if (std::exchange(has_metadata_, true)) return refuse("__metadata__ stands there twice");
      place_ = Place::metadata;
    } else if (place_ == Place::top) {
      place_ = Place::entry;
      field_ = Field::none;
      seen_ = 0;
      header_.entries.emplace_back().name = key_;
    } else {
      return misplaced("an object");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::entry && seen_ != kAllFields) {
      return refuse("tensor {} lacks one of dtype, shape and data_offsets", shown(key_));
    }
    place_ = place_ == Place::top ? Place::after : Place::top;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::entry) return misplaced("an array");
    if (field_ == Field::shape) {
      place_ = Place::shape;
    } else if (field_ == Field::offsets) {
      place_ = Place::offsets;
      offsets_ = 0;
    } else {
      return misplaced("an array");
    }
    return true;
  }

  bool end_array() override {
    if (place_ == Place::offsets && offsets_ != 2) return wrong_offsets();
    place_ = Place::entry;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    return refuse("it is not valid JSON at its byte {}", position);
  }

 private:
  enum class Place { before, top, metadata, entry, shape, offsets, after };
  enum class Field : unsigned { none = 0, dtype = 1, shape = 2, offsets = 4 };
  static constexpr unsigned kAllFields = 7;

  template <class... Arguments>
  bool refuse(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    problem_ = fmt::format(format, std::forward<Arguments>(arguments)...);
    return false;
  }

  bool misplaced(const char* what) {
    return refuse("{} does not belong where it stands, behind the key {}", what, shown(key_));
  }

  bool wrong_offsets() {
    return refuse("tensor {}: data_offsets holds two numbers, begin and end", shown(key_));
  }

  bool begin_field(const std::string& name) {
    field_ = name == "dtype"          ? Field::dtype
             : name == "shape"        ? Field::shape
             : name == "data_offsets" ? Field::offsets
                                      : Field::none;
    const auto bit = static_cast<unsigned>(field_);
    if (field_ == Field::none || (seen_ & bit) != 0) {
      return refuse(
          "tensor {} has the field {}: dtype, shape and data_offsets, each once, make one",
          shown(key_), shown(name));
    }
    seen_ |= bit;
    return true;
  }

  Header& header_;
  std::string problem_;
  Place place_ = Place::before;
  std::string key_;  // of the tensor or the metadata, not of the field
  bool has_metadata_ = false;
  Field field_ = Field::none;
  unsigned seen_ = 0;  // the fields of the entry so far, as bits
  int offsets_ = 0;    // numbers of data_offsets so far
};

// Nothing when it does not fit in 63 bits, with the sizes multiplied in their order.
std::optional<std::uint64_t> byte_count(const HeaderEntry& entry) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::uint64_t product = size_of(entry.type);
  for (const std::size_t size : entry.shape) {
    if (size != 0 && product > kMost / size) return std::nullopt;
    product *= size;
  }
  return product;
}

void check_extent(const HeaderEntry& entry, std::uint64_t data_size, const std::string& file) {
  if (entry.begin > entry.end || entry.end > data_size) {
    fail(ErrorCode::bad_input,
         "{}: tensor {} lies at bytes {} to {} of the data, which has {}: the file is cut off or "
         "damaged",
         file, shown(entry.name), entry.begin, entry.end, data_size);
  }
  if (byte_count(entry) != entry.end - entry.begin) {
    fail(ErrorCode::bad_input,
         "{}: tensor {} of shape [{}] and type {} does not fill {} bytes: the file is damaged",
         file, shown(entry.name), fmt::join(entry.shape, ", "), dtype_of(entry.type),
         entry.end - entry.begin);
  }
}

void check_names(const std::vector<HeaderEntry>& entries, const std::string& file) {
  std::vector<std::string_view> names;
  names.reserve(entries.size());
  for (const HeaderEntry& entry : entries) names.push_back(entry.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) {
    fail(ErrorCode::bad_input, "{}: the header names tensor {} twice", file, shown(*twice));
  }
}

// Side by side from the first byte to the last. The entries must be sorted by their offsets.
void check_coverage(const std::vector<HeaderEntry>& entries, std::uint64_t data_size,
                    const std::string& file) {
  std::uint64_t covered = 0;
  for (const HeaderEntry& entry : entries) {
    if (entry.begin != covered) {
      fail(ErrorCode::bad_input,
           "{}: tensor {} begins at byte {} of the data, but the one before it ends at {}: the "
           "file is damaged",
           file, shown(entry.name), entry.begin, covered);
    }
    covered = entry.end;
  }
  if (covered != data_size) {
    fail(ErrorCode::bad_input,
         "{}: the tensors end at byte {} of the data, which has {}: something was appended or lost",
         file, covered, data_size);
  }
}

}  // namespace

const char* dtype_of(DataType type) {
  switch (type) {
    case DataType::u8:
      return "U8";
    case DataType::f32:
      return "F32";
    case DataType::f64:
      return "F64";
  }
  return "";
}

Header parse_header(std::string_view text, std::uint64_t data_size, const std::string& file) {
  if (!text.starts_with('{')) {
    fail(ErrorCode::bad_input,
         "{}: the header begins with {}, not with {{: this is no safetensors file", file,
         shown(text.substr(0, 1)));
  }
  // A NUL would end the text for the parser, whatever stands behind it.
  if (const std::size_t nul = text.find('\0'); nul != text.npos) {
    fail(ErrorCode::bad_input, "{}: the header has a zero byte at {}: the file is damaged", file,
         nul);
  }
  Header header;
  HeaderReader reader(header);
  if (!nlohmann::json::sax_parse(text, &reader)) {
    fail(ErrorCode::bad_input, "{}: the header is damaged: {}", file, reader.problem());
  }
  check_names(header.entries, file);
  for (const HeaderEntry& entry : header.entries) check_extent(entry, data_size, file);
  std::ranges::stable_sort(header.entries, {}, [](const HeaderEntry& entry) {
    return std::pair(entry.begin, entry.end);
  });
  check_coverage(header.entries, data_size, file);
  return header;
}

}  // namespace weft
