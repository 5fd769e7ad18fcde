#pragma once

// Writes the logs of each epoch as a line of a CSV file: CSVLogger({.filename = "training.csv"}). The columns are "epoch"
// and the names of the first epoch's logs in the order of the alphabet; what a later epoch has not is "NA".
// (keras/src/callbacks/csv_logger.py)

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tanuki/callbacks/callback_state.hpp"
#include "tanuki/core/format.hpp"
#include "tanuki/training/callback.hpp"

namespace tanuki {

struct CSVLoggerOptions {
  std::string filename = {};
  std::string separator = ",";
  bool append = false;  ///< to what there is, under its header
};

/// The file is opened when the first epoch begins. Training that is resumed cuts off the epochs behind its checkpoint.
class CSVLogger final : public Callback {
 public:
  using Options = CSVLoggerOptions;

  /// Throws Error for options that make no sense.
  explicit CSVLogger(CSVLoggerOptions options) : options_(std::move(options)) {
    if (options_.filename.empty()) fail("[csv_logger] filename is empty");
    if (options_.separator.size() != 1 || options_.separator.find_first_of("\"\r\n") == 0)
      fail("[csv_logger] separator is '", options_.separator, "', expected one character");
  }

  void on_train_begin() override {
    file_.close();
    columns_.clear();
    resume_at_.reset();
  }
  void on_epoch_begin(Index) override { open(); }

  void on_epoch_end(Index epoch, const Logs& logs) override {
    open();
    if (columns_.empty()) {
      choose_columns(logs);
      if (writes_header_) write_line("epoch", [](const std::string& column) { return column; });
    }
    write_line(std::to_string(epoch), [&](const std::string& column) {
      for (const auto& [key, value] : logs) {
        if (key == column) return shortest(value);
      }
      return std::string("NA");
    });
    if (!file_.flush()) refuse();
  }

  void on_train_end(const Logs&) override { file_.close(); }

  std::string state() const override {
    std::error_code error;
    const auto size = std::filesystem::file_size(options_.filename, error);
    CallbackStateWriter writer;
    writer.put(error ? Index(0) : Index(size)), writer.put(writes_header_), writer.put(columns_);
    return std::move(writer).bytes();
  }
  void restore(const std::string& state) override {
    CallbackStateReader reader("csv_logger", state);
    Index size = 0;
    reader.get(size), reader.get(writes_header_), reader.get(columns_);
    reader.expect_end();
    resume_at_ = size;
  }

 private:
  void open() {
    if (file_.is_open()) return;
    std::error_code error;
    const auto size = std::filesystem::file_size(options_.filename, error);
    const Index there = error ? 0 : Index(size);
    bool appends = options_.append;
    if (!resume_at_) {
      writes_header_ = !(appends && there > 0);
    } else if (there >= *resume_at_) {
      if (there > *resume_at_)
        std::filesystem::resize_file(options_.filename, std::uintmax_t(*resume_at_), error);
      if (error) fail("[csv_logger] cannot write '", options_.filename, "': ", error.message());
      appends = true;
    } else {
      columns_.clear();  // another file, or none
      writes_header_ = there == 0;
      appends = true;
    }
    file_.clear();
    file_.open(options_.filename, std::ios::binary | (appends ? std::ios::app : std::ios::trunc));
    if (!file_) refuse();
  }

  void choose_columns(const Logs& logs) {
    for (const auto& log : logs) columns_.push_back(log.first);
    std::sort(columns_.begin(), columns_.end());
    const auto is_validation = [](const std::string& key) { return key.starts_with("val_"); };
    if (std::any_of(columns_.begin(), columns_.end(), is_validation)) return;
    const std::size_t count = columns_.size();
    for (std::size_t i = 0; i < count; ++i) columns_.push_back("val_" + columns_[i]);
  }

  template <class Value>
  void write_line(const std::string& first, const Value& value) {
    file_ << first;
    for (const auto& column : columns_) file_ << options_.separator << quoted(value(column));
    file_ << "\r\n";
  }

  /// As Python's csv module writes it.
  std::string quoted(const std::string& text) const {
    if (text.find_first_of("\"\r\n" + options_.separator) == text.npos) return text;
    std::string inside = "\"";
    for (const char c : text) inside += c == '"' ? "\"\"" : std::string(1, c);
    return inside + '"';
  }

  [[noreturn]] void refuse() const {
    fail("[csv_logger] cannot write '", options_.filename, "': ", std::strerror(errno));
  }

  CSVLoggerOptions options_;
  std::ofstream file_;
  std::vector<std::string> columns_;  ///< behind "epoch"
  bool writes_header_ = true;
  std::optional<Index> resume_at_;
};

}  // namespace tanuki
