#include "cli/photo_sorter.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "cli/text.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 255;  // of a name, in Linux' file systems
constexpr std::size_t kMostNameBytes = 200;

// The first bytes of it, no character cut.
std::string_view head(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

// "a.jpg", "a-2.jpg", "a-3.jpg" ...
std::string numbered(const fs::path& name, std::size_t number) {
  if (number == 1) return name.string();
  const std::string suffix = fmt::format("-{}", number);
  const std::string ending = name.extension().string();
  if (ending.size() + suffix.size() >= kMostBytes) return suffix.substr(1);
  const std::string stem = name.stem().string();
  return std::string(head(stem, kMostBytes - ending.size() - suffix.size())) + suffix + ending;
}

[[noreturn]] void fail_to(const char* doing, const fs::path& path, const std::error_code& error) {
  throw Error(ErrorCode::failed,
              fmt::format("--sort-into: cannot {} {}: {}", doing, path.string(), error.message()));
}

// An empty file that was not there before. False where something is.
bool reserve(const fs::path& to) {
  const int descriptor = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0 && errno == EEXIST) return false;
  if (descriptor < 0) fail_to("create", to, {errno, std::generic_category()});
  ::close(descriptor);
  return true;
}

}  // namespace

std::string folder_name(std::string_view class_name) {
  constexpr std::string_view kTroublesome = "/\\<>:\"|?*";
  std::string name;
  for (const char c : printable(head(class_name, kMostNameBytes))) {
    name += kTroublesome.find(c) == kTroublesome.npos ? c : '_';
  }
  if (name.empty() || name.front() == '.') name.insert(0, "_");
  if (name.back() == '.' || name.back() == ' ') name += '_';
  return name;
}

PhotoSorter::PhotoSorter(fs::path folder, const std::vector<std::string>& class_names, bool link)
    : folder_(std::move(folder)), link_(link) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) fail_to("create the folder", folder_, error);
  names_.emplace_back(kReview);
  for (const std::string& class_name : class_names) {
    const std::string plain = folder_name(class_name);
    std::string name = plain;
    for (int number = 2; std::ranges::find(names_, name) != names_.end(); ++number) {
      name = fmt::format("{}-{}", plain, number);
    }
    names_.push_back(std::move(name));
  }
  std::rotate(names_.begin(), names_.begin() + 1, names_.end());
}

fs::path PhotoSorter::put(const fs::path& file, std::optional<std::size_t> label) {
  const fs::path folder = folder_ / names_.at(label.value_or(names_.size() - 1));
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail_to("create the folder", folder, error);
  const fs::path name = file.filename();
  const auto before = used_.find(folder / name);
  for (std::size_t number = before == used_.end() ? 1 : before->second + 1;; ++number) {
    fs::path to = folder / numbered(name, number);
    if (make(file, to) == Made::taken) continue;
    if (number > 1) used_[folder / name] = number;
    return to;
  }
}

PhotoSorter::Made PhotoSorter::make(const fs::path& file, const fs::path& to) const {
  std::error_code error;
  if (!link_) {
    if (!reserve(to)) return Made::taken;
    fs::copy_file(file, to, fs::copy_options::overwrite_existing, error);
    if (!error) return Made::yes;
    std::error_code ignored;
    fs::remove(to, ignored);
    fail_to("copy to", to, error);
  }
  const fs::path whole = fs::canonical(file, error);
  if (error) fail_to("link to", file, error);
  fs::create_hard_link(whole, to, error);
  if (error && error != std::errc::file_exists) fs::create_symlink(whole, to, error);
  if (error == std::errc::file_exists) return Made::taken;
  if (error) fail_to("create the link", to, error);
  return Made::yes;
}

}  // namespace weft::cli
