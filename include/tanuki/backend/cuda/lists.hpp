#pragma once

// Many tensors in one launch: a network has a hundred small ones, each of which would be a launch that takes longer
// than its work.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/weight_update.hpp"

namespace tanuki::gpu {

/// Blocks of threads for a tensor of `size` numbers.
inline Index list_blocks(Index size) { return (size + 4095) / 4096; }

/// Calls launch(list, blocks) for lists of the `count` items, as many in each as it has room for. put(list, place, i)
/// enters item i, and returns its size; an item of size 0 is left out.
template <class List, class Put, class Launch>
void for_lists(std::size_t count, const Put& put, const Launch& launch, Index blocks(Index) = list_blocks) {
  constexpr int most = int(sizeof(List{}.size) / sizeof(List{}.size[0]));
  List list{};
  const auto flush = [&] {
    if (list.count) launch(list, unsigned(list.first_block[list.count]));
    list.count = 0;
  };
  for (std::size_t i = 0; i < count; ++i) {
    const Index size = put(list, list.count, i);
    if (size == 0) continue;
    list.size[list.count] = size;
    list.first_block[list.count + 1] = list.first_block[list.count] + int(blocks(size));
    if (++list.count == most) flush();
  }
  flush();
}

/// A kernel of kernels/`file`.inc on many weights.
template <class... Numbers>
void update_weights(Context<Cuda>& context, std::string_view file, std::string_view kernel,
                    ops::WeightUpdates<Cuda> updates, const Numbers&... numbers) {
  static_assert((sizeof(WeightList) + ... + sizeof(numbers)) + 64 <= 4096,
                "a launch takes no more arguments");
  for_lists<WeightList>(
      updates.size(),
      [&](WeightList& list, int place, std::size_t i) {
        const auto& of = updates[i];
        list.number[place] = int(i), list.rate[place] = of.rate;
        list.weight[place] = of.weight, list.gradient[place] = of.gradient;
        list.first[place] = of.slots[0], list.second[place] = of.slots[1], list.third[place] = of.slots[2];
        return of.size;
      },
      [&](const WeightList& list, unsigned blocks) {
        context.launch(file, kernel, {blocks}, {256}, list, numbers...);
      });
}

}  // namespace tanuki::gpu
