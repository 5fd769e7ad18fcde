#pragma once

// The pieces of a page: text, tables, pictures within the page itself. What is given as text is escaped.

#include "tanuki/data/write_png.hpp"
#include "tanuki/io/base64.hpp"
#include "tanuki/io/plots/svg_surface.hpp"

namespace tanuki::html {

using plots::escape;

inline std::string element(std::string_view tag, std::string_view content, std::string_view attributes = {}) {
  std::string text = "<" + std::string(tag);
  if (!attributes.empty()) text += " " + std::string(attributes);
  return text + ">" + std::string(content) + "</" + std::string(tag) + ">\n";
}

/// A part of the page with a heading; nothing where it has no content.
inline std::string section(std::string_view heading, const std::string& content,
                           std::string_view about = {}) {
  if (content.empty()) return {};
  const std::string words = about.empty() ? "" : element("p", escape(about), "class=\"about\"");
  return element("section", "\n" + element("h2", escape(heading)) + words + content);
}

using Row = std::vector<std::string>;

/// The first column names the rows.
inline std::string table(const Row& head, const std::vector<Row>& rows, std::string_view attributes = {}) {
  std::string text = "\n";
  if (!head.empty()) {
    std::string cells;
    for (const auto& cell : head) cells += "<th scope=\"col\">" + escape(cell) + "</th>";
    text += element("thead", "<tr>" + cells + "</tr>");
  }
  std::string body = "\n";
  for (const Row& row : rows) {
    std::string cells;
    for (std::size_t i = 0; i < row.size(); ++i)
      cells += i ? "<td>" + escape(row[i]) + "</td>" : "<th scope=\"row\">" + escape(row[i]) + "</th>";
    body += element("tr", cells);
  }
  return element("div", "\n" + element("table", text + element("tbody", body), attributes), "class=\"wide\"");
}

/// `svg` is the text of an SVG picture.
inline std::string drawing(const std::string& svg, std::string_view about) {
  return element("figure", "\n" + svg, "class=\"wide\" role=\"img\" aria-label=\"" + escape(about) + "\"");
}

/// The words below the image are what it is called, too, where it cannot be seen.
inline std::string picture(const Image& image, std::string_view words) {
  return element("figure", "<img alt=\"" + escape(words) + "\" width=\"" + std::to_string(image.width) +
                               "\" height=\"" + std::to_string(image.height) +
                               "\" src=\"data:image/png;base64," + base64(encode_png(image)) + "\">" +
                               "<figcaption>" + escape(words) + "</figcaption>");
}

}  // namespace tanuki::html
