#include "train/tune.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "base/random.hpp"
#include "kernels/select.hpp"
#include "model/json.hpp"
#include "nn/network_text.hpp"
#include "train/run.hpp"

namespace weft {
namespace {

using nlohmann::json;

constexpr std::size_t kPart = 3;         // of a rung's candidates that goes on, and how much longer
constexpr std::size_t kLeastSteps = 20;  // of a trial

bool has_width(const LayerText& layer) {
  return layer.name == "conv" || layer.name == "dense";
}

void widen(std::vector<LayerText>& layers, double times) {
  for (LayerText& layer : layers) {
    widen(layer.body, times);
    if (!has_width(layer) || layer.words.empty()) continue;
    std::string& word = layer.words.front();
    std::size_t width = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), width);
    if (error != std::errc() || end != word.data() + word.size()) continue;
    // Multiples of 16 are what vectors hold; a layer that had none is left that freedom.
    const double unit = width % 16 == 0 ? 16 : 1;
    const double rounded = unit * std::round(static_cast<double>(width) * times / unit);
    word = std::to_string(static_cast<std::size_t>(std::max(unit, rounded)));
  }
}

std::string widened(const std::string& network, double times) {
  if (times == 1) return network;
  std::vector<LayerText> layers = parse_network(network);
  const LayerText last = layers.back();
  widen(layers, times);
  layers.back() = last;  // its width is the number of classes
  return text_of(layers);
}

double log_uniform(RandomStream& random, double low, double high) {
  return low * std::pow(high / low, random.uniform());
}

// Two digits, so that the command that repeats it can be typed.
double rounded(double value) {
  const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
  return std::round(value / unit) * unit;
}

std::string draw_augmentation(RandomStream& random, const Augmentation& own, std::size_t side) {
  const auto share = [&](double part) {
    return std::max(1.0, std::round(part * static_cast<double>(side)));
  };
  Augmentation drawn{.mirror = own.mirror, .reflect = own.reflect};
  constexpr std::array<double, 3> kShifts{0, 1.0 / 28, 2.0 / 28};
  constexpr std::array<double, 3> kCutouts{0, 0, 0.3};
  const double shift = kShifts[random.below(3)], cutout = kCutouts[random.below(3)];
  if (shift > 0) drawn.shift = share(shift);
  if (cutout > 0) drawn.cutout = share(cutout);
  if (random.below(4) == 0) drawn.erase = 0.25;
  return text_of(drawn);
}

Candidate own_candidate(const TrainSettings& settings) {
  return {.rate = 1,
          .width = 1,
          .weight_decay = settings.optimizer.weight_decay,
          .label_smoothing = settings.label_smoothing,
          .augment = text_of(settings.augmentation)};
}

Candidate draw_candidate(const TrainSettings& settings, std::size_t number, std::size_t side) {
  RandomStream random(settings.seed, RandomPurpose::tune, static_cast<std::uint32_t>(number));
  constexpr std::array<double, 4> kWidths{0.5, 1, 1, 1.5};
  constexpr std::array<double, 3> kSmoothings{0, 0.05, 0.1};
  // Half of what it might change stays: the settings are no bad ones, and one bad change spoils
  // several good ones.
  const Candidate own = own_candidate(settings);
  const auto change = [&](auto& value, auto drawn) {
    if (random.below(2) == 0) value = drawn;
  };
  Candidate drawn = own;
  change(drawn.rate, rounded(log_uniform(random, 0.25, 4)));
  change(drawn.width, kWidths[random.below(kWidths.size())]);
  change(drawn.weight_decay, rounded(log_uniform(random, 1e-4, 0.2)));
  change(drawn.label_smoothing, kSmoothings[random.below(kSmoothings.size())]);
  change(drawn.augment, draw_augmentation(random, settings.augmentation, side));
  if (settings.loss != LossKind::softmax_cross_entropy) drawn.label_smoothing = 0;
  return drawn;
}

bool better(const Trial& a, const Trial& b) {
  if (a.validation_accuracy != b.validation_accuracy) {
    return a.validation_accuracy > b.validation_accuracy;
  }
  if (a.validation_loss != b.validation_loss) return a.validation_loss < b.validation_loss;
  return a.candidate < b.candidate;
}

std::vector<Trial> trials_of(const Search& search, std::size_t rung) {
  std::vector<Trial> trials;
  std::ranges::copy_if(search.trials, std::back_inserter(trials),
                       [&](const Trial& trial) { return trial.rung == rung; });
  std::ranges::sort(trials, better);
  return trials;
}

std::size_t candidates_in(const Search& search, std::size_t rung) {
  std::size_t count = search.candidates.size();
  for (; rung > 0; --rung) count = std::max<std::size_t>(1, count / kPart);
  return count;
}

}  // namespace

TrainSettings with(const Candidate& candidate, const TrainSettings& settings) {
  TrainSettings s = settings;
  s.learning_rate *= candidate.rate;
  s.adamw_learning_rate *= candidate.rate;
  s.optimizer.weight_decay = candidate.weight_decay;
  s.label_smoothing = candidate.label_smoothing;
  s.augmentation = parse_augmentation(candidate.augment);
  s.network = widened(settings.network, candidate.width);
  return s;
}

