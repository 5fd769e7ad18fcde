#include <catch2/catch.hpp>

#include "tanuki/core/random.hpp"
#include "tanuki/models/memory_layout.hpp"

namespace test_memory_layout {

using namespace tanuki;

TEST_CASE("buffers that are alive together never overlap, others may") {
  const Random random{3, 1};
  for (std::uint64_t round = 0; round < 50; ++round) {
    std::vector<BufferLife> buffers;
    for (std::uint64_t i = 0; i < 40; ++i) {
      const Random draw = random.fork(round).fork(i);
      const int first = int(draw.uniform(0, 0, 60));
      buffers.push_back({Index(draw.uniform(1, 0, 200)), Index(draw.uniform(2, 0, 90)), first,
                         first + int(draw.uniform(3, 0, 20))});
    }
    const Index batch = 3;
    const auto layout = lay_out(buffers, batch);
    Index peak = 0, sum = 0;
    for (int time = 0; time < 80; ++time) {
      Index alive = 0;
      for (const auto& b : buffers)
        alive += time >= b.first && time <= b.last ? b.per_image * batch + b.fixed : 0;
      peak = std::max(peak, alive);
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const Index size = buffers[i].per_image * batch + buffers[i].fixed;
      sum += size + 16;
      CHECK(layout.offsets[i] % 16 == 0);
      CHECK(layout.offsets[i] + size <= layout.size);
      for (std::size_t j = 0; j < i; ++j) {
        if (buffers[i].last < buffers[j].first || buffers[j].last < buffers[i].first) continue;
        const Index other = buffers[j].per_image * batch + buffers[j].fixed;
        CHECK((layout.offsets[i] + size <= layout.offsets[j] ||
               layout.offsets[j] + other <= layout.offsets[i]));
      }
    }
    CHECK(layout.size >= peak);
    CHECK(layout.size < sum / 2);
  }
}

}  // namespace test_memory_layout
