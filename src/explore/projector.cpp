#include "explore/projector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "explore/drawing.hpp"
#include "image/decode.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostPixels = 8192;  // of the sprite's sides: what graphics cards take

void write_vectors(const std::filesystem::path& file, std::span<const float> values,
                   std::size_t width) {
  AtomicFile out(file);
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{:.6g}{}", values[i],
                   (i + 1) % width == 0 ? '\n' : '\t');
    if (text.size() > 1 << 20) {
      out.write(text);
      text.clear();
    }
  }
  out.write(text);
  out.commit();
}

// A field of a file whose fields end at tabs and lines.
std::string field(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  return text;
}

// The pictures in rows, as many as columns; the side of one is assigned.
Picture sprite(const Tensor& images, std::size_t& side) {
  const Shape shape{images.shape()[1], images.shape()[2], images.shape()[3]};
  const auto columns =
      static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(images.rows()))));
  side = std::clamp<std::size_t>(kMostPixels / columns, 1, std::max(shape[1], shape[2]));
  const std::size_t rows = (images.rows() + columns - 1) / columns;
  Picture all{rows * side, columns * side, 3, {}};
  all.pixels.assign(3 * all.height * all.width, 255);
  const auto pixels = images.as<std::uint8_t>();
  for (std::size_t i = 0; i < images.rows(); ++i) {
    const Picture one = in_colour(fitted_into(
        picture_of(pixels.subspan(i * shape.elements(), shape.elements()), shape), side));
    const std::size_t left = i % columns * side + (side - one.width) / 2;
    const std::size_t top = i / columns * side + (side - one.height) / 2;
    for (std::size_t y = 0; y < one.height; ++y) {
      std::copy_n(
          one.pixels.begin() + static_cast<std::ptrdiff_t>(3 * y * one.width), 3 * one.width,
          all.pixels.begin() + static_cast<std::ptrdiff_t>(3 * ((top + y) * all.width + left)));
    }
  }
  return all;
}

}  // namespace

void write_projector(const std::filesystem::path& folder, std::span<const float> points,
                     std::span<const float> places, const Tensor& images,
                     std::span<const std::uint32_t> index, const std::vector<std::string>& labels) {
  const std::size_t n = images.rows();
  if (n == 0 || points.size() % n != 0 || places.size() != 2 * n || index.size() != n ||
      (!labels.empty() && labels.size() != n)) {
    fail(ErrorCode::usage, "projector: {} numbers and {} as places for {} pictures, {} labels",
         points.size(), places.size(), n, labels.size());
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail(ErrorCode::failed, "projector: {}: {}", folder.string(), error.message());
  const std::size_t size = points.size() / n;
  write_vectors(folder / "vectors.tsv", points, size);
  write_vectors(folder / "map.tsv", places, 2);
  std::string metadata = "index\tlabel\n";
  for (std::size_t i = 0; i < n; ++i) {
    metadata += fmt::format("{}\t{}\n", index[i], labels.empty() ? "" : field(labels[i]));
  }
  write_file(folder / "metadata.tsv", metadata);
  std::string shared = "  metadata_path: \"metadata.tsv\"\n";
  if (const std::size_t channels = images.shape()[1]; channels == 1 || channels == 3) {
    std::size_t side = 0;
    const std::vector<std::byte> png = encode_png(sprite(images, side));
    write_file(folder / "sprite.png", {reinterpret_cast<const char*>(png.data()), png.size()});
    shared += fmt::format(
        "  sprite {{\n    image_path: \"sprite.png\"\n    single_image_dim: {0}\n"
        "    single_image_dim: {0}\n  }}\n",
        side);
  }
  const auto entry = [&](const char* name, const char* file, std::size_t width) {
    return fmt::format(
        "embeddings {{\n  tensor_name: \"{}\"\n  tensor_shape: {}\n  tensor_shape: {}\n"
        "  tensor_path: \"{}\"\n{}}}\n",
        name, n, width, file, shared);
  };
  write_file(folder / "projector_config.pbtxt",
             entry("features", "vectors.tsv", size) + entry("map", "map.tsv", 2));
}

}  // namespace weft
