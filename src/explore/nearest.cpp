#include "explore/nearest.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/threads.hpp"

namespace weft {

std::vector<Neighbour> nearest(const Tensor& images, std::span<const std::uint8_t> picture,
                               std::size_t count) {
  const std::size_t size = picture.size();
  if (images.rows() > 0 && images.row_elements() != size) {
    fail(ErrorCode::usage, "nearest: a picture of {} bytes among others of {}", size,
         images.row_elements());
  }
  const auto pixels = images.as<std::uint8_t>();
  std::vector<std::uint64_t> squares(images.rows());
  constexpr std::size_t kBlock = 1024;  // pictures a thread takes at once
  parallel_for(default_threads(), (squares.size() + kBlock - 1) / kBlock,
               [&](std::size_t block, int) {
                 const std::size_t end = std::min((block + 1) * kBlock, squares.size());
                 for (std::size_t i = block * kBlock; i < end; ++i) {
                   const std::uint8_t* other = pixels.data() + i * size;
                   std::uint64_t sum = 0;
                   for (std::size_t p = 0; p < size; ++p) {
                     const int difference = int{picture[p]} - int{other[p]};
                     sum += static_cast<std::uint64_t>(difference * difference);
                   }
                   squares[i] = sum;
                 }
               });
  std::vector<std::size_t> order(squares.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  std::ranges::partial_sort(order, end, [&](std::size_t a, std::size_t b) {
    return squares[a] < squares[b] || (squares[a] == squares[b] && a < b);
  });
  std::vector<Neighbour> found;
  for (auto at = order.begin(); at != end; ++at) {
    const double mean = static_cast<double>(squares[*at]) / static_cast<double>(size);
    found.push_back({*at, std::sqrt(mean)});
  }
  return found;
}

}  // namespace weft
