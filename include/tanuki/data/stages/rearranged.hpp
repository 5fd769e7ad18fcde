#pragma once

// What tables have in common that give entries of another one as they are: only which, and in what order, is their own.

#include "tanuki/data/table_pass.hpp"

namespace tanuki::stages {

class Rearranged : public Table {
 public:
  std::optional<Example> at(Index entry, Index epoch) const final { return source_->at(entry, epoch); }
  std::optional<BadFile> bad_file(Index entry) const final { return source_->bad_file(entry); }
  std::optional<bool> known(Index entry) const final { return source_->known(entry); }
  bool there(Index entry, Index epoch) const final { return source_->there(entry, epoch); }
  int workers() const final { return source_->workers(); }
  int map_workers() const final { return source_->map_workers(); }
  std::string contents() const final { return source_->contents(); }
  bool has_entries() const final { return source_->has_entries(); }

 protected:
  explicit Rearranged(TablePtr source) : source_(std::move(source)) {}

  const Table& source() const { return *source_; }

 private:
  TablePtr source_;
};

}  // namespace tanuki::stages
