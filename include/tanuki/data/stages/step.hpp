#pragma once

// What steps have in common that make their elements of those of one source, and are no tables.

#include <utility>

#include "tanuki/data/stage.hpp"

namespace tanuki::stages {

/// Says of itself what its source does; the other steps say otherwise.
class Step : public Stage {
 public:
  Index cardinality() const override { return source().cardinality(); }
  Index cardinality_foretold() const override { return source().cardinality_foretold(); }
  bool has_entries() const override { return source().has_entries(); }
  bool batched() const override { return source().batched(); }
  std::vector<BadFile> bad_files() const override { return source().bad_files(); }

 protected:
  explicit Step(StagePtr source) : source_(std::move(source)) {}

  const Stage& source() const { return *source_; }
  const StagePtr& shared_source() const { return source_; }

 private:
  StagePtr source_;
};

}  // namespace tanuki::stages
