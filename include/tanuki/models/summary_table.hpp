#pragma once

// A model's layers as a table, in the layout of Keras 3 (keras/src/utils/summary_utils.py and the table of
// the rich library that it draws with). What a column has no room for is wrapped at spaces; a word that is
// too long ends in "…". Unlike Keras, characters of double width count as one, and there is no optimizer's
// line.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tanuki/core/format.hpp"
#include "tanuki/core/terminal.hpp"

namespace tanuki {

struct SummaryRow {
  std::string name;
  std::string class_name;
  std::vector<Shape> outputs;   ///< without the batch axis; none: "?"
  std::optional<Index> params;  ///< not given: "0 (unbuilt)"
  std::vector<std::string> connected_to =
      {};  ///< "conv2d[0][0]": layer, number of its call, number of the output
};

struct Summary {
  std::string name;
  bool sequential = true;  ///< every layer has one input, the layer above: no column "Connected to"
  std::vector<SummaryRow> rows;
  Index trainable = 0, non_trainable = 0;  ///< scalars, float32
};

namespace detail {

using Lines = std::vector<std::string>;

/// In characters, not bytes.
inline std::size_t text_width(std::string_view text) {
  return std::size_t(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The first `width` characters.
inline std::string text_prefix(std::string_view text, std::size_t width) {
  std::size_t end = 0, seen = 0;
  for (; end < text.size(); ++end) {
    if ((text[end] & 0xC0) != 0x80 && ++seen > width) break;
  }
  return std::string(text.substr(0, end));
}

/// The words of `text` on lines of at most `width` characters.
inline Lines wrap_text(const std::string& text, std::size_t width) {
  Lines lines{""};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (lines.back().empty()) {
      lines.back() = word;
    } else if (text_width(lines.back()) + 1 + text_width(word) <= width) {
      lines.back() += " " + word;
    } else {
      lines.push_back(word);
    }
    at = end + 1;
  }
  for (std::string& line : lines) {
    if (text_width(line) > width) line = text_prefix(line, width - 1) + "…";
  }
  return lines;
}

class SummaryTable {
 public:
  SummaryTable(bool sequential, Index columns) {
    const double length = double(std::clamp<Index>(columns - 4, 40, sequential ? 88 : 108));
    if (sequential) {
      add_column("Layer (type)", 0.45 * length, 3);
      add_column("Output Shape", 0.80 * length, 4);
      add_column("Param #", length, 3);
    } else {
      add_column("Layer (type)", 0.30 * length, 3);
      add_column("Output Shape", 0.56 * length, 3);
      add_column("Param #", 0.74 * length, 4);
      add_column("Connected to", length, 3);
    }
    rule("┏", "━", "┳", "┓");
    cells(headers_, "┃");
    rule("┡", "━", "╇", "┩");
  }

  void row(const std::vector<std::string>& texts) {
    if (rows_++) rule("├", "─", "┼", "┤");
    cells(texts, "│");
  }

  std::string finish() {
    rule("└", "─", "┴", "┘");
    return std::move(text_);
  }

 private:
  static constexpr std::size_t right_aligned = 2;  // the counts

  /// Keras wants the columns' texts to end at these places, which leaves no room for borders and padding;
  /// rich takes them off the columns as evenly as it can: that is `less`.
  void add_column(const char* header, double end, Index less) {
    headers_.push_back(header);
    widths_.push_back(std::size_t(Index(end) - end_ - less));
    end_ = Index(end);
  }

  void rule(const char* left, const char* line, const char* cross, const char* right) {
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      text_ += i ? cross : left;
      for (std::size_t n = 0; n < widths_[i] + 2; ++n) text_ += line;
    }
    text_ += std::string(right) + "\n";
  }

  void cells(const std::vector<std::string>& texts, const std::string& border) {
    std::vector<Lines> wrapped;
    std::size_t height = 0;
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      wrapped.push_back(wrap_text(texts[i], widths_[i]));
      height = std::max(height, wrapped.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
      for (std::size_t i = 0; i < widths_.size(); ++i) {
        const std::string cell = line < wrapped[i].size() ? wrapped[i][line] : "";
        const std::string space(widths_[i] - text_width(cell), ' ');
        text_ += border + " " + (i == right_aligned ? space + cell : cell + space) + " ";
      }
      text_ += border + "\n";
    }
  }

  std::vector<std::string> headers_;
  std::vector<std::size_t> widths_;
  Index end_ = 0, rows_ = 0;
  std::string text_;
};

inline std::string batch_shape(const std::vector<Shape>& outputs) {
  if (outputs.empty()) return "?";
  std::string text;
  for (const Shape& shape : outputs) {
    text += text.empty() ? "(None" : ", (None";
    for (Index extent : shape) text += ", " + std::to_string(extent);
    text += ")";
  }
  return outputs.size() == 1 ? text : "[" + text + "]";
}

/// "(79.59 MB)", of `count` scalars of float32.
inline std::string memory_size(Index count) {
  double size = double(count) * 4;
  for (const char* unit : {"B", "KB", "MB", "GB", "TB"}) {
    if (size < 1024) return "(" + fixed(size, 2) + " " + unit + ")";
    size /= 1024;
  }
  return "(" + fixed(size, 2) + " PB)";
}

}  // namespace detail

/// The text that Keras' model.summary() prints in a terminal of `columns`.
inline std::string summary_table(const Summary& summary, Index columns = terminal_columns()) {
  detail::SummaryTable table(summary.sequential, columns);
  for (const SummaryRow& row : summary.rows) {
    std::string connections;
    for (const auto& name : row.connected_to) connections += (connections.empty() ? "" : ", ") + name;
    table.row({row.name + " (" + row.class_name + ")", detail::batch_shape(row.outputs),
               row.params ? with_commas(*row.params) : "0 (unbuilt)",
               connections.empty() ? "-" : connections});
  }
  const auto count = [](const char* what, Index scalars) {
    return std::string(" ") + what + " params: " + with_commas(scalars) + " " + detail::memory_size(scalars) +
           "\n";
  };
  return "Model: \"" + summary.name + "\"\n" + table.finish() +
         count("Total", summary.trainable + summary.non_trainable) + count("Trainable", summary.trainable) +
         count("Non-trainable", summary.non_trainable);
}

}  // namespace tanuki
