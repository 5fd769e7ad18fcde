#pragma once

#include <tanuki/tanuki.hpp>
#include <vector>

namespace tanuki::test {

/// The numbers of all weights, one after the other.
inline std::vector<float> all_numbers(const Model<>& model) {
  std::vector<float> all;
  for (const auto& w : model.weights()) {
    const auto values = w.value().to_vector();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

}  // namespace tanuki::test
