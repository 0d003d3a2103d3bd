#include "report/page_map.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "model/hidden.hpp"

namespace weft {
namespace {

constexpr std::size_t kFewest = 10;

template <class T>
std::vector<T> taken(std::span<const T> values, std::span<const std::uint32_t> rows) {
  std::vector<T> result;
  for (const std::uint32_t row : rows) {
    if (!values.empty()) result.push_back(values[row]);
  }
  return result;
}

}  // namespace

Tensor pixels_of(const Tensor& images) {
  const std::size_t n = images.rows();
  const auto bytes = images.as<std::uint8_t>();
  Tensor features(DataType::f32, {n, n == 0 ? 0 : bytes.size() / n});
  std::ranges::transform(bytes, features.as<float>().begin(),
                         [](std::uint8_t byte) { return static_cast<float>(byte) / 255; });
  return features;
}

Tensor features_of(const Model& model, const Tensor& images, int threads) {
  return has_hidden_values(model) ? hidden_values(model, images, threads) : pixels_of(images);
}

nlohmann::ordered_json page_map(const LabelledImages& rows, std::span<const std::uint32_t> index,
                                std::span<const Label> answers, const MapFeatures& features,
                                const PageMapSize& size, int threads, const MapProgress& progress) {
  const std::size_t n = rows.size();
  if (n < kFewest || rows.labels.size() != n) return nullptr;
  const std::size_t count = std::min(n, size.pictures);
  std::vector<std::uint32_t> chosen;
  for (std::size_t i = 0; i < count; ++i) {
    chosen.push_back(static_cast<std::uint32_t>(i * n / count));
  }
  const LabelledImages shown = gather(rows, chosen);
  const Tensor points = features(shown.images);
  if (points.rows() != count) {
    fail(ErrorCode::usage, "map of a page: {} rows of features for {} pictures: one each",
         points.rows(), count);
  }
  MapSettings settings;
  settings.perplexity = std::min(settings.perplexity, static_cast<double>(count - 1) / 3);
  settings.iterations = size.iterations;
  settings.threads = threads;
  const PointMap map =
      map_points(points.as<float>(), count, points.shape().elements() / count, settings, progress);
  std::vector<float> x, y;
  for (std::size_t i = 0; i < count; ++i) {
    x.push_back(map.places[2 * i]);
    y.push_back(map.places[2 * i + 1]);
  }
  const std::vector<std::uint32_t> places =
      index.empty() ? chosen : taken(index, std::span<const std::uint32_t>(chosen));
  const std::vector<Label> given = taken(answers, std::span<const std::uint32_t>(chosen));
  return as_json(MapPoints{shown, x, y, places, given, {}});
}

}  // namespace weft
