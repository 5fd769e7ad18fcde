#pragma once

// Who does convolutions on a GPU, where somebody can. cuDNN enters itself here (cudnn/convolutions.hpp) where its headers are;
// else there is nobody.

#include <cuda_runtime_api.h>

#include <memory>
#include <optional>

#include "tanuki/backend/cuda/device/convolution.hpp"

namespace tanuki::gpu {

class Convolutions {
 public:
  virtual ~Convolutions() = default;

  /// Bytes; nothing where a convolution of this form is not done.
  virtual std::optional<std::size_t> workspace_of(const ConvolutionForm& form) = 0;
  /// Of a form that is done.
  virtual void run(const Convolution& convolution, cudaStream_t stream) = 0;
};

/// For the current GPU; null where there is nobody.
using MakeConvolutions = std::unique_ptr<Convolutions> (*)();

namespace detail {

inline MakeConvolutions& make_convolutions() {
  static MakeConvolutions make = nullptr;
  return make;
}

}  // namespace detail

/// Gives true, to be called for a variable.
inline bool make_convolutions_by(MakeConvolutions make) {
  detail::make_convolutions() = make;
  return true;
}

inline std::unique_ptr<Convolutions> make_convolutions() {
  const MakeConvolutions make = detail::make_convolutions();
  return make ? make() : nullptr;
}

}  // namespace tanuki::gpu
