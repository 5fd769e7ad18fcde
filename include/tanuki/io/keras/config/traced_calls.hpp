#pragma once

// How many calls of layers are written down while a model is read. A model that is called twice by a model that is called
// twice … is a short file and a recipe of 2^k calls, so their number has a limit. Throws Error beyond it.

#include <map>

#include "tanuki/core/error.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki::keras {

class TracedCalls {
 public:
  static constexpr Index most = 200'000;  // Keras' largest application has some 1,500

  /// A call of the layer of this identity, and so of all that is in it. Call it before the call is made.
  void add(const void* layer) {
    total_ += in(layer);
    if (total_ > most)
      fail("with this call more than ", most,
           " calls of layers are in the model: too many of its models call models");
  }

  /// How many calls one call of it makes: its own, or those in the model that it is.
  Index in(const void* layer) const {
    const auto place = in_.find(layer);
    return place == in_.end() ? 1 : place->second;
  }
  void set(const void* model, Index calls) { in_[model] = calls; }

 private:
  std::map<const void*, Index> in_;  ///< of models
  Index total_ = 0;
};

}  // namespace tanuki::keras
