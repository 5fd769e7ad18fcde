#pragma once

// A dense float32 tensor in row-major order (images: batch, height, width, channels), and views of one.
// Tensor owns its numbers and copies them; a view points into somebody else's. A Tensor<Cpu> can also read them where a
// file is mapped, until somebody asks to write: then it copies them.

#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "tanuki/core/mapped_file.hpp"
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

  /// `numbers`, of host memory that `file` maps, where they lie: as many as the shape has, at a multiple of 4 bytes.
  static Tensor mapped(Shape shape, std::shared_ptr<const MappedFile> file,
                       std::span<const std::byte> numbers) {
    static_assert(std::is_same_v<B, Cpu>);
    Tensor tensor;
    tensor.shape_ = shape;
    tensor.file_ = std::move(file);
    tensor.mapped_ = reinterpret_cast<const float*>(numbers.data());
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

  Tensor(const Tensor& other)
      : shape_(other.shape_),
        buffer_(other.mapped_ ? 0 : other.size()),
        file_(other.file_),
        mapped_(other.mapped_) {
    if (size() && !mapped_) Memory<B>::copy(data(), other.data(), std::size_t(size()));
  }
  Tensor(Tensor&& other) noexcept
      : shape_(std::exchange(other.shape_, Shape{0})),
        buffer_(std::move(other.buffer_)),
        file_(std::move(other.file_)),
        mapped_(std::exchange(other.mapped_, nullptr)) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(shape_, other.shape_);
    std::swap(buffer_, other.buffer_);
    std::swap(file_, other.file_);
    std::swap(mapped_, other.mapped_);
    return *this;
  }

  const Shape& shape() const { return shape_; }
  Index size() const { return shape_.elements(); }
  /// Of mapped numbers this makes a copy first: pointers to them taken before are not of this tensor any more, and two threads
  /// must not ask at once.
  float* data() {
    if (mapped_) own();
    return buffer_.data();
  }
  const float* data() const { return mapped_ ? mapped_ : buffer_.data(); }
  bool is_mapped() const { return mapped_ != nullptr; }

  /// Numbers that are mapped need not stay in memory; they are read again where they are looked at.
  void release_pages() const {
    if (mapped_) file_->release(mapped_bytes());
  }

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
  std::span<const std::byte> mapped_bytes() const {
    return std::as_bytes(std::span(mapped_, std::size_t(size())));
  }
  void own() {
    Buffer<B> buffer(size());
    file_->read(mapped_bytes(), reinterpret_cast<std::byte*>(buffer.data()));
    buffer_ = std::move(buffer);
    mapped_ = nullptr;
    file_.reset();
  }

  Shape shape_;
  Buffer<B> buffer_;
  std::shared_ptr<const MappedFile> file_;  ///< where the numbers are mapped
  const float* mapped_ = nullptr;
};

}  // namespace tanuki
