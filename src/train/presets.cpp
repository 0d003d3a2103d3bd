#include "base/error.hpp"
#include "train/settings.hpp"

namespace weft {

void set_optimizer(OptimizerKind kind, TrainSettings& settings) {
  const bool sgd = kind == OptimizerKind::sgd;
  settings.optimizer.kind = kind;
  settings.optimizer.momentum = sgd ? 0.9 : 0;
  settings.optimizer.nesterov = sgd;
  settings.optimizer.weight_decay = sgd ? 5e-4 : 0.01;
  settings.learning_rate = sgd ? 0.1 : 0.004;
}

std::vector<std::string> preset_names() {
  return {"mlp"};
}

TrainSettings preset(const std::string& name, std::size_t classes) {
  if (name != "mlp") {
    fail(ErrorCode::usage, "preset: there is no preset \"{}\"; there are {}", name,
         fmt::join(preset_names(), ", "));
  }
  TrainSettings settings;
  settings.network = fmt::format("dense 64, relu, dense {}", classes);
  settings.epochs = 4;
  settings.batch_size = 128;
  set_optimizer(OptimizerKind::sgd, settings);
  return settings;
}

}  // namespace weft
