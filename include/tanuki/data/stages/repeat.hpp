#pragma once

// Several passes as one, or one that never ends. Pass e of `count` goes through the source's epochs e * count,
// e * count + 1, …; an endless one through e * 2^32, e * 2^32 + 1, …: no order of a shuffle comes twice.

#include "tanuki/data/stages/step.hpp"
#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

class Repeated final : public Step {
 public:
  /// `count` -1: for ever, unless the source gives nothing.
  Repeated(StagePtr source, Index count) : Step(std::move(source)), count_(count) {}

  Index cardinality() const override { return repeated(source().cardinality()); }
  Index cardinality_foretold() const override { return repeated(source().cardinality_foretold()); }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(shared_source(), first(epoch), count_);
  }

  std::string description() const override {
    return source().description() + described_step("repeat", count_);
  }

  std::optional<EntryLists> entries(Index epoch) const override {
    if (endless()) return std::nullopt;
    EntryLists all;
    for (Index i = 0; i < count_; ++i) {
      auto lists = source().entries(first(epoch) + i);
      if (!lists) return std::nullopt;
      for (auto& list : *lists) all.push_back(std::move(list));
    }
    return all;
  }

 private:
  Index repeated(Index once) const {
    if (count_ == 0 || once == 0) return 0;
    if (endless()) return infinite_cardinality;
    return once < 0 ? once : once * count_;
  }
  bool endless() const { return count_ < 0; }
  Index first(Index epoch) const { return epoch * (endless() ? Index{1} << 32 : count_); }

  class Pass final : public Iterator {
   public:
    Pass(StagePtr source, Index epoch, Index count)
        : source_(std::move(source)), epoch_(epoch), left_(count) {}

    std::optional<Example> next() override {
      while (pass_ || left_ != 0) {
        if (!pass_) begin();
        if (auto example = pass_->next()) {
          empty_ = false;
          return example;
        }
        pass_.reset();
        if (empty_) left_ = 0;
      }
      return std::nullopt;
    }

    Index skip(Index count) override {
      Index skipped = 0;
      while (skipped < count && (pass_ || left_ != 0)) {
        if (!pass_) begin();
        const Index here = pass_->skip(count - skipped);
        skipped += here;
        empty_ &= here == 0;
        if (skipped == count) break;
        pass_.reset();
        if (empty_) left_ = 0;
      }
      return skipped;
    }

   private:
    void begin() {
      pass_ = source_->iterate(epoch_++);
      empty_ = true;
      if (left_ > 0) --left_;
    }

    StagePtr source_;
    Index epoch_, left_;
    std::unique_ptr<Iterator> pass_;
    bool empty_ = false;  // nothing has come in this pass of the source
  };

  Index count_;
};

}  // namespace tanuki::stages
