#include "cli/predict_photos.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <span>
#include <stop_token>
#include <system_error>

#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/path_list.hpp"
#include "cli/photo_answers.hpp"
#include "cli/photo_sorter.hpp"
#include "cli/text.hpp"
#include "data/photo_files.hpp"
#include "model/photos.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostMessage = 300;  // columns: names may have thousands

std::string photos(std::size_t count) {
  return fmt::format("{} photo{}", thousands(static_cast<double>(count)), count == 1 ? "" : "s");
}

// What was asked for, path by path, those of the list on standard input in its place.
PhotoFiles::NextPath paths_of(const std::vector<std::string>& files, std::stop_token stop) {
  return [&files, list = PathList(std::move(stop)),
          next = std::size_t{0}]() mutable -> std::optional<std::string> {
    for (; next < files.size(); ++next) {
      if (files[next] != "-") return files[next++];
      if (auto line = list.next()) return line;
    }
    return std::nullopt;
  };
}

// How many there will be, where that is known beforehand.
std::optional<std::size_t> count_of(const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    std::error_code ignored;
    if (file == "-" || fs::is_directory(file, ignored)) return std::nullopt;
  }
  return files.size();
}

void check_folder(const PhotoOptions& options) {
  for (const std::string& file : options.files) {
    std::error_code ignored;
    if (!options.sort_into.empty() && fs::equivalent(file, options.sort_into, ignored)) {
      throw Error(ErrorCode::usage,
                  fmt::format("predict: --sort-into {} is a folder that is read: give it another",
                              printable(options.sort_into)));
    }
  }
}

class Answering {
 public:
  Answering(const Model& model, const Predictor& predictor, const PhotoOptions& options)
      : names_(model.class_names),
        predictor_(predictor),
        options_(options),
        table_(names_, options.top.value_or(1), output_columns(), options.coverage.has_value()),
        shows_table_(!options.json && options.csv.empty()),
        expected_(count_of(options.files)) {
    if (!options.csv.empty()) csv_.emplace(options.csv, names_, options.coverage.has_value());
    if (!options.sort_into.empty()) sorter_.emplace(options.sort_into, names_, options.link);
  }

  // False when that was all: an interrupt came.
  bool take(std::span<const PhotoAnswer> answers) {
    line_.clear();
    for (const PhotoAnswer& answer : answers) take_one(answer);
    std::fflush(stdout);
    if (line_.live()) show_progress();
    return Interrupt::signal() == 0;
  }

  void finish() {
    line_.clear();
    const int stopped = Interrupt::signal();
    if (count_ == 0 && stopped == 0) {
      throw Error(ErrorCode::bad_input,
                  fmt::format("predict: no photos in {}: folders are looked through for names like "
                              "a.jpg and a.png, and a list has a path a line",
                              cut(fmt::format("{}", fmt::join(options_.files, ", ")), 200)));
    }
    if (csv_) csv_->commit();
    if (csv_ && options_.csv != "-") say(fmt::format("{} holds the answers", options_.csv));
    say(summary());
    if (stopped != 0) throw CLI::RuntimeError(Interrupt::exit_code());
    if (failed_ > 0) throw CLI::RuntimeError(3);
  }

 private:
  void take_one(const PhotoAnswer& answer) {
    ++count_;
    Judged judged{answer};
    if (answer.failed()) {
      ++failed_;
      say("weft: " + cut_middle(answer.error, kMostMessage));
    } else {
      judged.unsure = options_.threshold && answer.probability() < *options_.threshold;
      judged.coverage = options_.coverage;
      if (judged.coverage) {
        judged.set = predictor_.prediction_set(answer.probabilities, *judged.coverage);
      }
    }
    if (sorter_) judged.put_at = sorted(judged);
    if (csv_) csv_->write(judged);
    if (options_.json) {
      fmt::print("{}\n", photo_json(judged, names_, options_.top.value_or(3),
                                    options_.threshold.has_value()));
    } else if (shows_table_) {
      if (count_ == 1) fmt::print("{}", table_.heading());
      fmt::print("{}", table_.row(judged));
    }
  }

  std::string sorted(const Judged& judged) {
    const PhotoAnswer& answer = judged.answer;
    std::error_code ignored;
    if (!fs::is_regular_file(answer.file, ignored)) return "";
    const bool review = answer.failed() || judged.unsure || answer.none_of_these;
    try {
      return sorter_->put(answer.file, review ? std::nullopt : std::optional(answer.best)).string();
    } catch (const Error&) {
      // What could not be read may well not be there to be copied.
      if (!answer.failed()) throw;
      return "";
    }
  }

  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

  std::string speed() const {
    return fmt::format("{} photos/s", thousands(static_cast<double>(count_) / seconds()));
  }

  void show_progress() {
    const double count = static_cast<double>(count_);
    std::vector<std::string> parts;
    if (expected_) {
      parts.push_back(fmt::format("{} {} of {}", bar(count / static_cast<double>(*expected_), 20),
                                  thousands(count), photos(*expected_)));
    } else {
      parts.push_back(photos(count_));
    }
    parts.push_back(speed());
    if (failed_ > 0) parts.push_back(fmt::format("{} cannot be read", failed_));
    line_.show(parts);
  }

  std::string summary() const {
    std::string text =
        fmt::format("{}{} in {}, {}", Interrupt::signal() != 0 ? "stopped after " : "",
                    photos(count_), duration(seconds()), speed());
    if (failed_ > 0) text += fmt::format("; {} could not be read", failed_);
    if (sorter_) text += fmt::format("; sorted into {}", printable(options_.sort_into));
    return text;
  }

  const std::vector<std::string>& names_;
  const Predictor& predictor_;
  const PhotoOptions& options_;
  std::optional<PhotoCsv> csv_;
  std::optional<PhotoSorter> sorter_;
  PhotoTable table_;
  bool shows_table_;
  std::optional<std::size_t> expected_;
  ProgressLine line_;
  std::size_t count_ = 0, failed_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

void predict_photos(const Model& model, const PhotoOptions& options) {
  PhotoWork work = photo_work(model);
  if (options.photo_steps) work.steps = parse_photo_steps(*options.photo_steps);
  work.decode.max_bytes = options.limit_bytes;
  work.decode.max_pixels = options.limit_pixels;
  work.threads = options.threads;
  check_folder(options);
  const Interrupt interrupt;
  Predictor predictor(model, options.threads);
  Answering answering(model, predictor, options);
  const std::stop_source stop;
  PhotoFiles files(paths_of(options.files, stop.get_token()), options.sort_into);
  const auto next = [&]() -> std::optional<FoundPhoto> {
    return Interrupt::signal() == 0 ? files.next() : std::nullopt;
  };
  answer_photos(
      next, work, predictor, [&](auto answers) { return answering.take(answers); }, stop);
  answering.finish();
}

}  // namespace weft::cli
