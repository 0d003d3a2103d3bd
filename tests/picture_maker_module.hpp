#pragma once

#include "picture_maker.hpp"

extern "C" bool weft_make_picture(const weft::Picture* picture, const weft::test::FileStyle* style,
                                  void (*take)(void* context, const void* bytes, std::size_t size),
                                  void* context);
