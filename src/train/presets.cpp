#include "base/error.hpp"
#include "train/settings.hpp"

namespace weft {

void set_optimizer(OptimizerKind kind, TrainSettings& settings) {
  OptimizerSettings& optimizer = settings.optimizer;
  optimizer.kind = kind;
  optimizer.nesterov = kind != OptimizerKind::adamw;
  switch (kind) {
    case OptimizerKind::sgd:
      optimizer.momentum = 0.9;
      optimizer.weight_decay = 5e-4;
      settings.learning_rate = 0.1;
      break;
    case OptimizerKind::adamw:
      optimizer.momentum = 0;
      optimizer.weight_decay = 0.01;
      settings.learning_rate = 0.004;
      break;
    case OptimizerKind::muon:
      optimizer.momentum = 0.95;
      optimizer.weight_decay = 0.01;
      settings.learning_rate = 0.02;
      settings.adamw_learning_rate = 0.004;
      break;
  }
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
