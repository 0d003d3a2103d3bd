#include "image/module.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr auto kFile = "weft_pictures.so";

// Beside the program as it is built, a folder above for tests and the fuzzer, and where it is
// installed: relative to the program first, so that an installation can be moved as a whole. The
// last two are for other programs that link the library.
std::vector<std::filesystem::path> usual_folders() {
  std::vector<std::filesystem::path> all;
  const char* chosen = std::getenv("WEFT_MODULES");
  if (chosen && *chosen) all.emplace_back(chosen);
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    const auto folder = program.parent_path();
    all.push_back(folder);
    all.push_back(folder.parent_path());
    all.push_back(folder.parent_path() / "lib" / "weft");
  }
  all.emplace_back("/usr/local/lib/weft");
  all.emplace_back("/usr/lib/weft");
  return all;
}

}  // namespace

const PicturesModule& load_pictures_module(const std::vector<std::filesystem::path>& folders) {
  std::string looked;
  for (const auto& folder : folders) {
    const auto file = folder / kFile;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
      looked += (looked.empty() ? "" : ", ") + folder.string();
      continue;
    }
    void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      const char* reason = ::dlerror();
      fail(ErrorCode::failed, "pictures: {} cannot be loaded: {}: install the package libvips42",
           file.string(), reason ? reason : "no reason given");
    }
    const auto entry =
        reinterpret_cast<decltype(&weft_pictures)>(::dlsym(library, "weft_pictures"));
    const PicturesModule* module = entry ? entry() : nullptr;
    if (!module) fail(ErrorCode::failed, "pictures: {} cannot start libvips", file.string());
    if (module->version != kPicturesVersion) {
      fail(ErrorCode::failed, "pictures: {} is of another version of weft: install weft again",
           file.string());
    }
    return *module;
  }
  fail(ErrorCode::failed,
       "pictures: {} was not found in {}: install weft with it (make install), or set WEFT_MODULES "
       "to its folder",
       kFile, looked);
}

const PicturesModule& pictures_module() {
  static const PicturesModule& module = load_pictures_module(usual_folders());
  return module;
}

}  // namespace weft
