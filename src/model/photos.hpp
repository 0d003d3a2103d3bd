// Files of photos to a model's answers.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/photo_stream.hpp"
#include "weft/model.hpp"
#include "weft/predictor.hpp"

namespace weft {

struct PhotoAnswer {
  std::string file;
  std::string error = {};  // why there is no answer; else empty
  std::vector<float> probabilities =
      {};                // one a class, their sum is 1; none where there is an error
  std::size_t best = 0;  // the most probable class; ties go to the lower
  // Predictor's: how typical it is of what the model knows, and whether that is so little that it
  // is of no class, for all that one is the closest.
  std::optional<double> typicality = {};
  bool none_of_these = false;

  bool failed() const { return !error.empty(); }
  float probability() const { return probabilities.at(best); }  // of the best class
};

// What the predictor says of a photo, row `row` of its answers: the one place where that is
// decided.
PhotoAnswer photo_answer(std::string file, const Predictions& answers, std::size_t row,
                         const Predictor& predictor);

// The model's own way from a photo to its input. Throws Error(bad_input) where the model takes no
// photos: neither 1 channel nor 3.
PhotoWork photo_work(const Model& model);

// Answers what `next` gives, in its order: decoding and converting go on while the network is at
// work, and `on_answers` is given, by the calling thread, those that are ready, until it returns
// false. How they are batched depends on time, the answers do not. No more is held than PhotoStream
// holds; `stop` is as there. Throws what PhotoStream does.
void answer_photos(PhotoStream::Next next, const PhotoWork& work, Predictor& predictor,
                   const std::function<bool(std::span<const PhotoAnswer>)>& on_answers,
                   std::stop_source stop = {});

}  // namespace weft
