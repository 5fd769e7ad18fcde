#pragma once

// plot_history("history.png", model.fit(…)): the curves of a training, training and validation in one panel for the
// loss and for each metric.

#include "tanuki/io/plots/curves.hpp"
#include "tanuki/io/plots/write_plot.hpp"
#include "tanuki/training/history.hpp"

namespace tanuki {

/// A panel for each key, which "val_" and the key joins; "seconds" has none.
inline std::vector<CurvePanel> history_panels(const History& history) {
  std::vector<CurvePanel> panels;
  const auto panel = [&](const std::string& title) -> CurvePanel& {
    for (auto& known : panels) {
      if (known.title == title) return known;
    }
    return panels.emplace_back(CurvePanel{title, {}});
  };
  for (const auto& [key, values] : history.series()) {
    if (key == "seconds") continue;
    const bool validation = key.starts_with("val_");
    panel(validation ? key.substr(4) : key)
        .curves.push_back({validation ? "validation" : "training", values, history.epochs(key)});
  }
  return panels;
}

/// A .svg or .png file. Throws Error for another ending, for a history without an epoch, and, with the path, where the
/// file cannot be written.
inline void plot_history(const std::filesystem::path& path, const History& history,
                         const CurvesOptions& options = {}) {
  const auto panels = history_panels(history);
  if (panels.empty()) fail("[plot_history] the history is empty");
  plots::write_plot(path, [&](const auto& make) { return plots::draw_curves(panels, options, make); });
}

}  // namespace tanuki