Search plan_search(const PreparedData& data, const TrainSettings& settings, std::size_t steps) {
  // Every rung takes about as long: candidates become fewer as runs become longer.
  Search search;
  search.run = identity(data, settings, resolve(settings.precision)).dump();
  const Shape& pictures = data.train.images.shape();
  const std::size_t side = std::min(pictures[2], pictures[3]);
  std::size_t rungs = 4;
  const auto count = [](std::size_t n) { return static_cast<std::size_t>(std::pow(kPart, n - 1)); };
  const auto first = [&](std::size_t n) { return steps / (n * count(n)); };
  while (rungs > 1 && first(rungs) < kLeastSteps) --rungs;
  search.candidates.push_back(own_candidate(settings));
  while (search.candidates.size() < count(rungs)) {
    search.candidates.push_back(draw_candidate(settings, search.candidates.size(), side));
  }
  for (std::size_t rung = 0, each = first(rungs); rung < rungs; ++rung, each *= kPart) {
    search.steps.push_back(std::max<std::size_t>(1, each));
  }
  return search;
}

std::vector<std::size_t> candidates_of(const Search& search, std::size_t rung) {
  std::vector<std::size_t> list;
  if (rung == 0) {
    list.resize(search.candidates.size());
    std::iota(list.begin(), list.end(), std::size_t{0});
    return list;
  }
  const std::vector<Trial> before = trials_of(search, rung - 1);
  if (before.size() < candidates_in(search, rung - 1)) return list;
  for (std::size_t i = 0; i < candidates_in(search, rung); ++i) list.push_back(before[i].candidate);
  return list;
}

std::size_t trials_of_all(const Search& search) {
  std::size_t all = 0;
  for (std::size_t rung = 0; rung < search.steps.size(); ++rung) all += candidates_in(search, rung);
  return all;
}

std::vector<Trial> ranking(const Search& search) {
  std::vector<Trial> last;
  for (std::size_t rung = search.steps.size(); rung-- > 0;) {
    for (const Trial& trial : trials_of(search, rung)) {
      if (std::ranges::find(last, trial.candidate, &Trial::candidate) == last.end()) {
        last.push_back(trial);
      }
    }
  }
  return last;
}

bool run_search(const PreparedData& data, const TrainSettings& settings, int threads,
                SearchObserver& observer, Checkpoints checkpoints, Search& search) {
  check_same_run(search.run, identity(data, settings, resolve(settings.precision)).dump());
  for (std::size_t rung = 0; rung < search.steps.size(); ++rung) {
    for (const std::size_t number : candidates_of(search, rung)) {
      const auto is_this = [&](const Trial& trial) {
        return trial.rung == rung && trial.candidate == number;
      };
      if (std::ranges::any_of(search.trials, is_this)) continue;
      Trial trial{.candidate = number, .rung = rung, .steps = search.steps[rung]};
      TrainSettings own = with(search.candidates.at(number), settings);
      own.steps = trial.steps;
      const std::string run = identity(data, own, resolve(own.precision)).dump();
      if (checkpoints.from && checkpoints.from->run != run) checkpoints.from.reset();
      observer.on_trial(search, trial);
      const auto start = std::chrono::steady_clock::now();
      const TrainOutcome outcome = train_model(data, own, threads, observer, checkpoints);
      if (!outcome.complete) return false;
      checkpoints.from.reset();
      trial.validation_accuracy = outcome.validation_accuracy;
      trial.validation_loss = outcome.validation_loss;
      trial.seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      search.trials.push_back(trial);
      observer.on_result(search);
    }
  }
  return true;
}

json as_json(const Search& search) {
  json candidates = json::array(), trials = json::array();
  for (const Candidate& c : search.candidates) {
    candidates.push_back({{"rate", c.rate},
                          {"width", c.width},
                          {"weight_decay", c.weight_decay},
                          {"label_smoothing", c.label_smoothing},
                          {"augment", c.augment}});
  }
  for (const Trial& t : search.trials) {
    trials.push_back({{"candidate", t.candidate},
                      {"rung", t.rung},
                      {"steps", t.steps},
                      {"val_accuracy", t.validation_accuracy},
                      {"val_loss", t.validation_loss},
                      {"seconds", t.seconds}});
  }
  return {
      {"run", search.run}, {"candidates", candidates}, {"steps", search.steps}, {"trials", trials}};
}

Search parse_search(const std::string& text, const std::string& where) try {
  const auto value = parse_json(text);
  if (!value) fail(ErrorCode::bad_input, "{}: it is no JSON: begin anew with --force", where);
  Search search;
  for (const json& c : value->at("candidates")) {
    search.candidates.push_back({.rate = c.at("rate"),
                                 .width = c.at("width"),
                                 .weight_decay = c.at("weight_decay"),
                                 .label_smoothing = c.at("label_smoothing"),
                                 .augment = c.at("augment")});
  }
  search.run = value->at("run").get<std::string>();
  search.steps = value->at("steps").get<std::vector<std::size_t>>();
  for (const json& t : value->at("trials")) {
    search.trials.push_back({.candidate = t.at("candidate"),
                             .rung = t.at("rung"),
                             .steps = t.at("steps"),
                             .validation_accuracy = t.at("val_accuracy"),
                             .validation_loss = t.at("val_loss"),
                             .seconds = t.at("seconds")});
    if (search.trials.back().candidate >= search.candidates.size()) {
      fail(ErrorCode::bad_input, "{}: a trial is of candidate {} of {}: begin anew with --force",
           where, search.trials.back().candidate, search.candidates.size());
    }
  }
  const bool has_steps =
      !search.steps.empty() && std::ranges::find(search.steps, 0U) == search.steps.end();
  if (search.candidates.empty() || !has_steps) {
    fail(ErrorCode::bad_input,
         "{}: it has no candidates, or rungs without steps: begin anew with --force", where);
  }
  return search;
} catch (const json::exception& error) {
  fail(ErrorCode::bad_input, "{}: it is no search of weft tune ({}): begin anew with --force",
       where, error.what());
}

}  // namespace weft
