// Linked in place of the host device, it lets the tests of the ops run on a GPU.

#include "tanuki/backend/cuda/device/cuda_device.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test {

void order_threads(std::uint64_t) {}

}  // namespace tanuki::test
