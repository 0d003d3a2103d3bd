#include "model/safetensors.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <set>

#include "base/atomic_file.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "model/json.hpp"
#include "model/safetensors_header.hpp"

namespace weft {
namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors are copied as they lie in memory");

constexpr std::size_t kLengthBytes = 8;

class InputFile {
 public:
  explicit InputFile(const std::filesystem::path& path) : name_(path.string()) {
    // Opening a pipe would otherwise wait for its other end.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) {
      fail(ErrorCode::bad_input, "cannot open {}: {}", name_, std::strerror(errno));
    }
  }
  ~InputFile() { ::close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::uint64_t size() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) {
      fail(ErrorCode::bad_input, "cannot look at {}: {}", name_, std::strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) fail(ErrorCode::bad_input, "{} is not a regular file", name_);
    return static_cast<std::uint64_t>(status.st_size);
  }

  void read(void* to, std::size_t count) {
    char* next = static_cast<char*>(to);
    while (count > 0) {
      const ssize_t got = ::read(descriptor_, next, count);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(ErrorCode::bad_input, "cannot read {}: {}", name_, std::strerror(errno));
      if (got == 0) fail(ErrorCode::bad_input, "{} became shorter while it was read", name_);
      next += got;
      count -= static_cast<std::size_t>(got);
    }
  }

 private:
  std::string name_;
  int descriptor_ = -1;
};

template <class Function>
auto with_type(DataType type, const Function& function) {
  switch (type) {
    case DataType::u8:
      return function(std::uint8_t{});
    case DataType::f64:
      return function(double{});
    case DataType::f32:
      break;
  }
  return function(float{});
}

std::span<const std::byte> bytes_of(const Tensor& tensor) {
  return with_type(tensor.type(),
                   [&](auto zero) { return std::as_bytes(tensor.as<decltype(zero)>()); });
}

std::span<std::byte> writable_bytes_of(Tensor& tensor) {
  return with_type(tensor.type(),
                   [&](auto zero) { return std::as_writable_bytes(tensor.as<decltype(zero)>()); });
}

void check_writable(const Metadata& metadata, std::span<const TensorReference> tensors) {
  for (const auto& [key, value] : metadata) {
    if (!is_utf8(key) || !is_utf8(value)) {
      fail(ErrorCode::usage, "write_safetensors: metadata {} is not UTF-8", shown(key));
    }
  }
  std::set<std::string_view> names;
  for (const TensorReference& tensor : tensors) {
    if (!is_utf8(tensor.name) || tensor.name == "__metadata__") {
      fail(ErrorCode::usage, "write_safetensors: {} cannot be a tensor's name", shown(tensor.name));
    }
    if (!names.insert(tensor.name).second) {
      fail(ErrorCode::usage, "write_safetensors: two tensors are named {}", shown(tensor.name));
    }
    if (tensor.value->elements() != tensor.value->shape().elements()) {
      fail(ErrorCode::usage, "write_safetensors: tensor {} was never given a shape",
           shown(tensor.name));
    }
    if (tensor.value->shape().rank() > kMostDimensions) {
      fail(ErrorCode::usage, "write_safetensors: tensor {} has {} dimensions, {} are the most",
           shown(tensor.name), tensor.value->shape().rank(), kMostDimensions);
    }
  }
}

std::string header_text(const Metadata& metadata, std::span<const TensorReference> tensors) {
  using nlohmann::json;
  std::string text = "{\"__metadata__\":" + json(metadata).dump();
  std::uint64_t begin = 0;
  for (const TensorReference& tensor : tensors) {
    const std::uint64_t end = begin + bytes_of(*tensor.value).size();
    text += fmt::format(R"(,{}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                        json(tensor.name).dump(), dtype_of(tensor.value->type()),
                        fmt::join(tensor.value->shape().sizes(), ","), begin, end);
    begin = end;
  }
  text += '}';
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

std::array<unsigned char, kLengthBytes> little_endian(std::uint64_t value) {
  std::array<unsigned char, kLengthBytes> bytes{};
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    bytes[i] = static_cast<unsigned char>(value >> (8 * i));
  }
  return bytes;
}

std::uint64_t from_little_endian(const std::array<unsigned char, kLengthBytes>& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) value |= std::uint64_t{bytes[i]} << (8 * i);
  return value;
}

std::uint64_t read_header_length(InputFile& input, std::uint64_t size, const std::string& file) {
  if (size < kLengthBytes) {
    fail(ErrorCode::bad_input, "{}: {} bytes are too few for a safetensors file", file, size);
  }
  std::array<unsigned char, kLengthBytes> bytes{};
  input.read(bytes.data(), bytes.size());
  const std::uint64_t length = from_little_endian(bytes);
  if (length > kMostHeaderBytes || length > size - kLengthBytes) {
    fail(ErrorCode::bad_input,
         "{}: its first 8 bytes announce a header of {} bytes, but {} follow and {} are the most: "
         "the file "
         "is cut off or no safetensors file",
         file, length, size - kLengthBytes, kMostHeaderBytes);
  }
  return length;
}

}  // namespace

std::string write_safetensors(const std::filesystem::path& path, const Metadata& metadata,
                              std::span<const TensorReference> tensors) {
  check_writable(metadata, tensors);
  const std::string header = header_text(metadata, tensors);
  if (header.size() > kMostHeaderBytes) {
    fail(ErrorCode::usage, "write_safetensors: the header takes {} bytes, {} are the most",
         header.size(), kMostHeaderBytes);
  }
  AtomicFile file(path);
  Sha256 digest;
  const auto write = [&](const void* bytes, std::size_t count) {
    file.write(bytes, count);
    digest.update(bytes, count);
  };
  const auto length = little_endian(header.size());
  write(length.data(), length.size());
  write(header.data(), header.size());
  for (const TensorReference& tensor : tensors) {
    const auto bytes = bytes_of(*tensor.value);
    write(bytes.data(), bytes.size());
  }
  file.commit();
  return digest.hexadecimal();
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  const std::string file = path.string();
  InputFile input(path);
  const std::uint64_t size = input.size();
  const std::uint64_t length = read_header_length(input, size, file);
  std::string text(length, ' ');
  input.read(text.data(), text.size());
  Header header = parse_header(text, size - kLengthBytes - length, file);
  Safetensors result;
  result.metadata = std::move(header.metadata);
  for (HeaderEntry& entry : header.entries) {
    Tensor value(entry.type, Shape(std::move(entry.shape)));
    const auto bytes = writable_bytes_of(value);
    input.read(bytes.data(), bytes.size());
    result.tensors.push_back({std::move(entry.name), std::move(value)});
  }
  return result;
}

}  // namespace weft
