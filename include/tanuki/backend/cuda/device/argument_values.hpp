#pragma once

// The arguments of a launch as CUDA takes them.

#include <array>
#include <span>
#include <string_view>

#include "tanuki/backend/cuda/device/work.hpp"
#include "tanuki/core/error.hpp"

namespace tanuki::gpu {

/// Where a launch finds the values of its arguments, in their order.
class ArgumentValues {
 public:
  ArgumentValues(std::string_view kernel, std::span<const Argument> arguments) {
    if (arguments.size() > values_.size()) fail("[gpu] ", arguments.size(), " arguments for ", kernel);
    for (std::size_t i = 0; i < arguments.size(); ++i) values_[i] = const_cast<void*>(arguments[i].value);
  }
  void** data() { return values_.data(); }

 private:
  std::array<void*, 24> values_{};
};

}  // namespace tanuki::gpu
