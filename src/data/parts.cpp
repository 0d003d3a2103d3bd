#include "data/parts.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/error.hpp"
#include "base/threads.hpp"
#include "data/classes.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

std::vector<std::string> words_of(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::vector<std::string> words(1);
  for (const char c : lower(name)) {
    if (is_letter(c) || is_digit(c)) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  for (std::string& word : words) {  // train1 is train
    while (!word.empty() && is_digit(word.back())) word.pop_back();
  }
  return words;
}

std::optional<Part> part_of_word(const std::string& word) {
  if (word == "train") return Part::train;
  if (word == "test" || word == "t10k") return Part::test;
  if (word == "val" || word == "valid" || word == "validation") return Part::val;
  return std::nullopt;
}

void check_labels(const RawPart& part, bool needed) {
  if (!part.labels) {
    if (!needed) return;
    fail(ErrorCode::bad_input,
         "data: {}: there are {} pictures, but no labels: they are needed here", part.images->file,
         part.images->array.shape[0]);
  }
  const std::size_t pictures = part.images->array.shape[0];
  const std::size_t labels = part.labels->values.size();
  if (pictures == labels) return;
  fail(ErrorCode::bad_input, "data: {} has {} pictures, but {} has {} labels: one each is needed",
       part.images->file, pictures, part.labels->file, labels);
}

std::string size_of_pictures(const Tensor& images) {
  const auto& sizes = images.shape().sizes();
  return Shape(std::vector(sizes.begin() + 1, sizes.end())).text();
}

void check_same_size(const RawPart& first, const Tensor& first_images, const RawPart& other,
                     const Tensor& other_images) {
  const std::string expected = size_of_pictures(first_images);
  const std::string found = size_of_pictures(other_images);
  if (expected == found) return;
  fail(ErrorCode::bad_input,
       "data: the pictures of {} are {} (channels x height x width), those of {} {}: one size is "
       "needed",
       first.images->file, expected, other.images->file, found);
}

// The pictures of each part; its file's bytes are let go.
std::vector<Tensor> convert(std::vector<RawPart>& parts) {
  std::vector<const Array*> arrays;
  for (const RawPart& part : parts) {
    if (part.images) arrays.push_back(&part.images->array);
  }
  const FloatScale scale = choose_scale(arrays);
  std::vector<Tensor> images(parts.size());
  std::vector<std::function<void()>> jobs;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].images) continue;
    jobs.push_back([&, i] {
      images[i] = to_images(parts[i].images->array, scale);
      parts[i].images->bytes = {};
    });
  }
  run_all(jobs);
  return images;
}

LabelledImages& place_of(Part part, Dataset& dataset) {
  switch (part) {
    case Part::val:
      return dataset.val;
    case Part::test:
      return dataset.test;
    case Part::train:
    case Part::whole:
      break;
  }
  return dataset.train;
}

}  // namespace

const char* name_of(Part part) {
  switch (part) {
    case Part::train:
      return "train";
    case Part::val:
      return "val";
    case Part::test:
      return "test";
    case Part::whole:
      break;
  }
  return "whole";
}

bool is_wanted(Part part, const LoadOptions& options) {
  switch (part) {
    case Part::train:
      return options.train;
    case Part::val:
      return options.val;
    case Part::test:
      return options.test;
    case Part::whole:
      break;
  }
  return true;
}

std::optional<Part> part_of(std::string_view file_name) {
  const auto words = words_of(file_name);
  std::optional<Part> part;
  const auto take = [&](Part found) {
    if (part && *part != found) {
      fail(ErrorCode::bad_input,
           "data: {}: the name says both {} and {}: a file belongs to one part: rename it",
           file_name, name_of(*part), name_of(found));
    }
    part = found;
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (const auto found = part_of_word(words[i])) take(*found);
    if (words[i] == "data" && i + 1 < words.size() && words[i + 1] == "batch") take(Part::train);
  }
  return part;
}

Dataset assemble(RawData raw, const LoadOptions& options) {
  std::size_t with_images = 0;
  for (const RawPart& part : raw.parts) {
    if (!part.images) continue;
    ++with_images;
    check_labels(part, options.labels);
  }
  if (with_images == 0) fail_no_part(options);
  std::vector<Tensor> images = convert(raw.parts);
  std::size_t first = 0;
  while (!raw.parts[first].images) ++first;
  for (std::size_t i = first + 1; i < raw.parts.size(); ++i) {
    if (!raw.parts[i].images) continue;
    check_same_size(raw.parts[first], images[first], raw.parts[i], images[i]);
  }

  Dataset dataset;
  dataset.format = raw.format;
  settle_classes(raw, dataset);
  for (std::size_t i = 0; i < raw.parts.size(); ++i) {
    RawPart& part = raw.parts[i];
    if (!part.images) continue;
    dataset.whole = dataset.whole || part.part == Part::whole;
    LabelledImages& place = place_of(part.part, dataset);
    place.images = std::move(images[i]);
    if (part.labels) place.labels = std::move(part.labels->values);
  }
  return dataset;
}

void fail_no_part(const LoadOptions& options) {
  fail(ErrorCode::bad_input,
       "data: none of the parts that were asked for ({}{}{}) is there: ask for one that is",
       options.train ? " train" : "", options.val ? " val" : "", options.test ? " test" : "");
}

void run_all(const std::vector<std::function<void()>>& jobs) {
  std::vector<std::exception_ptr> thrown(jobs.size());
  const int threads = std::min(default_threads(), static_cast<int>(jobs.size()));
  parallel_for(threads, jobs.size(), [&](std::size_t i, int) {
    try {
      jobs[i]();
    } catch (...) {
      thrown[i] = std::current_exception();
    }
  });
  for (const auto& exception : thrown) {
    if (exception) std::rethrow_exception(exception);
  }
}

}  // namespace weft
