#pragma once

// The numbers of a batch or an epoch, by name and in the order in which they are shown.

#include <string>
#include <utility>
#include <vector>

namespace tanuki {

using Logs = std::vector<std::pair<std::string, double>>;

}  // namespace tanuki
