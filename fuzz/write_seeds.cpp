// write_seeds FOLDER: every target's seeds as files FOLDER/TARGET/seed-N.
#include <filesystem>
#include <fstream>
#include <string>

#include "targets.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (const auto& target : weft::fuzz::targets()) {
    const auto folder = std::filesystem::path(argv[1]) / target.name;
    std::filesystem::create_directories(folder);
    int i = 0;
    for (const auto& seed : weft::fuzz::seeds(target.name)) {
      std::ofstream(folder / ("seed-" + std::to_string(i++)), std::ios::binary)
          .write(reinterpret_cast<const char*>(seed.data()),
                 static_cast<std::streamsize>(seed.size()));
    }
  }
  return 0;
}
