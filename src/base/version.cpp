#include "base/version.hpp"

namespace weft {

const char* version() {
  return WEFT_VERSION;
}

}  // namespace weft
