// A search for settings by successive halving (Jamieson and Talwalkar, 2016): many are tried for a
// short run each, the best third of them for one three times as long, and so on.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "train/train.hpp"

namespace weft {

// What is tried in place of some settings.
struct Candidate {
  double rate = 1;   // times the learning rates
  double width = 1;  // times the filters and units of all layers but the last
  double weight_decay = 0;
  double label_smoothing = 0;
  std::string augment = {};
};

// The settings with the candidate's.
TrainSettings with(const Candidate& candidate, const TrainSettings& settings);

struct Trial {
  std::size_t candidate = 0, rung = 0, steps = 0;
  double validation_accuracy = 0, validation_loss = 0, seconds = 0;
};

// Decided once, before the first trial; the trials that are done are added to it.
struct Search {
  std::string run;                    // what it searches around, and on which data
  std::vector<Candidate> candidates;  // the first is the settings as they are
  std::vector<std::size_t> steps;     // of a trial in each rung
  std::vector<Trial> trials;
};

// Candidates drawn by settings.seed, and rungs that together take about as many steps as a run of
// `steps` of the settings' own network.
Search plan_search(const PreparedData& data, const TrainSettings& settings, std::size_t steps);

// The candidates of this rung, best first; none until the rung before is done.
std::vector<std::size_t> candidates_of(const Search& search, std::size_t rung);
// How many trials the whole search has.
std::size_t trials_of_all(const Search& search);
// The last trial of each candidate that had one, those of the longest runs first, then the best.
std::vector<Trial> ranking(const Search& search);

class SearchObserver : public RunObserver {
 public:
  virtual void on_trial(const Search& /*search*/, const Trial& /*next*/) {}  // before it
  virtual void on_result(const Search& search) = 0;  // one more trial is done: to be saved
};

// Goes through the trials that are left. Returns false when the observer wanted it to stop; the
// trial that it was at goes on from `checkpoints.from`, if that is of this trial. Throws
// Error(bad_input) for a search of other data or around other settings.
bool run_search(const PreparedData& data, const TrainSettings& settings, int threads,
                SearchObserver& observer, Checkpoints checkpoints, Search& search);

nlohmann::json as_json(const Search& search);
// Throws Error(bad_input) naming `where` for what is no search.
Search parse_search(const std::string& text, const std::string& where);

}  // namespace weft
