#pragma once

// Examples that are the rows of two tensors in memory.

#include "tanuki/data/stages/unbatch.hpp"

namespace tanuki::stages {

class Tensors final : public Table {
 public:
  /// x and y have the same first extent. An empty y stands for no targets.
  Tensors(Tensor<Cpu> x, Tensor<Cpu> y) : x_(std::move(x)), y_(std::move(y)) {
    if (x_.shape().rank() == 0 || y_.shape().rank() == 0)
      fail("[from_tensors] x ", x_.shape(), " and y ", y_.shape(), " need a first axis, over the examples");
    if (has_targets(y_) && x_.shape().front() != y_.shape().front())
      fail("[from_tensors] x ", x_.shape(), " and y ", y_.shape(), " are not equally many examples");
  }

  std::string description() const override {
    return "from_tensors(" + described(x_) + ", " + described(y_) + ")";
  }
  Index cardinality() const override { return x_.shape().front(); }

  std::vector<Index> order(Index) const override { return entries_in_order(cardinality()); }

  std::optional<bool> known(Index) const override { return true; }

  std::optional<Example> at(Index entry, Index) const override {
    return Example{row(x_, entry), has_targets(y_) ? row(y_, entry) : Tensor<Cpu>()};
  }

 private:
  Tensor<Cpu> x_, y_;
};

}  // namespace tanuki::stages
