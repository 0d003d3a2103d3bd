#include "report/data_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/threads.hpp"
#include "base/version.hpp"
#include "explore/copies.hpp"
#include "report/sheet.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kSamplesOfAClass = 12, kPairs = 24;
using NamedPart = std::pair<const char*, const LabelledImages*>;

std::vector<NamedPart> parts_of(const Dataset& data) {
  std::vector<NamedPart> parts;
  for (const NamedPart& part : {NamedPart{data.whole ? "all" : "train", &data.train},
                                {"val", &data.val},
                                {"test", &data.test}}) {
    if (part.second->size() == 0) continue;
    if (part.second->labels.size() != part.second->size()) {
      fail(ErrorCode::bad_input,
           "explore: the {} part of {} has {} labels for {} pictures: one each is needed",
           part.first, data.source, part.second->labels.size(), part.second->size());
    }
    parts.push_back(part);
  }
  return parts;
}

ordered_json counts(const std::vector<NamedPart>& parts, std::size_t classes) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, part] : parts) {
    std::vector<std::size_t> of_class(classes);
    for (const Label label : part->labels) ++of_class.at(label);
    list.push_back({{"name", name}, {"count", part->size()}, {"per_class", of_class}});
  }
  return list;
}

std::vector<std::vector<std::size_t>> rows_by_class(const LabelledImages& part,
                                                    std::size_t classes) {
  std::vector<std::vector<std::size_t>> rows(classes);
  for (std::size_t i = 0; i < part.size(); ++i) rows.at(part.labels[i]).push_back(i);
  return rows;
}

// The mean picture of each class that has any, as rows of one tensor, and each class's row or null.
std::pair<Tensor, ordered_json> means(const LabelledImages& part,
                                      const std::vector<std::vector<std::size_t>>& rows) {
  const Shape& shape = part.images.shape();
  const std::size_t size = part.images.row_elements();
  Tensor drawn(DataType::u8, {std::max<std::size_t>(rows.size(), 1), shape[1], shape[2], shape[3]});
  ordered_json places = ordered_json::array();
  for (std::size_t c = 0; c < rows.size(); ++c) {
    places.push_back(rows[c].empty() ? ordered_json() : ordered_json(c));
    std::vector<double> sum(size);
    for (const std::size_t row : rows[c]) {
      const auto picture = part.images.as<std::uint8_t>().subspan(row * size, size);
      for (std::size_t i = 0; i < size; ++i) sum[i] += picture[i];
    }
    for (std::size_t i = 0; i < size && !rows[c].empty(); ++i) {
      drawn.as<std::uint8_t>()[c * size + i] =
          static_cast<std::uint8_t>(std::lround(sum[i] / static_cast<double>(rows[c].size())));
    }
  }
  return {std::move(drawn), std::move(places)};
}

// Every class as a few of its pictures, from all over the part, and their mean.
ordered_json pictures(const LabelledImages& part, std::size_t classes) {
  const auto rows = rows_by_class(part, classes);
  PictureSheet sheet(part.images);
  std::vector<ordered_json> samples(classes, ordered_json::array());
  for (std::size_t k = 0; k < kSamplesOfAClass; ++k) {
    for (std::size_t c = 0; c < classes; ++c) {
      if (k >= rows[c].size()) continue;
      const std::size_t shown = std::min(kSamplesOfAClass, rows[c].size());
      const auto place = sheet.add(rows[c][k * rows[c].size() / shown]);
      if (place) samples[c].push_back(*place);
    }
  }
  const auto [mean, places] = means(part, rows);
  PictureSheet mean_sheet(mean);
  ordered_json mean_places = ordered_json::array();
  for (const ordered_json& place : places) {
    const auto at = place.is_null() ? std::nullopt : mean_sheet.add(place.get<std::size_t>());
    mean_places.push_back(at ? ordered_json(*at) : ordered_json());
  }
  return {{"sheet", sheet.as_json()},
          {"samples", samples},
          {"mean_sheet", mean_sheet.as_json()},
          {"means", mean_places}};
}

