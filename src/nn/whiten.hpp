// Filters that whiten: found in the training pictures before training.
#pragma once

#include "nn/network.hpp"

namespace weft {

// Where the network begins with whiten, assigns its filters: the eigenvectors of the covariance of
// patches of some of the rows, those of large eigenvalues first, each divided by sqrt(eigenvalue +
// 5e-4) so that their answers' mean square is 1, with both signs while filters are left (Page's
// reading, of 2019, of Krizhevsky's whitening: "How to train your ResNet", part 8; Jordan, 2024).
// Elsewhere does nothing.
template <class T>
void find_whitening(const RowSource<T>& source, std::uint64_t seed, Network<T>& network);

}  // namespace weft
