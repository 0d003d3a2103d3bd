// What the module does, with exceptions: those of operations.hpp.
#pragma once

#include "image/module.hpp"

namespace weft {

void decode_with_vips(const DecodeRequest& request, const PicturesSink& sink);
void encode_png_with_vips(const EncodeRequest& request, const PicturesSink& sink);

}  // namespace weft
