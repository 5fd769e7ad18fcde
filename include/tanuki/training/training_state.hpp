#pragma once

// Everything that fit() needs to go on from a place in the middle as if it had never stopped. A checkpoint keeps it: see
// io/checkpoint_file.hpp.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/core/logs.hpp"
#include "tanuki/core/tensor.hpp"
#include "tanuki/training/history.hpp"

namespace tanuki {

/// Numbers in memory of the host, which belong to TrainingState::owners or to the model.
struct NamedValues {
  std::string name;
  ConstTensorView<Cpu> values;
};

struct TrainerState {
  std::uint64_t seed = 0;                         ///< of the model's random numbers
  std::uint64_t first_step = 0;                   ///< steps of the trainers before
  std::uint64_t steps = 0;                        ///< since compile()
  Index epochs = 0;                               ///< passes over data that were begun
  std::string optimizer;                          ///< its class: "Adam"
  Index iterations = 0;                           ///< of the optimizer
  std::optional<double> learning_rate = {};       ///< none where it follows a schedule
  std::vector<NamedValues> variables = {};        ///< of the optimizer
  std::vector<std::vector<double>> metrics = {};  ///< the counts of the epoch so far
};

struct CallbackState {
  std::string bytes = {};  ///< Callback::state()
  bool stops = false;
};

/// Where the data is read: so many batches of a pass are done.
struct PassPlace {
  Index pass = 0, batches = 0;
};

struct TrainingState {
  Index fit = 0;          ///< which fit() of the model, from 0
  Index epoch = 0;        ///< the next batch is of this epoch
  Index step = 0;         ///< and the one of this number
  bool complete = false;  ///< fit() ends here
  std::optional<PassPlace> place = {};
  Index cardinality = -1;                     ///< of the data
  Logs logs = {};                             ///< of the last batch or epoch
  std::vector<History> histories = {};        ///< of each fit, this one the last
  std::vector<Index> epochs = {};             ///< that each fit was asked for
  std::vector<NamedValues> weights = {};      ///< all, by path
  std::vector<std::string> trainable = {};    ///< the paths of those that are trained
  std::vector<std::string> recipe = {};       ///< the model's ops and the shapes that they take, one a line
  std::vector<std::string> class_names = {};  ///< of the data, where they are known
  TrainerState trainer = {};
  std::vector<CallbackState> callbacks = {};
  std::vector<std::shared_ptr<void>> owners = {};  ///< of the numbers that the model does not hold
};

/// Keeps the last state of a training.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  /// For messages: the file.
  virtual std::string name() const = 0;
  /// Steps between two states; 0: one at the end of each epoch. After each epoch there is one in any case.
  virtual Index save_freq() const = 0;
  virtual std::optional<TrainingState> load() = 0;
  virtual void save(const TrainingState& state) = 0;
};

}  // namespace tanuki
