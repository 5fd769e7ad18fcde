#pragma once

// A confusion matrix as a picture: a row a class, in it how many of its examples, and which share, were taken for each
// class; the more, the darker.

#include "tanuki/io/plots/write_plot.hpp"
#include "tanuki/metrics/confusion_matrix.hpp"

namespace tanuki {

struct ConfusionPlotOptions {
  std::string title = {};
  int cell = 0;  // pixels; 0: by the number of classes
};

namespace plots {

/// Cut to `length` bytes at most, at the border of a UTF-8 character.
inline std::string shortened(std::string text, std::size_t length) {
  if (text.size() <= length) return text;
  std::size_t end = length - 2;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "..";
}

template <class MakeSurface>
auto draw_confusion_matrix(const ConfusionMatrix& matrix, const ConfusionPlotOptions& options,
                           const MakeSurface& make) {
  const int classes = int(matrix.classes.size());
  const int cell = options.cell > 0 ? options.cell : std::clamp(640 / std::max(classes, 1), 22, 110);
  const int size = cell >= 70 ? 15 : cell >= 40 ? 12 : 9, name_size = cell >= 40 ? 12 : 9;
  const std::size_t column_letters = std::size_t(cell / text_width("x", name_size));
  const bool numbered = cell < 40;  // no room for names above the columns
  std::vector<std::string> rows, columns;
  double widest = 0;
  for (const auto& name : matrix.classes) {
    const std::string place = std::to_string(rows.size());
    rows.push_back(shortened(name, 18) + (numbered ? "  " + place : ""));
    columns.push_back(numbered ? place : shortened(name, column_letters));
    widest = std::max(widest, text_width(rows.back(), name_size));
  }
  const int left = 24 + int(widest) + 8, top = (options.title.empty() ? 14 : 44) + 44, side = cell * classes;
  auto surface = make(std::max(left + side, 220) + 20, top + side + 16);
  if (!options.title.empty())
    surface.text({left + side / 2.0, 27}, options.title, {Anchor::middle, 17, ink, true});
  surface.text({left + side / 2.0, top - 28.0}, "taken for", {Anchor::middle});
  surface.text({left - 8.0, top - 8.0}, "is", {Anchor::end});
  for (int row = 0; row < classes; ++row) {
    const double y = top + cell * row, middle = y + cell / 2.0;
    surface.text({left - 8.0, middle + 4}, rows[std::size_t(row)], {Anchor::end, name_size, ink});
    surface.text({left + cell * (row + 0.5), top - 8.0}, columns[std::size_t(row)],
                 {Anchor::middle, name_size, ink});
    const Index all = matrix.examples(row);
    for (int column = 0; column < classes; ++column) {
      const double x = left + cell * column, centre = x + cell / 2.0;
      const Index count = matrix.at(row, column);
      const double share = all ? double(count) / double(all) : 0;
      // Never so dark that dark letters cannot be read on it.
      surface.rectangle({x + 1, y + 1}, cell - 2.0, cell - 2.0,
                        row == column ? curve_colour(0) : curve_colour(1), 0.05 + 0.5 * share);
      const bool room = cell >= 56;
      if (cell < 30 && count == 0) continue;
      surface.text({centre, middle + (room ? 0 : size * 0.36)}, std::to_string(count),
                   {Anchor::middle, size, ink, row == column});
      if (room)
        surface.text({centre, middle + 17}, number(100 * share, 1) + " %", {Anchor::middle, 11, soft_ink});
    }
  }
  return surface;
}

}  // namespace plots

/// The picture as SVG text.
inline std::string svg_confusion_matrix(const ConfusionMatrix& matrix,
                                        const ConfusionPlotOptions& options = {}) {
  return plots::draw_confusion_matrix(matrix, options,
                                      [](int width, int height) { return plots::SvgSurface(width, height); })
      .text();
}

/// A .svg or .png file. Throws Error for another ending, and, with the path, where the file cannot be written.
inline void plot_confusion_matrix(const std::filesystem::path& path, const ConfusionMatrix& matrix,
                                  const ConfusionPlotOptions& options = {}) {
  plots::write_plot(path,
                    [&](const auto& make) { return plots::draw_confusion_matrix(matrix, options, make); });
}

}  // namespace tanuki
