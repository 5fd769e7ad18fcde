#pragma once

// Which way a metric goes as a model gets better. A metric says it by a `static constexpr MetricDirection direction`;
// one that does not has none, as a count of yes has none. (`_direction` in keras/src/metrics)

namespace tanuki {

enum class MetricDirection { unknown, down, up };

}  // namespace tanuki
