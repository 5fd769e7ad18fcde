#pragma once

// Comma-separated values, after RFC 4180: records a line, the first one names the columns; a field in double quotes may hold
// commas, line breaks and, written twice, double quotes. Lines end in LF or CRLF; empty ones are passed over, as is a byte
// order mark. Throws Error with the file and the line.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tanuki/core/error.hpp"
#include "tanuki/core/shape.hpp"

namespace tanuki {

struct CsvRecord {
  Index line = 0;  ///< where it begins, counted from 1
  std::vector<std::string> fields;
};

class CsvFile {
 public:
  explicit CsvFile(const std::filesystem::path& path) : name_(path.string()) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) fail("'", name_, "': there is no such file");
    if (!std::filesystem::is_regular_file(path, error)) fail("'", name_, "': it is no file");
    std::ifstream in(path, std::ios::binary);
    if (!in) fail("'", name_, "': it cannot be opened");
    text_.assign(std::istreambuf_iterator<char>(in), {});
    if (in.bad()) fail("'", name_, "': it could not be read to its end");
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    if (auto header = next()) header_ = std::move(header->fields);
    if (header_.empty()) fail("'", name_, "': it is empty, expected a line with the names of the columns");
  }

  const std::string& name() const { return name_; }
  const std::vector<std::string>& header() const { return header_; }

  /// The number of the column of that name.
  std::size_t column(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) {
      std::string names;
      for (const auto& field : header_) names += (names.empty() ? "'" : ", '") + field + "'";
      fail("'", name_, "': it has no column '", name, "'; its columns are ", names);
    }
    if (std::find(found + 1, header_.end(), name) != header_.end())
      fail("'", name_, "': two columns are called '", name, "'");
    return std::size_t(found - header_.begin());
  }

  /// The next record; it has as many fields as the header.
  std::optional<CsvRecord> next() {
    while (starts_with_line_end()) end_line();
    if (at_ == text_.size()) return std::nullopt;
    CsvRecord record{line_, {field()}};
    while (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      record.fields.push_back(field());
    }
    if (at_ < text_.size()) end_line();
    if (!header_.empty() && record.fields.size() != header_.size())
      refuse(record.line, "it has ", record.fields.size(), " fields, expected ", header_.size());
    return record;
  }

  template <class... Reason>
  [[noreturn]] void refuse(Index line, const Reason&... reason) const {
    fail("'", name_, "', line ", line, ": ", reason...);
  }

 private:
  bool starts_with_line_end() const {
    return at_ < text_.size() && (text_[at_] == '\n' || text_.compare(at_, 2, "\r\n") == 0);
  }

  void end_line() {
    at_ += text_[at_] == '\n' ? 1 : 2;
    ++line_;
  }

  std::string field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const std::size_t first = at_;
    while (at_ < text_.size() && text_[at_] != ',' && !starts_with_line_end()) {
      if (text_[at_] == '"') refuse(line_, "a double quote in a field that does not begin with one");
      ++at_;
    }
    return text_.substr(first, at_ - first);
  }

  std::string quoted() {
    const Index first_line = line_;
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && text_.compare(at_, 2, "\"\"") != 0) {
        ++at_;
        if (at_ < text_.size() && text_[at_] != ',' && !starts_with_line_end())
          refuse(line_, "something follows the double quote that ends a field, expected a comma");
        return value;
      }
      if (text_[at_] == '"') ++at_;
      if (text_[at_] == '\n') ++line_;
      value += text_[at_];
    }
    refuse(first_line, "a field that begins with a double quote does not end");
  }

  std::string name_, text_;
  std::size_t at_ = 0;
  Index line_ = 1;
  std::vector<std::string> header_;
};

}  // namespace tanuki
