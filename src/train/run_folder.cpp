#include "train/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "train/history.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = "config.json";
constexpr const char* kRun = "run.json";
constexpr const char* kHistory = "history.csv";
constexpr const char* kCheckpoint = "checkpoint.safetensors";
constexpr const char* kModel = "model.safetensors";
constexpr const char* kReport = "report.html";
// The configuration last: while it is there, the folder holds a run.
constexpr std::array kFiles{kReport, kModel, kCheckpoint, kHistory, kRun, kConfig};

bool holds_run(const fs::path& folder) {
  std::error_code ignored;
  for (const char* file : kFiles) {
    if (fs::exists(folder / file, ignored)) return true;
  }
  return false;
}

// What a process that was killed while it wrote has left.
void remove_leftovers(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    for (const char* file : kFiles) {
      if (name.starts_with(std::string(file) + ".") && name.ends_with(".tmp")) {
        fs::remove(entry.path(), ignored);
      }
    }
  }
}

}  // namespace

RunFolder::RunFolder(fs::path path) : path_(std::move(path)) {
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) {
    fail(ErrorCode::failed, "cannot open the folder {}: {}", path_.string(), std::strerror(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(lock_);
    fail(ErrorCode::usage, "out: another process is training in {}: wait for it, or stop it",
         path_.string());
  }
  remove_leftovers(path_);
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

RunFolder::~RunFolder() {
  if (lock_ >= 0) ::close(lock_);
}

RunFolder RunFolder::create(const fs::path& path, bool replace) {
  if (!replace && holds_run(path)) {
    fail(ErrorCode::usage,
         "out: {} holds a run already: choose another folder, go on with --resume {}, or replace "
         "it with --force",
         path.string(), path.string());
  }
  std::error_code error;
  fs::create_directories(path, error);
  if (error) fail(ErrorCode::failed, "cannot create {}: {}", path.string(), error.message());
  RunFolder folder(path);
  for (const char* file : kFiles) {
    fs::remove(path / file, error);
    if (error)
      fail(ErrorCode::failed, "cannot remove {}: {}", (path / file).string(), error.message());
  }
  return folder;
}

RunFolder RunFolder::open(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path / kConfig, ignored)) {
    fail(ErrorCode::usage,
         "resume: {} holds no {}: give the folder of a run that weft train has begun",
         path.string(), kConfig);
  }
  return RunFolder(path);
}

fs::path RunFolder::model_file() const {
  return path_ / kModel;
}
fs::path RunFolder::report_file() const {
  return path_ / kReport;
}
fs::path RunFolder::config_file() const {
  return path_ / kConfig;
}

bool RunFolder::is_complete() const {
  std::error_code ignored;
  return fs::exists(model_file(), ignored);
}

void RunFolder::write_config(const std::string& json) const {
  write_file(config_file(), json + "\n");
}
void RunFolder::write_run(const std::string& json) const {
  write_file(path_ / kRun, json + "\n");
}

void RunFolder::write(const Checkpoint& checkpoint) const {
  save_checkpoint(path_ / kCheckpoint, checkpoint);
  // The checkpoint has the history too: were this file lost, the next one would bring it back.
  write_file(path_ / kHistory, history_csv(whole_history(checkpoint)), Durability::none);
}

std::string RunFolder::write(const Model& model) const {
  return save_model(model_file(), model);
}

std::optional<Checkpoint> RunFolder::read_checkpoint() const {
  return load_checkpoint(path_ / kCheckpoint);
}

RunRecord read_run(const fs::path& path) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  std::error_code ignored;
  if (!fs::exists(path / kConfig, ignored)) {
    fail(ErrorCode::bad_input, "report: {} holds no {}: give the folder of a run of weft train",
         path.string(), kConfig);
  }
  const auto text = [&](const char* name) {
    const FileBytes bytes = read_file(path / name, kMostBytes);
    return std::string(bytes.span().begin(), bytes.span().end());
  };
  RunRecord record{.config = text(kConfig), .run = {}, .history = {}};
  if (fs::exists(path / kRun, ignored)) record.run = text(kRun);
  const std::optional<Checkpoint> checkpoint = load_checkpoint(path / kCheckpoint);
  if (checkpoint) record.history = whole_history(*checkpoint);
  return record;
}

}  // namespace weft
