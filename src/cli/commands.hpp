// The commands: each adds itself to the program, with its options and examples, and runs when it is
// chosen.
#pragma once

#include <CLI/App.hpp>

namespace weft::cli {

void add_train(CLI::App& program);
void add_tune(CLI::App& program);
void add_presets(CLI::App& program);
void add_evaluate(CLI::App& program);
void add_predict(CLI::App& program);
void add_see(CLI::App& program);
void add_report(CLI::App& program);
void add_explore(CLI::App& program);
void add_audit(CLI::App& program);
void add_map(CLI::App& program);
void add_info(CLI::App& program);
void add_cache(CLI::App& program);
void add_bench(CLI::App& program);
void add_article(CLI::App& program);
void add_describe(CLI::App& program);

}  // namespace weft::cli
