// How the fast convolutions like pictures to lie in memory.
#pragma once

#include <cstddef>

namespace weft::fast {

// The channels of a block: those of one vector, but at least 8. The same for the whole process
// once instructions are chosen.
std::size_t vector_block();

}  // namespace weft::fast
