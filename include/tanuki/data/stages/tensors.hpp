#pragma once

// Examples that are the rows of tensors in memory.

#include "tanuki/data/stages/unbatch.hpp"

namespace tanuki::stages {

class Tensors final : public Table {
 public:
  /// Of equally many rows; x has at least one tensor. No y, or an empty one, stands for no targets.
  Tensors(TensorList x, TensorList y, TensorList sample_weight = {}) {
    if (x.empty()) fail("[from_tensors] there is no x");
    all_.x = take_first(x), all_.more_x = std::move(x);
    if (!y.empty()) all_.y = take_first(y), all_.more_y = std::move(y);
    all_.sample_weight = std::move(sample_weight);
    check_rows("from_tensors", all_);
  }

  std::string description() const override {
    std::string text = "from_tensors(" + described(all_.x) + ", " + described(all_.y);
    const auto add = [&](const char* what, const TensorList& tensors) {
      for (const auto& tensor : tensors) text += std::string(what) + described(tensor);
    };
    add("; x ", all_.more_x), add("; y ", all_.more_y), add("; sample_weight ", all_.sample_weight);
    return text + ")";
  }
  Index cardinality() const override { return all_.x.shape().front(); }

  std::vector<Index> order(Index) const override { return entries_in_order(cardinality()); }

  std::optional<bool> known(Index) const override { return true; }

  std::optional<Example> at(Index entry, Index) const override { return example_of(all_, entry); }

 private:
  static Tensor<Cpu> take_first(TensorList& tensors) {
    Tensor<Cpu> first = std::move(tensors.front());
    tensors.erase(tensors.begin());
    return first;
  }

  Example all_;
};

}  // namespace tanuki::stages
