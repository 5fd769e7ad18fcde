#pragma once

// (x - mean) / max(sqrt(variance), 1e-7), or its inverse, with a mean and variance for each index of the axes that
// are kept: the last one, several, or none ({}, Keras' None: one of each for everything). Mean and variance are given,
// and there are no weights; or adapt() finds them, and there are three, which are never trained: mean and variance (of
// the shape of the kept axes), count (), which Keras keeps for old files and leaves at 0.
// (keras/src/layers/preprocessing/normalization.py)

#include "tanuki/layers/axis_list.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/ops/normalize.hpp"

namespace tanuki {

struct NormalizationOptions {
  AxisList axis = -1;  ///< one, several, or none: AxisList::none()
  PerChannel mean = {};
  PerChannel variance = {};
  bool invert = false;
  std::string name = {};
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, NormalizationOptions& options) {
  axis_field(field, options.axis);
  field("mean", options.mean);
  field("variance", options.variance);
  field("invert", options.invert);
}

template <class B = Cpu>
class Normalization final : public LayerOf<Normalization<B>, B> {
 public:
  explicit Normalization(NormalizationOptions options = {})
      : LayerOf<Normalization<B>, B>("Normalization", options.name), options_(std::move(options)) {
    if (options_.mean.size() != options_.variance.size()) {
      fail("in '", this->name(), "': mean has ", options_.mean.size(), " numbers, variance ",
           options_.variance.size(), ": expected both or neither");
    }
    if (!options_.mean.finite() || !options_.variance.finite() || options_.variance.negative())
      fail("in '", this->name(),
           "': expected finite numbers for mean, and finite ones of at least 0 for variance");
  }

  const NormalizationOptions& options() const { return options_; }

  /// Finds mean and population variance of `data` (which has a batch axis) for each index of the kept axes.
  void adapt(const Tensor<B>& data) const {
    if (given()) fail("in '", this->name(), "': adapt() has nothing to do: mean and variance were given");
    const bool any_rank = options_.axis.axes().empty();
    if (data.shape().rank() < (any_rank ? 1 : 2) || data.size() == 0) {
      fail("in '", this->name(), "': adapt() with ", data.shape(), ", expected (batch, …, channels)");
    }
    const Shape example = data.shape().without_batch();
    this->build(example);
    const Shape kept = kept_shape(example), built = this->weight("mean").shape();
    if (!(built == kept)) {
      fail("in '", this->name(), "': adapt() with ", data.shape(), ", but the layer was built for ",
           built.elements(), " channels");
    }
    const auto map = places(example);
    const std::size_t count = std::size_t(kept.elements());
    const std::vector<float> values = data.to_vector();
    const double numbers = double(values.size()) / double(count);
    std::vector<double> centers(count), spreads(count);
    for (std::size_t i = 0; i < values.size(); ++i)
      centers[std::size_t(map[i % map.size()])] += double(values[i]) / numbers;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t c = std::size_t(map[i % map.size()]);
      spreads[c] += (double(values[i]) - centers[c]) * (double(values[i]) - centers[c]) / numbers;
    }
    const std::vector<float> mean(centers.begin(), centers.end()), variance(spreads.begin(), spreads.end());
    for (std::size_t c = 0; c < count; ++c) {
      if (!std::isfinite(variance[c]))
        fail("in '", this->name(), "': adapt() finds no finite mean and variance of channel ", c);
    }
    this->weight("mean").assign(Tensor<B>(kept, mean));
    this->weight("variance").assign(Tensor<B>(kept, variance));
  }

 private:
  bool given() const { return !options_.mean.empty(); }

  Shape kept_shape(const Shape& example) const {
    std::vector<Index> extents;
    for (std::size_t axis : find_axes(options_.axis.axes(), example)) extents.push_back(example[axis]);
    return Shape{std::span<const Index>(extents)};
  }

  /// For each number of an example from the first kept axis on (of the last axis where none is kept), the index of
  /// its mean.
  std::vector<Index> places(const Shape& example) const {
    const auto kept = find_axes(options_.axis.axes(), example);
    const std::size_t rank = example.rank(), start = kept.empty() ? (rank ? rank - 1 : 0) : kept[0];
    std::vector<Index> found{0};
    for (std::size_t axis = start; axis < rank; ++axis) {
      const bool keep = std::find(kept.begin(), kept.end(), axis) != kept.end();
      std::vector<Index> next;
      for (Index before : found) {
        for (Index i = 0; i < example[axis]; ++i) next.push_back(keep ? before * example[axis] + i : before);
      }
      found = std::move(next);
    }
    return found;
  }

  void do_build(const Shape& input) const override {
    const Shape kept = kept_shape(input);
    if (given()) return;
    this->add_weight("mean", kept, zeros(), Role::state);
    this->add_weight("variance", kept, ones(), Role::state);
    this->add_weight("count", {}, zeros(), Role::state);
  }

  /// Given numbers meet the last of the kept axes, and repeat over the others.
  std::vector<float> spread(const PerChannel& numbers, const Shape& kept, std::string_view what) const {
    const Index last = kept.rank() ? kept.back() : 1, all = kept.elements();
    if (Index(numbers.size()) == all) return numbers.expand(all, what);
    const std::vector<float> once = numbers.expand(last, what);
    std::vector<float> found;
    for (Index i = 0; i < all; ++i) found.push_back(once[std::size_t(i % last)]);
    return found;
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const Shape kept = kept_shape(x.shape());
    ops::NormalizeOptions options{.invert = options_.invert, .map = places(x.shape())};
    if (Index(options.map.size()) == kept.elements()) options.map.clear();
    if (!given()) return ops::normalize(x, this->weight("mean"), this->weight("variance"), options);
    const auto constant_weight = [&](std::string name, const PerChannel& numbers) {
      const auto spread_out = spread(numbers, kept, name);
      return Weight<B>(std::move(name), Role::state, Tensor<B>(kept, spread_out));
    };
    const auto mean = constant_weight("mean", options_.mean);
    return ops::normalize(x, mean, constant_weight("variance", options_.variance), options);
  }

  NormalizationOptions options_;
};

}  // namespace tanuki
