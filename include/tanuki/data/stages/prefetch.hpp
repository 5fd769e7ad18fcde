#pragma once

// Elements made by a thread in the background, up to `count` before they are asked for.

#include "tanuki/data/read_ahead.hpp"
#include "tanuki/data/stages/step.hpp"

namespace tanuki::stages {

class Prefetched final : public Step {
 public:
  Prefetched(StagePtr source, Index count) : Step(std::move(source)), count_(count) {}

  std::unique_ptr<Iterator> iterate(Index epoch) const override {
    const std::shared_ptr<Iterator> pass = source().iterate(epoch);
    const auto read = [pass](Index) -> ReadAhead::Item {
      auto example = pass->next();
      const bool end = !example;
      return {std::move(example), end};
    };
    return std::make_unique<ReadAhead>(read, 1, count_, [pass](Index count) { return pass->skip(count); });
  }

  std::string description() const override { return source().description(); }
  std::optional<EntryLists> entries(Index epoch) const override { return source().entries(epoch); }

 private:
  Index count_;
};

}  // namespace tanuki::stages
