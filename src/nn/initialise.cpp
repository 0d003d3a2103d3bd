#include "nn/initialise.hpp"

#include <algorithm>
#include <cmath>

#include "base/names.hpp"
#include "base/random.hpp"

namespace weft {

namespace {

constexpr Names<Initialisation, 3> kInitialisations{"init",
                                                    {{{Initialisation::uniform, "uniform"},
                                                      {Initialisation::xavier, "xavier"},
                                                      {Initialisation::he, "he"}}}};

}  // namespace

Initialisation parse_initialisation(const std::string& text) {
  return kInitialisations.parse(text);
}
const char* name_of(Initialisation value) {
  return kInitialisations.name_of(value);
}

namespace {

double draw(Initialisation initialisation, const Parameter& parameter, RandomStream& random) {
  const double fan_in = static_cast<double>(parameter.fan_in);
  const double fan_out = static_cast<double>(parameter.fan_out);
  switch (initialisation) {
    case Initialisation::uniform:
      return (2 * random.uniform() - 1) / std::sqrt(fan_in);
    case Initialisation::xavier:
      return (2 * random.uniform() - 1) * std::sqrt(6 / (fan_in + fan_out));
    case Initialisation::he:
      return random.normal() * std::sqrt(2 / fan_in);
  }
  return 0;
}

}  // namespace

template <class T>
void initialise(Initialisation initialisation, std::uint64_t seed,
                const std::vector<Parameter>& parameters, std::span<T> block) {
  for (std::uint32_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    const auto values = block.subspan(parameter.offset, parameter.shape.elements());
    RandomStream random(seed, RandomPurpose::initialise, 0, i);
    const bool is_bias = parameter.shape.rank() == 1;
    std::ranges::generate(values, [&] {
      return is_bias ? T(parameter.constant) : T(draw(initialisation, parameter, random));
    });
  }
}

template void initialise(Initialisation, std::uint64_t, const std::vector<Parameter>&,
                         std::span<float>);
template void initialise(Initialisation, std::uint64_t, const std::vector<Parameter>&,
                         std::span<double>);

}  // namespace weft
