#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "cli/console.hpp"
#include "cli/info.hpp"
#include "cli/text.hpp"
#include "kernels/kernels.hpp"
#include "model/json.hpp"
#include "model/views.hpp"
#include "nn/network.hpp"
#include "weft/predictor.hpp"

namespace weft::cli {
namespace {

using nlohmann::ordered_json;

struct LayerFacts {
  std::string text, output;
  std::size_t parameters = 0, multiply_adds = 0;
};

struct ModelFacts {
  std::vector<LayerFacts> layers;
  std::size_t parameters = 0, multiply_adds = 0;
  ordered_json training;
};

ModelFacts facts_of(const Model& model) {
  const Predictor fits(model, 1);  // throws where the weights are not the network's
  const Architecture<float> architecture(model.network, model.input, reference_kernels<float>());
  ModelFacts facts;
  for (const Node<float>& node : architecture.nodes()) {
    if (node.place.empty()) continue;  // put in between the layers of the text
    const Layer<float>& layer = *node.layer;
    LayerFacts one{layer.text(), node.output.shape.text(), 0, layer.multiply_adds()};
    for (const Parameter& parameter : layer.parameters()) {
      one.parameters += parameter.shape.elements();
    }
    facts.layers.push_back(one);
  }
  facts.parameters = architecture.parameter_count();
  facts.multiply_adds = architecture.multiply_adds();
  // Parsed once already, with its limits, when the model was loaded.
  facts.training = ordered_json::parse(model.training);
  return facts;
}

ordered_json as_json(const Model& model, const ModelFacts& facts) {
  ordered_json layers = ordered_json::array();
  for (const LayerFacts& layer : facts.layers) {
    layers.push_back({{"layer", layer.text},
                      {"output", layer.output},
                      {"parameters", layer.parameters},
                      {"multiply_adds", layer.multiply_adds}});
  }
  return {{"kind", "model"},
          {"network", model.network},
          {"labels", model.class_names},
          {"input",
           {{"channels", model.input[0]}, {"height", model.input[1]}, {"width", model.input[2]}}},
          {"scaler", name_of(model.scaler.kind)},
          {"parameters", facts.parameters},
          {"multiply_adds", facts.multiply_adds},
          {"layers", layers},
          {"views", texts_of(model.views)},
          {"members", model.members},
          {"training", facts.training}};
}

// Breaks `words` into lines behind a heading of ten columns.
void print_wrapped(const std::string& heading, const std::vector<std::string>& words,
                   std::size_t columns) {
  constexpr std::size_t kHeading = 12;
  std::string line = fit(heading, kHeading);
  std::size_t used = kHeading;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = printable(words[i]) + (i + 1 < words.size() ? ", " : "");
    if (used + columns_of(word) > columns && used > kHeading) {
      line.pop_back();  // the space after the comma
      fmt::print("{}\n", line);
      line = std::string(kHeading, ' ');
      used = kHeading;
    }
    line += word;
    used += columns_of(word);
  }
  fmt::print("{}\n", line);
}

void print_layers(const Model& model, const ModelFacts& facts, std::size_t columns) {
  constexpr std::size_t kOutput = 13, kNumber = 13;
  const bool wide = columns >= 70;
  std::vector<std::string> texts{"weighted average"};
  for (const LayerFacts& layer : facts.layers) texts.push_back(layer.text);
  const std::size_t fixed = kOutput + kNumber * (wide ? 2 : 1);
  const std::size_t name = widest(texts, columns > fixed + 10 ? columns - fixed : 10);
  const auto row = [&](const std::string& layer, const std::string& output,
                       const std::string& parameters, const std::string& multiply_adds) {
    fmt::print("{}{:>{}}{:>{}}", fit(layer, name), output, kOutput, parameters, kNumber);
    if (wide) fmt::print("{:>{}}", multiply_adds, kNumber + 2);
    fmt::print("\n");
  };
  fmt::print("\n");
  row("layer", "output", "parameters", "multiply-adds");
  row("input", model.input.text(), "", "");
  for (const LayerFacts& layer : facts.layers) {
    row(layer.text, layer.output, count_of(layer.parameters), count_of(layer.multiply_adds));
  }
  row("in all", "", count_of(facts.parameters), count_of(facts.multiply_adds));
}

std::string value_text(const ordered_json& value) {
  if (value.is_string()) return printable(value.get<std::string>());
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return printable(value.dump());
}

// The record of the training as it stands, one level of it flattened; a digest is cut.
void print_training(const ordered_json& training, std::size_t columns) {
  std::vector<std::string> words;
  for (const auto& [key, value] : training.items()) {
    if (value.is_object()) {
      for (const auto& [inner, number] : value.items()) {
        if (inner == "network") continue;  // its layers stand above
        words.push_back(inner + " " + value_text(number));
      }
    } else if (key.ends_with("digest") && value.is_string()) {
      words.push_back(key + " " + value_text(value).substr(0, 12) + "...");
    } else {
      words.push_back(key + " " + value_text(value));
    }
  }
  fmt::print("\n");
  print_wrapped("trained", words.empty() ? std::vector<std::string>{"not said"} : words, columns);
}

void print(const std::filesystem::path& where, const Model& model, const ModelFacts& facts) {
  const Colours colour = output_colours();
  const std::size_t columns = output_columns();
  fmt::print("{}{}{}, a model\n", colour.bold, printable(where.string()), colour.reset);
  fmt::print("{:<12}{} x {} {}, scaler {}\n", "input", model.input[1], model.input[2],
             channels_in_words(model.input[0]), name_of(model.scaler.kind));
  std::vector<std::string> classes = model.class_names;
  constexpr std::size_t kMost = 40;
  if (classes.size() > kMost) {
    classes.resize(kMost);
    classes.push_back(fmt::format("and {} more", model.class_names.size() - kMost));
  }
  print_wrapped(fmt::format("{} classes", model.class_names.size()), classes, columns);
  if (model.members > 1) fmt::print("{:<12}{} networks\n", "average of", model.members);
  if (model.views.size() > 1) {
    print_wrapped(fmt::format("{} views", model.views.size()), texts_of(model.views), columns);
  }
  print_layers(model, facts, columns);
  print_training(facts.training, columns);
}

}  // namespace

void tell_model(const std::filesystem::path& where, bool json) {
  const Model model = load_model(where);
  const ModelFacts facts = facts_of(model);
  if (json) {
    fmt::print("{}\n", as_json(model, facts).dump());
  } else {
    print(where, model, facts);
  }
}

}  // namespace weft::cli
