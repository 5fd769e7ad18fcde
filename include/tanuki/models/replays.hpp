#pragma once

// The work of a plan, done the way that the backend has for what is done again and again (Context<B>::Replay); a backend
// that has none just does it.

#include <array>
#include <map>

#include "tanuki/core/context.hpp"

namespace tanuki {

enum class PlanPart { prepare, forward, backward };

template <class B>
class Replays {
 public:
  template <class Work>
  void run(Context<B>&, PlanPart, Index, Work&& work) {
    work();
  }
};

template <class B>
requires requires { typename Context<B>::Replay; }
class Replays<B> {
 public:
  /// A part of the plan on a batch of that size.
  template <class Work>
  void run(Context<B>& context, PlanPart part, Index batch, Work&& work) {
    if (replays_.size() == most_sizes && !replays_.count(batch)) replays_.clear();
    context.replay(replays_[batch][std::size_t(part)], work);
  }

 private:
  static constexpr std::size_t most_sizes = 8;
  std::map<Index, std::array<typename Context<B>::Replay, 3>> replays_;
};

}  // namespace tanuki
