#pragma once

// Keeps in a file all that fit() needs to go on: weights, optimizer, random numbers, the place in the data, History,
// callbacks. A program that was killed and is started again goes on by itself, and ends with the same bits as one that was
// never killed.
//   model.fit(train, {.epochs = 20, .callbacks = {std::make_shared<BackupAndRestore>(
//                                       BackupAndRestore::Options{.path = "run.checkpoint", .save_freq = 50})}});
// Several fits of a model may share the file: those that were done return their History at once, with the weights of the last
// state, and without calling callbacks. A program that uses the model between two fits, or whose first fit's callbacks unfreeze
// layers, gives each fit a file of its own. What is checked when it goes on: the random seed, the weights' names and shapes, the
// optimizer's class and variables, the number of batches and of callbacks; learning rates are those of the state. Other than in
// Keras the file stays when fit() is done, and a state is written every so many steps counted over epochs. (keras/src/callbacks/backup_and_restore.py)

#include "tanuki/io/checkpoint_file.hpp"
#include "tanuki/training/callback.hpp"

namespace tanuki {

struct BackupAndRestoreOptions {
  std::string path;                ///< of the file; its folder must be there
  Index save_freq = 0;             ///< steps between two states; 0: one after each epoch
  bool delete_checkpoint = false;  ///< when fit() is done, as Keras does
};

class BackupAndRestore final : public Callback {
 public:
  using Options = BackupAndRestoreOptions;

  /// Throws Error as CheckpointFile does.
  explicit BackupAndRestore(BackupAndRestoreOptions options)
      : options_(std::move(options)), file_({.path = options_.path, .save_freq = options_.save_freq}) {}

  CheckpointStore* checkpoints() override { return &file_; }

  void on_train_end(const Logs&) override {
    if (options_.delete_checkpoint) std::filesystem::remove(options_.path);
  }

 private:
  BackupAndRestoreOptions options_;
  CheckpointFile file_;
};

}  // namespace tanuki
