#include "nn/whiten.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "base/random.hpp"
#include "nn/layers/conv.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostRows = 5000;
constexpr double kLeastVariance = 5e-4;

// The patches of one picture {channels, height, width} that lie inside it whole.
template <class T>
void add_patches(const T* picture, const Convolution& c, Eigen::MatrixXd& sum_of_products,
                 double& patches) {
  const std::size_t taps = c.in_channels * c.kernel_height * c.kernel_width;
  std::vector<double> patch(taps);
  for (std::size_t y = 0; y + c.kernel_height <= c.height; ++y) {
    for (std::size_t x = 0; x + c.kernel_width <= c.width; ++x) {
      std::size_t i = 0;
      for (std::size_t channel = 0; channel < c.in_channels; ++channel) {
        for (std::size_t ky = 0; ky < c.kernel_height; ++ky) {
          const T* row = picture + (channel * c.height + y + ky) * c.width + x;
          for (std::size_t kx = 0; kx < c.kernel_width; ++kx) {
            patch[i++] = static_cast<double>(row[kx]);
          }
        }
      }
      const Eigen::Map<const Eigen::VectorXd> vector(patch.data(), static_cast<Eigen::Index>(taps));
      sum_of_products.selfadjointView<Eigen::Lower>().rankUpdate(vector);
      patches += 1;
    }
  }
}

}  // namespace

template <class T>
void find_whitening(const RowSource<T>& source, std::uint64_t seed, Network<T>& network) {
  const Node<T>& node = network.architecture().nodes().front();
  const auto* layer = dynamic_cast<const Conv<T>*>(node.layer.get());
  if (!layer || !layer->whitens()) return;
  const Convolution& c = layer->shape();
  const std::size_t taps = c.in_channels * c.kernel_height * c.kernel_width;
  const auto size = static_cast<Eigen::Index>(taps);
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(size, size);
  double patches = 0;

  std::vector<std::uint32_t> positions(source.rows());
  for (std::uint32_t i = 0; i < positions.size(); ++i) positions[i] = i;
  RandomStream random(seed, RandomPurpose::whiten);
  shuffle(positions, random);
  positions.resize(std::min(positions.size(), kMostRows));
  std::vector<T> buffer(source.width());
  for (const std::uint32_t& position : positions) {
    add_patches(source.fetch(std::span(&position, 1), buffer.data()), c, sum, patches);
  }

  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(sum / std::max(patches, 1.0));
  T* weights = network.parameters().data() + node.offset;
  for (std::size_t filter = 0; filter < c.out_channels; ++filter) {
    const auto direction = static_cast<Eigen::Index>(taps - 1 - filter / 2);  // ascending order
    const double variance = std::max(solved.eigenvalues()[direction], 0.0);
    const double scale = (filter % 2 == 0 ? 1 : -1) / std::sqrt(variance + kLeastVariance);
    for (std::size_t i = 0; i < taps; ++i) {
      weights[filter * taps + i] =
          static_cast<T>(solved.eigenvectors()(static_cast<Eigen::Index>(i), direction) * scale);
    }
  }
  network.parameters_changed();
}

template void find_whitening(const RowSource<float>&, std::uint64_t, Network<float>&);
template void find_whitening(const RowSource<double>&, std::uint64_t, Network<double>&);

}  // namespace weft
