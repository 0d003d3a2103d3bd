#include "data/fashion_mnist.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "base/error.hpp"
#include "data/cache_folder.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

// Empty when the variable is not set.
fs::path environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

[[noreturn]] void fail_nowhere(ErrorCode code, const std::vector<fs::path>& folders,
                               const std::string& why) {
  std::string list;
  for (const fs::path& folder : folders) {
    if (!list.empty()) list += ", ";
    list += folder.string();
  }
  fail(code,
       "fashion-mnist: no folder holds {} and its companions (looked in {}), and {}: try `apt-get "
       "install dataset-fashion-mnist`, or give the folder with the four files",
       kTrainImages.name, list, why);
}

}  // namespace

std::optional<fs::path> find_file(const fs::path& folder, const CanonicalFile& file) {
  std::error_code ignored;  // a folder that may not be entered holds nothing for us
  for (const char* ending : {"", ".gz"}) {
    fs::path path = folder / (std::string(file.name) + ending);
    if (fs::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

fs::path fashion_mnist_cache() {
  const fs::path folder = cache_folder();
  return folder.empty() ? folder : folder / kFashionMnist;
}

std::vector<fs::path> fashion_mnist_folders() {
  constexpr const char* kTorchvision = "FashionMNIST/raw";
  const fs::path home = environment("HOME");
  std::vector<fs::path> folders;
  if (const auto given = environment("WEFT_DATA"); !given.empty()) {
    folders.push_back(given);
    folders.push_back(given / kFashionMnist);
  }
  folders.emplace_back("/usr/share/datasets/fashion-mnist");
  if (!home.empty()) folders.push_back(home / ".keras/datasets/fashion-mnist");
  folders.emplace_back(kTorchvision);
  folders.push_back(fs::path("data") / kTorchvision);
  if (!home.empty()) {
    folders.push_back(home / "data" / kTorchvision);
    folders.push_back(home / ".cache/torch" / kTorchvision);
  }
  if (const auto cache = fashion_mnist_cache(); !cache.empty()) folders.push_back(cache);
  return folders;
}

fs::path find_fashion_mnist(const std::vector<fs::path>& folders,
                            const std::vector<CanonicalFile>& files,
                            const std::function<fs::path()>& download) {
  for (const fs::path& folder : folders) {
    const auto is_here = [&](const auto& file) { return find_file(folder, file).has_value(); };
    if (std::ranges::all_of(files, is_here)) return folder;
  }
  if (!download) fail_nowhere(ErrorCode::failed, folders, "downloading was not allowed");
  try {
    return download();
  } catch (const Error& error) {
    fail_nowhere(error.code(), folders, fmt::format("downloading failed: {}", error.what()));
  }
}

}  // namespace weft
