#include "cli/config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "data/gzip.hpp"
#include "model/json.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

using nlohmann::ordered_json;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// "20" as the number 20, "mlp" as a text.
ordered_json as_value(const std::string& text) {
  const auto value = parse_json(text);
  return value && value->is_number() && value->dump() == text ? ordered_json(*value)
                                                              : ordered_json(text);
}

std::string as_text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void apply(CLI::Option& option, const std::string& name, const nlohmann::json& value,
           const std::string& source) {
  if (option.count() > 0) return;  // what was typed goes first
  if (value.is_object() || value.is_array() || value.is_null()) {
    throw Error(ErrorCode::usage, fmt::format("config: {}: {} is {}: one text, number, true or "
                                              "false is expected",
                                              source, name, shown(value.dump())));
  }
  const bool flag = option.get_items_expected_max() == 0;
  if (flag != value.is_boolean()) {
    throw Error(ErrorCode::usage,
                fmt::format("config: {}: {} is {}: it takes {}", source, name, shown(value.dump()),
                            flag ? "true or false" : "a value"));
  }
  if (flag && !value.get<bool>()) return;
  option.add_result(as_text(value));
  option.run_callback();
}

}  // namespace

ordered_json config_of(const CLI::App& command, const std::vector<std::string>& without) {
  ordered_json config = ordered_json::object();
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_single_name();
    if (option->count() == 0 || contains(without, name)) continue;
    if (option->get_items_expected_max() == 0) {
      config[name] = true;
    } else {
      config[name] = as_value(option->results().back());
    }
  }
  return config;
}

void apply_config(CLI::App& command, std::string_view text, const std::string& source,
                  const std::vector<std::string>& without) {
  const auto config = parse_json(text);
  if (!config || !config->is_object()) {
    throw Error(ErrorCode::usage,
                fmt::format("config: {}: it must hold one JSON object of options, as in "
                            "{{\"preset\": \"mlp\", \"epochs\": 20}}",
                            source));
  }
  for (const auto& [key, value] : config->items()) {
    std::string name = key;
    std::ranges::replace(name, '_', '-');
    CLI::Option* option = command.get_option_no_throw("--" + name);
    if (!option || name == "help" || contains(without, name)) {
      throw Error(ErrorCode::usage,
                  fmt::format("config: {}: {} is no option that can stand there: weft {} --help "
                              "lists them",
                              source, shown(key), command.get_name()));
    }
    apply(*option, name, value, source);
  }
}

void apply_config_file(CLI::App& command, const std::string& file,
                       const std::vector<std::string>& without) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  const FileBytes bytes = read_file(file, kMostBytes);
  apply_config(command, {reinterpret_cast<const char*>(bytes.span().data()), bytes.size()}, file,
               without);
}

}  // namespace weft::cli
