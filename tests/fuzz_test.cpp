// The fuzzer's targets without the fuzzer: their seeds, a few thousand changes of each, and the
// inputs that once were a defect.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "../fuzz/targets.hpp"
#include "base/random.hpp"
#include "weft/error.hpp"

namespace weft::fuzz {

// For failures, as GoogleTest calls it. NOLINTNEXTLINE(readability-identifier-naming)
void PrintTo(const Target& target, std::ostream* stream);
void PrintTo(const Target& target, std::ostream* stream) {
  *stream << target.name;
}

namespace {

// What a target makes of the bytes: nothing but an Error may leave it.
bool accepts(const Target& target, const Bytes& bytes) {
  try {
    target.run(bytes);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Some bytes changed, some taken out, or the end cut off.
Bytes changed(Bytes bytes, RandomStream& random) {
  const auto place = [&] { return random.below(static_cast<std::uint32_t>(bytes.size())); };
  for (std::uint32_t i = 0; i <= random.below(4) && !bytes.empty(); ++i) {
    const auto at = bytes.begin() + place();
    switch (random.below(4)) {
      case 0:
        *at = static_cast<std::uint8_t>(random.bits());
        break;
      case 1:
        *at = static_cast<std::uint8_t>(*at ^ 1U << random.below(8));
        break;
      case 2:
        bytes.erase(at);
        break;
      default:
        if (random.below(4) == 0) bytes.resize(place());
    }
  }
  return bytes;
}

class Fuzz : public testing::TestWithParam<Target> {};

TEST_P(Fuzz, SeedsAreAcceptedAndTheirChangesDoNoHarm) {
  const auto all = seeds(GetParam().name);
  EXPECT_FALSE(all.empty());
  RandomStream random(1, RandomPurpose::shuffle);
  for (const Bytes& seed : all) {
    EXPECT_TRUE(accepts(GetParam(), seed)) << "seed " << &seed - all.data();
    for (int i = 0; i < 500; ++i) accepts(GetParam(), changed(seed, random));
  }
  accepts(GetParam(), {});
}

TEST_P(Fuzz, FoundCasesDoNoHarm) {
  const auto folder = std::filesystem::path(WEFT_FUZZ_CASES) / GetParam().name;
  if (!std::filesystem::exists(folder)) return;  // none has been found yet
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    accepts(GetParam(), Bytes(std::istreambuf_iterator<char>(file), {}));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Fuzz, testing::ValuesIn(targets()),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace weft::fuzz
