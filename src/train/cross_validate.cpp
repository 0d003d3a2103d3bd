#include "train/cross_validate.hpp"

#include <algorithm>

#include "train/settings.hpp"
#include "weft/predictor.hpp"

namespace weft {

std::optional<Tensor> out_of_fold_probabilities(const Dataset& data, const TrainSettings& settings,
                                                std::size_t folds, int threads,
                                                FoldObserver& observer) {
  TrainSettings own = settings;
  own.validation_fraction = 0;
  check_settings(own, data);
  const std::size_t classes = data.class_names.size();
  const std::vector<std::uint32_t> fold_of =
      stratified_folds(data.train.labels, folds, settings.seed);
  Tensor probabilities(DataType::f32, {data.train.size(), classes});
  const auto dst = probabilities.as<float>();
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<std::uint32_t> seen, unseen;
    for (std::uint32_t row = 0; row < fold_of.size(); ++row) {
      (fold_of[row] == fold ? unseen : seen).push_back(row);
    }
    PreparedData prepared;
    prepared.train = gather(data.train, seen);
    prepared.class_names = data.class_names;
    prepared.scaler = fit_scaler(own.scaler, prepared.train.images);
    observer.on_fold(fold, length_of(prepared, own));
    const TrainOutcome outcome = train_model(prepared, own, threads, observer);
    if (!outcome.complete) return std::nullopt;
    Predictor predictor(outcome.model, threads);
    const Tensor answers = predictor.probabilities(gather(data.train, unseen).images);
    for (std::size_t i = 0; i < unseen.size(); ++i) {
      const auto answer = answers.as<float>().subspan(i * classes, classes);
      std::ranges::copy(answer, dst.begin() + static_cast<std::ptrdiff_t>(unseen[i] * classes));
    }
  }
  return probabilities;
}

}  // namespace weft
