#pragma once

// values[0] up to and with step boundaries[0], then values[1] up to and with boundaries[1] …, at last values.back().

#include <vector>

#include "tanuki/optimizers/schedules/schedule_base.hpp"

namespace tanuki {

struct PiecewiseConstantDecayOptions {
  std::vector<Index> boundaries;  ///< rising
  std::vector<double> values;     ///< one more
  std::string name = "PiecewiseConstant";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, PiecewiseConstantDecayOptions& options) {
  field("boundaries", options.boundaries);
  field("values", options.values);
  field("name", options.name);
}

class PiecewiseConstantDecay : public ScheduleBase<PiecewiseConstantDecayOptions> {
 public:
  static std::string_view class_name() { return "PiecewiseConstantDecay"; }

  explicit PiecewiseConstantDecay(PiecewiseConstantDecayOptions options) : ScheduleBase(std::move(options)) {
    const auto& [boundaries, values, name] = this->options();
    if (boundaries.empty() || boundaries.size() + 1 != values.size())
      fail("[", name, "] ", boundaries.size(), " boundaries were given with ", values.size(),
           " values, expected at least one boundary, and one value more than boundaries");
    for (std::size_t i = 1; i < boundaries.size(); ++i) {
      if (boundaries[i] <= boundaries[i - 1])
        fail("[", name, "] boundary ", boundaries[i], " follows ", boundaries[i - 1],
             ", expected rising boundaries");
    }
  }

  float operator()(Index step) const {
    std::size_t piece = 0;
    while (piece < options().boundaries.size() && step > options().boundaries[piece]) ++piece;
    return float(options().values[piece]);
  }
};

}  // namespace tanuki
