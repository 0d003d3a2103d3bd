#include "data/npz.hpp"

#include <zip.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "data/npy.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};

class ZipError {
 public:
  ZipError() { zip_error_init(&error_); }
  ~ZipError() { zip_error_fini(&error_); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
  zip_error_t* get() { return &error_; }
  std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_{};
};

std::unique_ptr<zip_t, Discard> open(std::span<const std::uint8_t> bytes, const std::string& file) {
  ZipError error;
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, error.get());
  zip_t* archive =
      source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, error.get());
  if (archive == nullptr) {
    zip_source_free(source);
    fail(ErrorCode::bad_input, "npz: {}: {} bytes are no whole zip archive ({}): fetch it again",
         file, bytes.size(), error.text());
  }
  return std::unique_ptr<zip_t, Discard>(archive);
}

void check_name(const std::string& name, const std::string& file) {
  if (name.empty() || name.starts_with('/') || name.find("..") != std::string::npos ||
      name.find('\\') != std::string::npos) {
    fail(ErrorCode::bad_input,
         "npz: {}: entry {}: a name may not be empty, have \"..\" or a backslash, or begin with "
         "\"/\": this is no archive that NumPy has written",
         file, excerpt(name));
  }
}

zip_stat_t about_entry(zip_t* archive, zip_uint64_t index, const std::string& file) {
  zip_stat_t about;
  zip_stat_init(&about);
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive, index, 0, &about) != 0 || (about.valid & kNeeded) != kNeeded) {
    fail(ErrorCode::bad_input, "npz: {}: entry {} of the archive is damaged: fetch it again", file,
         index);
  }
  return about;
}

// Exactly `count` bytes.
void read_bytes(zip_file_t* entry, std::uint8_t* dst, std::size_t count, const std::string& name) {
  std::size_t done = 0;
  while (done < count) {
    const zip_int64_t got = zip_fread(entry, dst + done, count - done);
    if (got <= 0) {
      fail(ErrorCode::bad_input, "npz: {}: byte {} of {}: {}: the archive is damaged", name, done,
           count, got == 0 ? "the entry ends here" : zip_error_strerror(zip_file_get_error(entry)));
    }
    done += static_cast<std::size_t>(got);
  }
}

// The checksum is compared when the end has been met.
void read_end(zip_file_t* entry, const std::string& name) {
  std::uint8_t beyond = 0;
  const zip_int64_t got = zip_fread(entry, &beyond, 1);
  if (got == 0) return;
  fail(
      ErrorCode::bad_input, "npz: {}: {}: the archive is damaged", name,
      got > 0 ? "the entry is longer than it says" : zip_error_strerror(zip_file_get_error(entry)));
}

void check_size(const zip_stat_t& about, std::size_t most, const std::string& name) {
  const std::size_t limit = std::min(most, most_unpacked(about.comp_size));
  if (about.size <= limit) return;
  fail(ErrorCode::bad_input,
       "npz: {}: {} bytes unpack to {}, more than the {} that such an entry may have: is it the "
       "right file?",
       name, about.comp_size, about.size, limit);
}

}  // namespace

struct Npz::State {
  std::unique_ptr<zip_t, Discard> archive;
  std::vector<zip_uint64_t> indices;  // of names_
};

bool is_zip(std::span<const std::uint8_t> bytes) {
  const std::string_view text = as_text(bytes);
  return text.starts_with("PK\3\4") || text.starts_with("PK\5\6");  // the second: no entries
}

Npz::Npz(std::span<const std::uint8_t> bytes, std::string file)
    : file_(std::move(file)), state_(std::make_unique<State>()) {
  constexpr std::string_view kEnding = ".npy";
  state_->archive = open(bytes, file_);
  std::set<std::string> seen;
  const auto count = static_cast<zip_uint64_t>(zip_get_num_entries(state_->archive.get(), 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    const zip_stat_t about = about_entry(state_->archive.get(), i, file_);
    const std::string name = about.name;
    check_name(name, file_);
    if (about.encryption_method != ZIP_EM_NONE) {
      fail(ErrorCode::bad_input, "npz: {}: entry {} is encrypted: save it again without", file_,
           excerpt(name));
    }
    if (!seen.insert(name).second) {
      fail(ErrorCode::bad_input, "npz: {}: two entries are called {}: one each is needed", file_,
           excerpt(name));
    }
    if (!name.ends_with(kEnding)) continue;
    names_.push_back(name.substr(0, name.size() - kEnding.size()));
    state_->indices.push_back(i);
  }
}

Npz::~Npz() = default;

bool Npz::has(const std::string& name) const {
  return std::ranges::count(names_, name) > 0;
}

Npz::Entry Npz::read(const std::string& name, std::size_t most) const {
  const auto at = std::ranges::find(names_, name) - names_.begin();
  const zip_uint64_t index = state_->indices.at(static_cast<std::size_t>(at));
  zip_t* archive = state_->archive.get();
  const std::string place = file_ + ": " + name + ".npy";
  const zip_stat_t about = about_entry(archive, index, file_);
  check_size(about, most, place);
  const std::unique_ptr<zip_file_t, CloseEntry> entry(zip_fopen_index(archive, index, 0));
  if (!entry) {
    fail(ErrorCode::bad_input, "npz: {}: {}: save it again by numpy.savez", place,
         zip_strerror(archive));
  }
  const std::size_t head_size = std::min<std::size_t>(about.size, kMostNpyHeader);
  FileBytes head(head_size);
  read_bytes(entry.get(), head.data(), head_size, place);
  parse_npy_header(head.span(), about.size, place);

  Entry result{FileBytes(about.size), {}};
  std::ranges::copy(head.span(), result.bytes.data());
  read_bytes(entry.get(), result.bytes.data() + head_size, about.size - head_size, place);
  read_end(entry.get(), place);
  result.array = parse_npy(result.bytes.span(), place);
  return result;
}

}  // namespace weft
