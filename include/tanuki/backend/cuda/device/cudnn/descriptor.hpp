#pragma once

// An object of cuDNN's graph interface: made of attributes, then finalised, then used.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "tanuki/backend/cuda/device/cudnn/functions.hpp"

namespace tanuki::gpu {

/// How cuDNN calls a C++ type.
template <class T>
constexpr cudnnBackendAttributeType_t cudnn_type() {
  if constexpr (std::is_same_v<T, std::int64_t>) return CUDNN_TYPE_INT64;
  if constexpr (std::is_same_v<T, std::int32_t>) return CUDNN_TYPE_INT32;
  if constexpr (std::is_same_v<T, float>) return CUDNN_TYPE_FLOAT;
  if constexpr (std::is_same_v<T, char>) return CUDNN_TYPE_CHAR;
  if constexpr (std::is_same_v<T, cudnnHandle_t>) return CUDNN_TYPE_HANDLE;
  if constexpr (std::is_same_v<T, void*>) return CUDNN_TYPE_VOID_PTR;
  if constexpr (std::is_same_v<T, cudnnDataType_t>) return CUDNN_TYPE_DATA_TYPE;
  if constexpr (std::is_same_v<T, cudnnConvolutionMode_t>) return CUDNN_TYPE_CONVOLUTION_MODE;
  if constexpr (std::is_same_v<T, cudnnBackendHeurMode_t>) return CUDNN_TYPE_HEUR_MODE;
  if constexpr (std::is_same_v<T, cudnnBackendNumericalNote_t>) return CUDNN_TYPE_NUMERICAL_NOTE;
}

class CudnnDescriptor {
 public:
  explicit CudnnDescriptor(cudnnBackendDescriptorType_t type) {
    check(cudnn().cudnnBackendCreateDescriptor(type, &descriptor_), "a descriptor");
  }
  CudnnDescriptor(CudnnDescriptor&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, nullptr)) {}
  CudnnDescriptor& operator=(CudnnDescriptor&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~CudnnDescriptor() {
    if (descriptor_) cudnn().cudnnBackendDestroyDescriptor(descriptor_);
  }

  cudnnBackendDescriptor_t get() const { return descriptor_; }

  template <class T>
  void set(cudnnBackendAttributeName_t name, std::span<const T> values) {
    set(name, cudnn_type<T>(), values.size(), values.data());
  }
  template <class T, std::size_t count>
  void set(cudnnBackendAttributeName_t name, const T (&values)[count]) {
    set(name, std::span<const T>(values));
  }
  template <class T>
  void set(cudnnBackendAttributeName_t name, const T& value) {
    set(name, std::span<const T>(&value, 1));
  }
  /// The other one must stay.
  void set(cudnnBackendAttributeName_t name, const CudnnDescriptor& other) {
    set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &other.descriptor_);
  }

  void finalize(std::string_view what) { check(cudnn().cudnnBackendFinalize(descriptor_), what); }
  /// False where cuDNN cannot make it.
  bool can_finalize() { return cudnn().cudnnBackendFinalize(descriptor_) == CUDNN_STATUS_SUCCESS; }

  /// Up to so many values.
  template <class T>
  std::vector<T> values(cudnnBackendAttributeName_t name, std::size_t most) const {
    std::vector<T> found(most);
    found.resize(get(name, cudnn_type<T>(), most, found.data()));
    return found;
  }
  template <class T>
  T value(cudnnBackendAttributeName_t name) const {
    return values<T>(name, 1).at(0);
  }
  /// All of an attribute's descriptors, which are of that type.
  std::vector<CudnnDescriptor> descriptors(cudnnBackendAttributeName_t name,
                                           cudnnBackendDescriptorType_t type) const {
    std::vector<CudnnDescriptor> found;
    std::vector<cudnnBackendDescriptor_t> pointers(get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, nullptr));
    for (auto& pointer : pointers) pointer = found.emplace_back(type).get();
    const std::size_t count = get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, pointers.size(), pointers.data());
    while (found.size() > count) found.pop_back();
    return found;
  }

 private:
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::size_t count,
           const void* values) {
    check(cudnn().cudnnBackendSetAttribute(descriptor_, name, type, std::int64_t(count), values),
          "an attribute");
  }
  /// How many there are, of which up to `most` are written to `to`.
  std::size_t get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::size_t most,
                  void* to) const {
    std::int64_t count = 0;
    check(cudnn().cudnnBackendGetAttribute(descriptor_, name, type, std::int64_t(most), &count, to),
          "an attribute");
    return std::size_t(count);
  }

  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

}  // namespace tanuki::gpu
