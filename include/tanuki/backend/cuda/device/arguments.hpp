#pragma once

// What kernels are given besides numbers and pointers: one text, which is C++ here and goes to NVRTC before each kernel.

#define TANUKI_BOTH(text, ...) \
  __VA_ARGS__                  \
  inline constexpr char text[] = #__VA_ARGS__ "\n";

namespace tanuki::gpu {

// Window: one over images (height, width, channels). Axes: a tensor's extents, and how far apart in another tensor what
// broadcasts to it lies; Operands: the same of two. LossNumbers: what the losses are told; classes is the length of a row.
TANUKI_BOTH(
    arguments_text,
    struct Window {
      int rows_in;
      int rows_out;
      int row_taps;
      int row_stride;
      int row_pad;
      int row_dilation;
      int columns_in;
      int columns_out;
      int column_taps;
      int column_stride;
      int column_pad;
      int column_dilation;
      int channels;
    };
    struct Axes {
      int rank;
      long long extent[9];
      long long stride[9];
    };
    struct Operands {
      int rank;
      long long extent[9];
      long long a[9];
      long long b[9];
    };
    struct LossNumbers {
      float delta;
      float keep;
      float spread;
      float alpha;
      float gamma;
      float ignored;
      int from_logits;
      int balanced;
      int ignores;
      int classes;
    };)

}  // namespace tanuki::gpu

#undef TANUKI_BOTH
