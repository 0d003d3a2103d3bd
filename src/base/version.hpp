#pragma once

namespace weft {

const char* version();  // "0.1.0"

}  // namespace weft
