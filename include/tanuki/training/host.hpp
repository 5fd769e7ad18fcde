#pragma once

// Between tensors in host memory, which data and files are in, and those of a backend.

#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "tanuki/core/tensor.hpp"

namespace tanuki {

/// A host tensor where the backend can read it: in place on a CPU, else a copy that this object owns.
template <class B>
class OnDevice {
 public:
  explicit OnDevice(const Tensor<Cpu>& host) : OnDevice(host.data(), host.shape()) {}

  /// `count` examples of a batch, from `first` on.
  OnDevice(const Tensor<Cpu>& host, Index first, Index count)
      : OnDevice(host.data() + first * host.shape().without_batch().elements(),
                 host.shape().without_batch().with_batch(count)) {}

  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

  ConstTensorView<B> view() const { return {data_, shape_}; }

 private:
  OnDevice(const float* host, const Shape& shape) : shape_(shape) {
    if constexpr (std::is_same_v<B, Cpu>) {
      data_ = host;
    } else {
      copy_ = Tensor<B>::uninitialized(shape);
      Memory<B>::upload(copy_.data(), host, std::size_t(shape.elements()));
      data_ = copy_.data();
    }
  }

  Shape shape_;
  Tensor<B> copy_;
  const float* data_;
};

/// Copies of a view's numbers.
template <class B>
std::vector<float> on_host(ConstTensorView<B> view) {
  std::vector<float> values(std::size_t(view.size()));
  Memory<B>::to_host(values.data(), view.data, values.size());
  return values;
}

/// A tensor's numbers in memory of the host: in place on a CPU, else a copy that `owners` hold.
template <class B>
ConstTensorView<Cpu> on_host(const Tensor<B>& tensor, std::vector<std::shared_ptr<void>>& owners) {
  if constexpr (std::is_same_v<B, Cpu>) {
    return tensor.view();
  } else {
    auto copy = std::make_shared<std::vector<float>>(tensor.to_vector());
    owners.push_back(copy);
    return {copy->data(), tensor.shape()};
  }
}

}  // namespace tanuki
