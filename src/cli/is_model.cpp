#include "cli/is_model.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>

namespace weft::cli {
namespace {

namespace fs = std::filesystem;

// The length of the header, unsigned, little-endian, and then the header: a JSON object. Text, and
// the other formats that begin with letters, give a length beyond any file.
bool begins_as_safetensors(const fs::path& file) {
  std::array<unsigned char, 9> head{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(reinterpret_cast<char*>(head.data()), head.size());
  if (!stream) return false;
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8 | head[i];
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  return !error && length <= size && head[8] == '{';
}

}  // namespace

bool is_model(const std::string& where) {
  const fs::path path = where;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return fs::exists(path / "model.safetensors", ignored) ||
           fs::exists(path / "run.json", ignored);
  }
  if (!fs::is_regular_file(path, ignored)) return false;
  return path.extension() == ".safetensors" || begins_as_safetensors(path);
}

}  // namespace weft::cli
