#pragma once

// One tensor for each input or output of a model. A single one may stand for itself: .sample_weight = weights.

#include <utility>
#include <vector>

#include "tanuki/core/tensor.hpp"

namespace tanuki {

class TensorList : public std::vector<Tensor<Cpu>> {
 public:
  using vector::vector;
  TensorList() = default;
  TensorList(Tensor<Cpu> one) { push_back(std::move(one)); }
  TensorList(std::vector<Tensor<Cpu>> all) : vector(std::move(all)) {}
};

}  // namespace tanuki
