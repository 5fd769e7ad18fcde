#pragma once

// stb_image (JPEG, PNG, BMP, GIF in) and stb_image_write (PNG out) in a namespace of tanuki's own: a program
// may use stb too, before or after, without a clash, and every macro that is set here is put back. The only
// file that includes stb. Warnings are stb's own affair.
#pragma GCC system_header

// What stb includes must be there first: it is included inside a namespace.
#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "tanuki/core/error.hpp"

namespace tanuki::stb {

/// A file whose image needs more than a gigabyte is a trap, or useless here.
inline constexpr size_t largest_block = size_t{1} << 30;
/// Zeroed: what a damaged file leaves out is the same each time.
inline void* allocate(size_t size) { return size <= largest_block ? calloc(size, 1) : nullptr; }
inline void* reallocate(void* block, size_t size) {
  return size <= largest_block ? realloc(block, size) : nullptr;
}

}  // namespace tanuki::stb

#pragma push_macro("STBI_INCLUDE_STB_IMAGE_H")
#pragma push_macro("STB_IMAGE_IMPLEMENTATION")
#pragma push_macro("STBIDEF")
#pragma push_macro("stbi__err")
#pragma push_macro("STBI_ASSERT")
#pragma push_macro("STBI_MALLOC")
#pragma push_macro("STBI_REALLOC")
#pragma push_macro("STBI_REALLOC_SIZED")
#pragma push_macro("STBI_FREE")
#pragma push_macro("STBI_MAX_DIMENSIONS")
#pragma push_macro("STBI_NO_STDIO")
#pragma push_macro("STBI_NO_LINEAR")
#pragma push_macro("STBI_NO_HDR")
#pragma push_macro("STBI_NO_PSD")
#pragma push_macro("STBI_NO_TGA")
#pragma push_macro("STBI_NO_PIC")
#pragma push_macro("STBI_NO_PNM")
#pragma push_macro("INCLUDE_STB_IMAGE_WRITE_H")
#pragma push_macro("STB_IMAGE_WRITE_IMPLEMENTATION")
#pragma push_macro("STB_IMAGE_WRITE_STATIC")
#pragma push_macro("STBIWDEF")
#pragma push_macro("STBIW_ASSERT")
#pragma push_macro("STBI_WRITE_NO_STDIO")

#undef STBI_INCLUDE_STB_IMAGE_H
#undef STB_IMAGE_IMPLEMENTATION
#undef STBIDEF
#undef stbi__err
#undef STBI_ASSERT
#undef STBI_MALLOC
#undef STBI_REALLOC
#undef STBI_REALLOC_SIZED
#undef STBI_FREE
#undef STBI_MAX_DIMENSIONS
#undef STBI_NO_STDIO
#undef STBI_NO_LINEAR
#undef STBI_NO_HDR
#undef STBI_NO_PSD
#undef STBI_NO_TGA
#undef STBI_NO_PIC
#undef STBI_NO_PNM
#undef INCLUDE_STB_IMAGE_WRITE_H
#undef STB_IMAGE_WRITE_IMPLEMENTATION
#undef STB_IMAGE_WRITE_STATIC
#undef STBIWDEF
#undef STBIW_ASSERT
#undef STBI_WRITE_NO_STDIO

#define STB_IMAGE_IMPLEMENTATION
#define STBIDEF extern "C++" inline  // stb's own `static` would keep the C names, for the assembler too
#define STBI_ASSERT(x) ((x) ? void() : ::tanuki::fail("stb_image gave up: " #x))
#define STBI_MALLOC(size) ::tanuki::stb::allocate(size)
#define STBI_REALLOC(block, size) ::tanuki::stb::reallocate(block, size)
#define STBI_FREE(block) free(block)
#define STBI_MAX_DIMENSIONS (1 << 16)
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_NO_PSD
#define STBI_NO_TGA
#define STBI_NO_PIC
#define STBI_NO_PNM
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBIW_ASSERT(x) ((x) ? void() : ::tanuki::fail("stb_image_write gave up: " #x))
#define STBI_WRITE_NO_STDIO

namespace tanuki::stb {
#include <stb/stb_image.h>
#include <stb/stb_image_write.h>
}  // namespace tanuki::stb

#pragma pop_macro("STBI_INCLUDE_STB_IMAGE_H")
#pragma pop_macro("STB_IMAGE_IMPLEMENTATION")
#pragma pop_macro("STBIDEF")
#undef stbi__err
#pragma pop_macro("stbi__err")
#pragma pop_macro("STBI_ASSERT")
#pragma pop_macro("STBI_MALLOC")
#pragma pop_macro("STBI_REALLOC")
#pragma pop_macro("STBI_REALLOC_SIZED")
#pragma pop_macro("STBI_FREE")
#pragma pop_macro("STBI_MAX_DIMENSIONS")
#pragma pop_macro("STBI_NO_STDIO")
#pragma pop_macro("STBI_NO_LINEAR")
#pragma pop_macro("STBI_NO_HDR")
#pragma pop_macro("STBI_NO_PSD")
#pragma pop_macro("STBI_NO_TGA")
#pragma pop_macro("STBI_NO_PIC")
#pragma pop_macro("STBI_NO_PNM")
#pragma pop_macro("INCLUDE_STB_IMAGE_WRITE_H")
#pragma pop_macro("STB_IMAGE_WRITE_IMPLEMENTATION")
#pragma pop_macro("STB_IMAGE_WRITE_STATIC")
#pragma pop_macro("STBIWDEF")
#pragma pop_macro("STBIW_ASSERT")
#pragma pop_macro("STBI_WRITE_NO_STDIO")
