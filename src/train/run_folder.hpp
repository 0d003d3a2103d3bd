// The folder that a training run leaves:
//   config.json             what was asked for: --config takes it, --resume goes by it
//   run.json                every setting that came of it, the data's digest, version and machine
//   history.csv             a line an epoch
//   checkpoint.safetensors  where it stands
//   model.safetensors       what came out, once it is done
//   report.html             the same in pictures (weft report)
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "train/checkpoint.hpp"
#include "weft/model.hpp"

namespace weft {

class RunFolder {
 public:
  // Makes the folder, with its parents. One that holds a run already is refused, unless `replace`:
  // then that run's files are removed, and other files in it left alone. Throws Error(usage), also
  // while another process trains in it, or Error(failed).
  static RunFolder create(const std::filesystem::path& path, bool replace);
  // A folder that holds a run. Throws Error(usage).
  static RunFolder open(const std::filesystem::path& path);

  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path model_file() const;
  std::filesystem::path report_file() const;
  bool is_complete() const;  // is there a model?

  std::filesystem::path config_file() const;
  // All of these write their file whole or not at all, and throw Error(failed).
  void write_config(const std::string& json) const;
  void write_run(const std::string& json) const;
  void write(const Checkpoint& checkpoint) const;     // and the history
  std::string write(const Model& model) const;        // returns the file's SHA-256
  std::optional<Checkpoint> read_checkpoint() const;  // Error(bad_input) when it is damaged

 private:
  explicit RunFolder(std::filesystem::path path);

  std::filesystem::path path_;
  int lock_ = -1;  // the folder, opened; one process at a time trains in it
};

// What a run has left so far. It is read without locking the folder: the run may be going on.
struct RunRecord {
  std::string config, run;          // the files' texts
  std::vector<HistoryRow> history;  // by the last checkpoint
};
// Throws Error(bad_input) when the folder holds no run, or a file in it is damaged.
RunRecord read_run(const std::filesystem::path& path);

}  // namespace weft
