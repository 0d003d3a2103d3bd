#include "base/error.hpp"
#include "train/train.hpp"

namespace weft {

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
  settings.batch_size = 256;
  settings.learning_rate = 0.006;
  settings.optimizer.kind = OptimizerKind::adamw;
  settings.optimizer.weight_decay = 0.01;
  settings.schedule = ScheduleKind::one_cycle;
  settings.initialisation = Initialisation::he;
  return settings;
}

}  // namespace weft
