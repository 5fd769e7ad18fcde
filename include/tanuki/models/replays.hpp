#pragma once

// What is done with each batch, done the way that the backend has for what is done again and again (Context<B>::Replay); a
// backend that has none just does it.

#include <map>

#include "tanuki/core/context.hpp"

namespace tanuki {

/// `Part` tells apart what is done with a batch.
template <class B, class Part>
class Replays {
 public:
  template <class Work>
  void run(Context<B>&, Part, Index, Work&& work) {
    work();
  }
};

template <class B, class Part>
requires requires { typename Context<B>::Replay; }
class Replays<B, Part> {
 public:
  /// With a batch of that size. A part within another is one with that.
  template <class Work>
  void run(Context<B>& context, Part part, Index batch, Work&& work) {
    if (replays_.size() == most_sizes && !replays_.count(batch)) replays_.clear();
    context.replay(replays_[batch][part], work);
  }

 private:
  static constexpr std::size_t most_sizes = 8;
  std::map<Index, std::map<Part, typename Context<B>::Replay>> replays_;
};

}  // namespace tanuki
