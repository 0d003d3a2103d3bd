#include "picture_maker.hpp"

#include <dlfcn.h>

#include <stdexcept>

#include "picture_maker_module.hpp"

// x265, which writes HEIC, keeps a little for ever. Asked for when there is a search for leaks.
extern "C" const char* __lsan_default_suppressions();   // NOLINT: its name is given
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
  return "leak:libx265";
}

namespace weft::test {

std::vector<std::byte> image_file(const Picture& picture, const FileStyle& style) {
  static const auto make = [] {
    void* module = ::dlopen(WEFT_PICTURE_MAKER, RTLD_NOW | RTLD_LOCAL);
    if (!module) throw std::runtime_error(::dlerror());
    return reinterpret_cast<decltype(&weft_make_picture)>(::dlsym(module, "weft_make_picture"));
  }();
  std::vector<std::byte> file;
  const auto take = [](void* context, const void* bytes, std::size_t size) {
    const auto* begin = static_cast<const std::byte*>(bytes);
    static_cast<std::vector<std::byte>*>(context)->assign(begin, begin + size);
  };
  if (!make(&picture, &style, take, &file)) {
    throw std::runtime_error(std::string("libvips did not make a ") + style.format);
  }
  return file;
}

}  // namespace weft::test
