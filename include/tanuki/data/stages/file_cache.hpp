#pragma once

// Elements kept in a file once they were made: for sets that do not fit into memory, and for the next run of the program. The
// file appears when all were made; until then they are made again. It is checked against what its source says of itself
// (Stage::description), which of a function given to map is nothing but that there is one.

#include <algorithm>
#include <mutex>
#include <unordered_set>

#include "tanuki/data/example_file.hpp"
#include "tanuki/data/stages/cache.hpp"
#include "tanuki/data/stages/step.hpp"

namespace tanuki::stages {

/// A file of examples that is there, or is being made.
class FileOfElements {
 public:
  /// Reports the bad files that it knows of.
  FileOfElements(std::string path, std::string description, BadFiles& bad_files)
      : path_(std::move(path)),
        description_(std::move(description)),
        file_(ExampleFile::open(path_, description_)) {
    remove_stale_files(path_);  // of runs that were killed while they made it
    if (!file_) return;
    for (const BadFile& file : file_->bad_files()) bad_files.add(file);
  }

  std::shared_ptr<const ExampleFile> get() const {
    std::lock_guard lock(mutex_);
    return file_;
  }
  const std::string& path() const { return path_; }
  std::unique_ptr<ExampleFileWriter> writer() const {
    return std::make_unique<ExampleFileWriter>(path_, description_);
  }
  void commit(ExampleFileWriter& writer) {
    writer.commit();
    auto file = ExampleFile::open(path_, description_);
    std::lock_guard lock(mutex_);
    file_ = std::move(file);
  }

 private:
  std::string path_, description_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ExampleFile> file_;
};

/// As CachedTable: each entry of epoch 0 is kept, their order stays free. That of a file that could not be read is left out of
/// the file, to be tried again by the next run.
class FileCachedTable final : public Table {
 public:
  FileCachedTable(TablePtr source, const std::string& path, BadFiles& bad_files)
      : source_(std::move(source)),
        kept_(*source_),
        file_(path, source_->contents() + ", of these " + described(kept_.all()), bad_files) {}

  Index cardinality() const override { return source_->cardinality(); }
  std::vector<Index> order(Index epoch) const override { return kept_.order(*source_, epoch); }
  std::optional<BadFile> bad_file(Index entry) const override { return source_->bad_file(entry); }
  int workers() const override { return source_->workers(); }
  int map_workers() const override { return source_->map_workers(); }
  std::string description() const override { return source_->description() + described_step("cache"); }
  std::string contents() const override { return source_->contents() + described_step("cache"); }

  std::optional<bool> known(Index entry) const override {
    if (const auto file = file_.get(); file && file->contains(entry)) return file->is_good(entry);
    return source_->known(entry);
  }

  std::optional<Example> at(Index entry, Index) const override {
    if (const auto file = file_.get(); file && file->contains(entry)) return file->at(entry);
    auto made = source_->at(entry, 0);
    keep(entry, made);
    return made;
  }

 private:
  void keep(Index entry, const std::optional<Example>& example) const {
    std::lock_guard lock(mutex_);
    if (file_.get()) return;
    try {
      if (!writer_) writer_ = file_.writer();
      if (!written_.insert(entry).second) return;
      const auto bad = example ? std::nullopt : source_->bad_file(entry);
      if (!bad || !bad->unreadable) writer_->add(entry, example);
      if (bad && !bad->unreadable) writer_->add(*bad);
      if (written_.size() < kept_.all().size()) return;
      file_.commit(*writer_);
      forget();
    } catch (...) {
      forget();
      throw;
    }
  }
  void forget() const {
    writer_.reset();
    written_.clear();
  }

  TablePtr source_;
  KeptEntries kept_;
  mutable FileOfElements file_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<ExampleFileWriter> writer_;
  mutable std::unordered_set<Index> written_;
};

/// As CachedStream: the source's epoch 0 is kept, with its order; not where files could not be read.
class FileCachedStream final : public Step {
 public:
  FileCachedStream(StagePtr source, const std::string& path, BadFiles& bad_files)
      : Step(std::move(source)),
        file_(std::make_shared<FileOfElements>(path, this->source().description(), bad_files)) {}

  Index cardinality() const override {
    const auto file = file_->get();
    return file ? file->size() : source().cardinality();
  }

  std::unique_ptr<Iterator> iterate(Index) const override {
    if (auto file = file_->get()) return std::make_unique<Replay>(std::move(file));
    return std::make_unique<Recording>(shared_source(), file_);
  }

  bool has_entries() const override { return true; }
  std::string description() const override { return source().description() + described_step("cache"); }

  std::optional<EntryLists> entries(Index) const override {
    const auto file = file_->get();
    if (!file) return source().entries(0);
    EntryLists lists;
    for (Index place = 0; place < file->size(); ++place) lists.push_back(file->entries(place));
    return lists;
  }

 private:
  class Replay final : public Iterator {
   public:
    explicit Replay(std::shared_ptr<const ExampleFile> file) : file_(std::move(file)) {}
    std::optional<Example> next() override {
      return place_ < file_->size() ? file_->at(place_++) : std::nullopt;
    }
    Index skip(Index count) override {
      const Index skipped = std::min(count, file_->size() - place_);
      place_ += skipped;
      return skipped;
    }

   private:
    std::shared_ptr<const ExampleFile> file_;
    Index place_ = 0;
  };

  class Recording final : public Iterator {
   public:
    Recording(const StagePtr& source, std::shared_ptr<FileOfElements> file)
        : stage_(source),
          source_(source->iterate(0)),
          file_(std::move(file)),
          writer_(file_->writer()),
          numbers_(*source) {}

    std::optional<Example> next() override {
      if (!source_) return std::nullopt;
      auto example = source_->next();
      if (example) {
        numbers_.give(*example);
        writer_->add(place_++, example);
      } else {
        commit();
        source_.reset();
      }
      return example;
    }

   private:
    void commit() {
      const auto bad_files = stage_->bad_files();
      for (const BadFile& file : bad_files) writer_->add(file);
      const auto unreadable =
          std::count_if(bad_files.begin(), bad_files.end(), [](auto& file) { return file.unreadable; });
      if (unreadable == 0) return file_->commit(*writer_);
      std::cerr << "[cache] '" << file_->path()
                << "' is not kept, since files could not be read: " << unreadable << "\n";
      writer_.reset();
    }

    StagePtr stage_;
    std::unique_ptr<Iterator> source_;
    std::shared_ptr<FileOfElements> file_;
    std::unique_ptr<ExampleFileWriter> writer_;
    Numbers numbers_;
    Index place_ = 0;
  };

  std::shared_ptr<FileOfElements> file_;
};

}  // namespace tanuki::stages
