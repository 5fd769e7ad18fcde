#pragma once

// The axes in another order: Permute({.dims = {2, 1}}). (keras/src/layers/reshaping/permute.py)

#include <algorithm>

#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/permute.hpp"

namespace tanuki {

struct PermuteOptions {
  std::vector<Index> dims;  ///< of the input, from 1; the batch axis is not among them
  std::string name = {};
};

template <class Field>
void fields(Field& field, PermuteOptions& options) {
  field("dims", options.dims);
}

template <class B = Cpu>
class Permute final : public LayerOf<Permute<B>, B> {
 public:
  explicit Permute(PermuteOptions options)
      : LayerOf<Permute<B>, B>("Permute", options.name), options_(std::move(options)) {
    auto sorted = options_.dims;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      if (sorted[i] != Index(i) + 1)
        fail("in '", this->name(), "': dims are not the numbers from 1 to ", sorted.size(), " in some order");
    }
  }

  const PermuteOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    std::vector<std::size_t> order;
    for (Index dim : options_.dims) order.push_back(std::size_t(dim - 1));
    return ops::permute(x, std::move(order));
  }

  PermuteOptions options_;
};

}  // namespace tanuki
