#pragma once

// A model's plans for inference. A plan works for one thread at a time, so each call that is under way has one of its own:
// as many are made, and kept, as there were calls at once.

#include <mutex>

#include "tanuki/models/plan.hpp"

namespace tanuki {

template <class B>
class InferencePlans {
 public:
  using PlanPtr = std::shared_ptr<Plan<B>>;

  /// The plan that is there when one thread works; `make` makes it at the first use.
  template <class Make>
  Plan<B>& first(const Make& make) {
    std::lock_guard lock(mutex_);
    if (!first_) idle_.push_back(first_ = make());
    return *first_;
  }

  /// A plan that is the holder's alone.
  class Lease {
   public:
    Lease(InferencePlans& plans, PlanPtr plan, int generation)
        : plans_(plans), plan_(std::move(plan)), generation_(generation) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
      std::lock_guard lock(plans_.mutex_);
      if (generation_ == plans_.generation_) plans_.idle_.push_back(std::move(plan_));
    }
    Plan<B>* operator->() const { return plan_.get(); }

   private:
    InferencePlans& plans_;
    PlanPtr plan_;
    int generation_;
  };

  template <class Make>
  Lease lease(const Make& make) {
    std::lock_guard lock(mutex_);
    if (!first_) idle_.push_back(first_ = make());
    PlanPtr plan;
    if (idle_.empty()) {
      plan = make();
    } else {
      plan = std::move(idle_.back());
      idle_.pop_back();
    }
    return Lease(*this, std::move(plan), generation_);
  }

  /// The model has changed.
  void clear() {
    std::lock_guard lock(mutex_);
    first_.reset(), idle_.clear(), ++generation_;
  }

 private:
  std::mutex mutex_;
  PlanPtr first_;
  std::vector<PlanPtr> idle_;
  int generation_ = 0;
};

}  // namespace tanuki
