#pragma once

// Elements stacked along a new first axis. The last batch may be smaller. Throws Error where an element's
// shape differs from that of the first in its batch.

#include <algorithm>
#include <limits>

#include "tanuki/data/stages/step.hpp"
#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

class Batched final : public Step {
 public:
  Batched(StagePtr source, Index size, bool drop_remainder)
      : Step(std::move(source)), size_(size), drop_remainder_(drop_remainder) {}

  Index cardinality() const override { return batches_of(source().cardinality()); }
  Index cardinality_foretold() const override { return batches_of(source().cardinality_foretold()); }

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    return std::make_unique<Pass>(source().iterate(epoch), size_, drop_remainder_);
  }

  std::string description() const override {
    return source().description() + described_step("batch", size_, drop_remainder_);
  }
  bool batched() const override { return true; }

  std::optional<EntryLists> entries(Index epoch) const override {
    const auto examples = source().entries(epoch);
    if (!examples) return std::nullopt;
    EntryLists batches;
    for (std::size_t i = 0; i < examples->size(); ++i) {
      if (i % std::size_t(size_) == 0) batches.emplace_back();
      batches.back().insert(batches.back().end(), (*examples)[i].begin(), (*examples)[i].end());
    }
    if (drop_remainder_ && examples->size() % std::size_t(size_)) batches.pop_back();
    return batches;
  }

 private:
  Index batches_of(Index count) const {
    return count < 0 ? count : drop_remainder_ ? count / size_ : count / size_ + (count % size_ != 0);
  }

  class Pass final : public Iterator {
   public:
    Pass(std::unique_ptr<Iterator> source, Index size, bool drop_remainder)
        : source_(std::move(source)), size_(size), drop_remainder_(drop_remainder) {}

    std::optional<Example> next() override {
      std::vector<Example> examples;
      while (Index(examples.size()) < size_) {
        auto example = source_->next();
        if (!example) break;
        examples.push_back(std::move(*example));
      }
      if (examples.empty() || (drop_remainder_ && Index(examples.size()) < size_)) return std::nullopt;
      const auto list = [&](TensorList Example::*part) { return stack_all(examples, part); };
      return Example{stack(
                         examples, [](const Example& e) -> auto& { return e.x; }),
                     stack(
                         examples, [](const Example& e) -> auto& { return e.y; }),
                     joined_entries(examples),
                     list(&Example::more_x),
                     list(&Example::more_y),
                     list(&Example::sample_weight)};
    }

    Index skip(Index count) override {
      const Index all = std::numeric_limits<Index>::max();
      const Index examples = source_->skip(count > all / size_ ? all : count * size_);
      return examples / size_ + (!drop_remainder_ && examples % size_ != 0);
    }

   private:
    static std::vector<Index> joined_entries(const std::vector<Example>& examples) {
      std::vector<Index> joined;
      for (const Example& example : examples) {
        if (example.entries.empty()) return {};
        joined.insert(joined.end(), example.entries.begin(), example.entries.end());
      }
      return joined;
    }

    template <class Part>
    static Tensor<Cpu> stack(const std::vector<Example>& examples, const Part& part) {
      const Shape& shape = part(examples.front()).shape();
      Tensor<Cpu> batch(shape.with_batch(Index(examples.size())));
      float* to = batch.data();
      for (const Example& example : examples) {
        const Tensor<Cpu>& tensor = part(example);
        if (!(tensor.shape() == shape))
          fail("[batch] an element of shape ", tensor.shape(), " does not fit one of shape ", shape);
        to = std::copy(tensor.data(), tensor.data() + tensor.size(), to);
      }
      return batch;
    }

    static TensorList stack_all(const std::vector<Example>& examples, TensorList Example::*list) {
      const std::size_t count = (examples.front().*list).size();
      for (const Example& example : examples) {
        if ((example.*list).size() != count)
          fail("[batch] an element has other inputs, targets or sample weights than the first of its batch");
      }
      TensorList batches;
      for (std::size_t i = 0; i < count; ++i)
        batches.push_back(stack(
            examples, [&](const Example& e) -> auto& { return (e.*list)[i]; }));
      return batches;
    }

    std::unique_ptr<Iterator> source_;
    Index size_;
    bool drop_remainder_;
  };

  Index size_;
  bool drop_remainder_;
};

}  // namespace tanuki::stages
