#pragma once

// For a model whose weights come from a file: while a FilledLater lives, weights that this thread makes are not drawn
// but left without values, and may have so many numbers in all as the file can fill.

#include <limits>

#include "tanuki/core/shape.hpp"

namespace tanuki {

class FilledLater {
 public:
  /// `numbers`: how many weights the file can hold.
  explicit FilledLater(Index numbers = std::numeric_limits<Index>::max())
      : left_(numbers), most_(numbers), before_(current_) {
    current_ = this;
  }
  ~FilledLater() { current_ = before_; }
  FilledLater(const FilledLater&) = delete;
  FilledLater& operator=(const FilledLater&) = delete;

  /// The one that lives in this thread; null where none does.
  static FilledLater* current() { return current_; }

  /// Throws Error where the file cannot fill a weight of this shape besides those before it.
  void take(const std::string& name, const Shape& shape) {
    if (shape.elements() > left_) {
      fail("weight '", name, "' of shape ", shape, " and the weights before it are more than the file's ",
           most_, " numbers");
    }
    left_ -= shape.elements();
  }

 private:
  static inline thread_local FilledLater* current_ = nullptr;

  Index left_, most_;
  FilledLater* before_;
};

}  // namespace tanuki
