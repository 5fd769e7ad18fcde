#pragma once

// A dense float32 tensor in row-major order (images: batch, height, width, channels), and views of one.
// Tensor owns its numbers and copies them; a view points into somebody else's.

#include <span>
#include <utility>
#include <vector>

#include "tanuki/core/memory.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

/// Read-only numbers of another owner. `data` is null where there is nothing to read.
template <class B>
struct ConstTensorView {
  const float* data = nullptr;
  Shape shape;

  Index size() const { return shape.elements(); }
  explicit operator bool() const { return data != nullptr; }
};

/// Writable numbers of another owner. `data` is null where nothing is to be written.
template <class B>
struct TensorView {
  float* data = nullptr;
  Shape shape;

  Index size() const { return shape.elements(); }
  explicit operator bool() const { return data != nullptr; }
  operator ConstTensorView<B>() const { return {data, shape}; }
};

template <class B = Cpu>
class Tensor {
 public:
  Tensor() : Tensor(Shape{0}) {}

  /// All zeros.
  explicit Tensor(Shape shape) : shape_(shape), buffer_(shape.elements()) {
    if (size()) Memory<B>::zero(data(), std::size_t(size()));
  }

  /// Whatever is in the memory: to be filled at once.
  static Tensor uninitialized(Shape shape) {
    Tensor tensor;
    tensor.buffer_ = Buffer<B>(shape.elements());
    tensor.shape_ = shape;
    return tensor;
  }

  /// `values` in row-major order. Throws Error when their number is not the shape's.
  Tensor(Shape shape, std::span<const float> values) : shape_(shape), buffer_(shape.elements()) {
    if (Index(values.size()) != size()) {
      fail("[tensor] shape ", shape, " holds ", size(), " values, ", values.size(), " were given");
    }
    if (size()) Memory<B>::from_host(data(), values.data(), values.size());
  }
  Tensor(Shape shape, std::initializer_list<float> values)
      : Tensor(shape, std::span<const float>(values.begin(), values.size())) {}

  Tensor(const Tensor& other) : shape_(other.shape_), buffer_(other.size()) {
    if (size()) Memory<B>::copy(data(), other.data(), std::size_t(size()));
  }
  Tensor(Tensor&& other) noexcept
      : shape_(std::exchange(other.shape_, Shape{0})), buffer_(std::move(other.buffer_)) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(shape_, other.shape_);
    std::swap(buffer_, other.buffer_);
    return *this;
  }

  const Shape& shape() const { return shape_; }
  Index size() const { return shape_.elements(); }
  float* data() { return buffer_.data(); }
  const float* data() const { return buffer_.data(); }

  TensorView<B> view() { return {data(), shape_}; }
  ConstTensorView<B> view() const { return {data(), shape_}; }

  /// The same numbers under another shape of as many elements.
  Tensor reshaped(Shape shape) && {
    if (shape.elements() != size()) fail("[reshape] ", shape_, " does not fit ", shape);
    shape_ = shape;
    return std::move(*this);
  }

  /// A copy of the numbers in host memory.
  std::vector<float> to_vector() const {
    std::vector<float> values(static_cast<std::size_t>(size()));
    if (size()) Memory<B>::to_host(values.data(), data(), values.size());
    return values;
  }

 private:
  Shape shape_;
  Buffer<B> buffer_;
};

}  // namespace tanuki
