#pragma once

// The kernels as text for NVRTC: files of backend/cuda/kernels/, each a raw string.

#include <string>
#include <string_view>

#include "tanuki/backend/cuda/device/arguments.hpp"
#include "tanuki/core/error.hpp"

namespace tanuki::gpu {

struct KernelFile {
  std::string_view name, text;
};

inline constexpr std::string_view common_text =
#include "tanuki/backend/cuda/kernels/common.inc"
    ;

inline constexpr KernelFile kernel_files[] = {
    {
        "activation",
#include "tanuki/backend/cuda/kernels/activation.inc"
    },
    {
        "broadcast",
#include "tanuki/backend/cuda/kernels/broadcast.inc"
    },
    {
        "channels",
#include "tanuki/backend/cuda/kernels/channels.inc"
    },
    {
        "clip",
#include "tanuki/backend/cuda/kernels/clip.inc"
    },
    {
        "convolution",
#include "tanuki/backend/cuda/kernels/convolution.inc"
    },
    {
        "elementwise",
#include "tanuki/backend/cuda/kernels/elementwise.inc"
    },
    {
        "grouped",
#include "tanuki/backend/cuda/kernels/grouped.inc"
    },
    {
        "groups",
#include "tanuki/backend/cuda/kernels/groups.inc"
    },
    {
        "images",
#include "tanuki/backend/cuda/kernels/images.inc"
    },
    {
        "lines",
#include "tanuki/backend/cuda/kernels/lines.inc"
    },
    {
        "losses",
#include "tanuki/backend/cuda/kernels/losses.inc"
    },
    {
        "optimizers",
#include "tanuki/backend/cuda/kernels/optimizers.inc"
    },
    {
        "pooling",
#include "tanuki/backend/cuda/kernels/pooling.inc"
    },
    {
        "row_pairs",
#include "tanuki/backend/cuda/kernels/row_pairs.inc"
    },
    {
        "rows",
#include "tanuki/backend/cuda/kernels/rows.inc"
    },
    {
        "sums",
#include "tanuki/backend/cuda/kernels/sums.inc"
    },
};

/// All that NVRTC is given of a file; errors are reported by its own lines.
inline std::string whole_source(const KernelFile& file) {
  std::string text =
      "#define TANUKI_KERNEL extern \"C\" __global__ void\n"
      "#define TANUKI_DEVICE __device__ inline\n"
      "#define TANUKI_SHARED(type, name, count) __shared__ type name[count]\n";
  text += arguments_text;
  text += "#line 1 \"common.inc\"\n";
  text += common_text;
  text += "#line 1 \"" + std::string(file.name) + ".inc\"\n";
  return text += file.text;
}

inline const KernelFile& kernel_file(std::string_view name) {
  for (const auto& file : kernel_files) {
    if (file.name == name) return file;
  }
  fail("[gpu] there is no file of kernels '", name, "'");
}

}  // namespace tanuki::gpu
