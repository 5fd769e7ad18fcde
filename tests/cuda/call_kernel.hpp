#pragma once

// Calls a kernel of the emulator with arguments as a launch gives them.

#include <cstring>
#include <utility>

#include "tanuki/backend/cuda/device/device.hpp"

namespace tanuki::test {

template <class Parameter>
Parameter argument_as(const gpu::Argument& given, std::size_t place) {
  constexpr auto kind = gpu::argument_kind<Parameter>();
  constexpr bool constant = std::is_const_v<std::remove_pointer_t<Parameter>>;
  if (given.kind != kind || given.size != sizeof(Parameter) || (given.constant && !constant))
    fail("[emulator] argument ", place, " is not of the parameter's type");
  Parameter value;
  std::memcpy(&value, given.value, sizeof value);
  return value;
}

template <class... Parameters>
void call_kernel(void (*kernel)(Parameters...), std::span<const gpu::Argument> given) {
  if (given.size() != sizeof...(Parameters))
    fail("[emulator] ", given.size(), " arguments for ", sizeof...(Parameters), " parameters");
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    kernel(argument_as<std::remove_cv_t<Parameters>>(given[i], i)...);
  }
  (std::index_sequence_for<Parameters...>());
}

}  // namespace tanuki::test