ordered_json twin(const NamedPart& part, std::uint32_t row, std::size_t place) {
  ordered_json one{
      {"part", part.first}, {"index", row}, {"label", part.second->labels[row]}, {"place", place}};
  if (!part.second->files.empty()) one["file"] = part.second->files[row];
  return one;
}

// A pair of pictures, one of each part, by their rows there.
struct Pair {
  std::uint32_t first = 0, second = 0;
  bool equal = false, same_label = true;
};

// The most telling first: those with different labels, then those that are equal to the byte.
std::vector<Pair> pairs_of(const LabelledImages& first, const LabelledImages& second, int threads) {
  const auto border = static_cast<std::uint32_t>(first.size());
  const PictureRows both({&first.images, &second.images});
  std::vector<Pair> pairs;
  for (const Copy& copy : find_copies(both, threads)) {
    if (copy.first >= border || copy.second < border) continue;
    const std::uint32_t row = copy.second - border;
    pairs.push_back({copy.first, row, copy.exact, first.labels[copy.first] == second.labels[row]});
  }
  std::ranges::stable_sort(
      pairs, {}, [](const Pair& pair) { return std::pair(pair.same_label, !pair.equal); });
  return pairs;
}

// Pictures of the last part that stand in the first one too; null where there is one part.
ordered_json duplicates(const std::vector<NamedPart>& parts, int threads) {
  if (parts.size() < 2) return nullptr;
  const NamedPart &first = parts.front(), &second = parts.back();
  const std::vector<Pair> found = pairs_of(*first.second, *second.second, threads);
  // Both pictures of each pair, one after the other.
  const std::size_t shown = std::min(kPairs, found.size());
  const Shape& shape = first.second->images.shape();
  Tensor both(DataType::u8, {std::max<std::size_t>(2 * shown, 1), shape[1], shape[2], shape[3]});
  const std::size_t size = both.row_elements();
  const auto copy = [&](const LabelledImages& part, std::uint32_t row, std::size_t to) {
    std::ranges::copy(part.images.as<std::uint8_t>().subspan(row * size, size),
                      both.as<std::uint8_t>().begin() + static_cast<std::ptrdiff_t>(to * size));
  };
  PictureSheet sheet(both);
  ordered_json pairs = ordered_json::array();
  for (std::size_t i = 0; i < shown; ++i) {
    const Pair& rows = found[i];
    copy(*first.second, rows.first, 2 * i);
    copy(*second.second, rows.second, 2 * i + 1);
    const auto one = sheet.add(2 * i), other = sheet.add(2 * i + 1);
    if (!one || !other) break;
    pairs.push_back({{"first", twin(first, rows.first, *one)},
                     {"second", twin(second, rows.second, *other)},
                     {"equal", rows.equal}});
  }
  return {{"first", first.first},
          {"second", second.first},
          {"total", found.size()},
          {"equal", std::ranges::count_if(found, &Pair::equal)},
          {"labels_differ", std::ranges::count(found, false, &Pair::same_label)},
          {"share", static_cast<double>(found.size()) / static_cast<double>(second.second->size())},
          {"pairs", std::move(pairs)},
          {"sheet", sheet.as_json()}};
}

}  // namespace

ordered_json data_report(const Dataset& data, ordered_json map, int threads) {
  const std::vector<NamedPart> parts = parts_of(data);
  if (parts.empty()) fail(ErrorCode::bad_input, "explore: {} holds no pictures", data.source);
  const LabelledImages& first = *parts.front().second;
  const Shape& shape = first.images.shape();
  const std::size_t classes = data.class_names.size();
  ordered_json document{{"kind", "data"},
                        {"version", version()},
                        {"heading", "Data set"},
                        {"title", data.name},
                        {"subtitle", fmt::format("{}: {}", data.format, data.source)},
                        {"classes", data.class_names},
                        {"size", fmt::format("{} x {} pixels, {}", shape[2], shape[3],
                                             shape[1] == 1 ? "grey" : "in colour")},
                        {"parts", counts(parts, classes)},
                        {"pictures", pictures(first, classes)}};
  ordered_json twins = duplicates(parts, threads > 0 ? threads : default_threads());
  if (!twins.is_null()) document["duplicates"] = std::move(twins);
  if (!map.is_null()) document["map"] = std::move(map);
  return document;
}

}  // namespace weft
