#pragma once

// What kernels are given besides numbers and pointers: one text, which is C++ here and goes to NVRTC before each kernel.

#define TANUKI_BOTH(text, ...) \
  __VA_ARGS__                  \
  inline constexpr char text[] = #__VA_ARGS__ "\n";

namespace tanuki::gpu {

// Window: one over images (height, width, channels). Axes: a tensor's extents, and how far apart in another tensor what
// broadcasts to it lies; Operands: the same of two. LossNumbers: what the losses are told; classes is the length of a row.
// TensorList, WeightList: what one launch takes in turn, 4,096 numbers a block where nothing else is said; tensor t has the
// blocks from first_block[t] on, the last one there ends them. number: its place among the caller's. A launch takes 4 KiB of
// arguments.
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
    };
    struct TensorList {
      int count;
      int first_block[129];
      int number[128];
      long long size[128];
      const float* data[128];
    };
    struct WeightList {
      int count;
      int first_block[65];
      int number[64];
      float rate[64];
      long long size[64];
      float* weight[64];
      const float* gradient[64];
      float* first[64];
      float* second[64];
      float* third[64];
    };)

}  // namespace tanuki::gpu

#undef TANUKI_BOTH
