#include "report/why.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <vector>

#include "base/error.hpp"
#include "explore/drawing.hpp"
#include "explore/saliency.hpp"
#include "kernels/map_kernels.hpp"
#include "report/page_map.hpp"
#include "report/sheet.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMostTrain = 5000, kNear = 3;

// Multiply-adds of forward passes in all saliency maps of a page: some tenths of a second. Networks
// that take more for each have fewer of them, the surest mistakes', but a few.
constexpr double kMostInMaps = 4e10;
constexpr std::size_t kFewestMaps = 4;

// All of these pictures in one sheet, in their order.
ordered_json sheet_of(const Tensor& images) {
  PictureSheet sheet(images, std::numeric_limits<std::size_t>::max());
  for (std::size_t i = 0; i < images.rows(); ++i) sheet.add(i);
  return sheet.as_json();
}

// The rows of `known` nearest to `point`, nearest first; of equally near ones the first.
std::vector<std::uint32_t> nearest_rows(const Tensor& known, std::span<const float> point) {
  const std::size_t n = known.rows(), size = point.size();
  const auto values = known.as<float>();
  std::vector<float> squares(n);
  const MapKernels& kernels = fast_map_kernels();
  for (std::size_t i = 0; i < n; ++i) {
    squares[i] = kernels.squared_distance(size, values.data() + i * size, point.data());
  }
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(kNear, n));
  std::ranges::partial_sort(order, end, [&](std::uint32_t a, std::uint32_t b) {
    return squares[a] < squares[b] || (squares[a] == squares[b] && a < b);
  });
  order.erase(end, order.end());
  return order;
}

// The pictures, red where they speak for their answers and blue where against: u8 {n, 3, h, w}; of
// as many as there is time for, from the first on.
Tensor heats(const Model& model, const Tensor& images, std::span<const Label> answers,
             int threads) {
  Saliency saliency(model, threads);
  const auto affordable =
      static_cast<std::size_t>(kMostInMaps / std::max(1.0, saliency.multiply_adds()));
  const std::size_t n = std::min(images.rows(), std::max(kFewestMaps, affordable));
  const std::size_t height = model.input[1], width = model.input[2];
  Tensor drawn(DataType::u8, {n, 3, height, width});
  const auto to = drawn.as<std::uint8_t>();
  for (std::size_t i = 0; i < n; ++i) {
    const auto picture =
        images.as<std::uint8_t>().subspan(i * images.row_elements(), images.row_elements());
    const Picture one = heat(picture_of(picture, model.input), saliency.of(picture, answers[i]));
    for (std::size_t p = 0; p < height * width; ++p) {
      for (std::size_t c = 0; c < 3; ++c) {
        to[((i * 3 + c) * height * width) + p] = one.pixels[3 * p + c];
      }
    }
  }
  return drawn;
}

}  // namespace

ordered_json why(const Model& model, const LabelledImages& rows,
                 std::span<const std::uint32_t> chosen, std::span<const Label> answers,
                 const LabelledImages* train, int threads) {
  if (answers.size() != rows.size()) {
    fail(ErrorCode::usage, "why: {} answers to {} pictures: one each", answers.size(), rows.size());
  }
  if (chosen.empty()) return nullptr;
  const Tensor images = gather_rows(rows.images, chosen);
  ordered_json items = ordered_json::array();
  std::vector<Label> given;
  for (const std::uint32_t row : chosen) given.push_back(answers[row]);
  const Tensor drawn = heats(model, images, given, threads);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    items.push_back(i < drawn.rows() ? ordered_json{{"heat", i}} : ordered_json::object());
  }
  ordered_json document{{"heat", sheet_of(drawn)}};
  if (train != nullptr && train->size() > 0 && train->labels.size() == train->size()) {
    const std::size_t count = std::min(train->size(), kMostTrain);
    std::vector<std::uint32_t> looked_at;
    for (std::size_t i = 0; i < count; ++i) {
      looked_at.push_back(static_cast<std::uint32_t>(i * train->size() / count));
    }
    const Tensor known = features_of(model, gather_rows(train->images, looked_at), threads);
    const Tensor own = features_of(model, images, threads);
    const std::size_t size = own.row_elements();
    std::vector<std::uint32_t> shown;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      ordered_json near = ordered_json::array();
      for (const std::uint32_t k : nearest_rows(known, own.as<float>().subspan(i * size, size))) {
        near.push_back({{"place", shown.size()}, {"label", train->labels[looked_at[k]]}});
        shown.push_back(looked_at[k]);
      }
      items[i]["near"] = std::move(near);
    }
    document["near"] = sheet_of(gather_rows(train->images, shown));
    document["of"] = count;
  }
  document["items"] = std::move(items);
  return document;
}

}  // namespace weft
