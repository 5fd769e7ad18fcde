#pragma once

// Work that is done again and again, launched as graphs where it can be. The host's part of it is done each time, and what
// it gives to the device is put down and compared with what the graph was made of: the same, and the graph is launched;
// other values of arguments, as random numbers have, and these are changed in it before; else it is done one by one, and
// made a graph when it comes again. So the device does what it would have done without graphs, whatever that depends on.

#include <exception>
#include <utility>

#include "tanuki/backend/cuda/device/device.hpp"

namespace tanuki::gpu {

/// How often the graphs of a Replay took commands anew, took other arguments, and were launched.
struct GraphCounts {
  long long made = 0, updated = 0, launched = 0;
};

/// What is given to the device between two flushes.
class Piece {
 public:
  /// Fewer commands are done one by one: a graph's launch takes longer than a kernel's.
  static constexpr std::size_t fewest = 4;

  /// Does the commands. Afterwards there are others in `commands`.
  void run(Device& device, CommandList& commands) {
    if (commands.size() >= fewest && graph_becomes(device, commands)) {
      last_.clear();
      if (graph_->launch(device.main_stream())) return void(++counts_.launched);
      made_ = makes_ = false;  // it is tried no more
      std::swap(made_of_, commands);
    }
    for (std::size_t i = 0; i < commands.size(); ++i) device.run(device.main_stream(), commands, i);
    std::swap(last_, commands);
  }
  const GraphCounts& counts() const { return counts_; }

 private:
  /// True where the graph is one of these commands now.
  bool graph_becomes(Device& device, CommandList& commands) {
    if (made_ && changed_to(commands)) return true;
    // A graph is made of what came twice in a row.
    if (!makes_ || !(updates_ ? commands.is_same_but_for_arguments(last_) : commands == last_)) return false;
    made_ = false;
    try {
      if (!graph_) graph_ = device.make_graph();
      graph_->make(commands);
    } catch (const Error&) {  // it is tried no more
      makes_ = false;
      return false;
    }
    ++counts_.made;
    std::swap(made_of_, commands);
    return made_ = true;
  }

  bool changed_to(CommandList& commands) {
    if (!updates_) return commands == made_of_;
    if (!commands.is_same_but_for_arguments(made_of_)) return false;
    const auto differing = commands.differing(made_of_);
    if (differing.empty()) return true;
    if (!graph_->update(commands, differing)) return made_ = updates_ = false;
    ++counts_.updated;
    std::swap(made_of_, commands);
    return true;
  }

  std::unique_ptr<Graph> graph_;
  CommandList made_of_;                 ///< what the graph was made of
  CommandList last_;                    ///< what was done one by one
  bool made_ = false;                   ///< there is something in the graph
  bool makes_ = true, updates_ = true;  ///< until the device cannot
  GraphCounts counts_;
};

/// One kind of work. It is used by one thread at a time.
class Replay {
 public:
  /// Runs `work`, and launches what it gives to the device's main stream. Inside another recording it becomes a part of
  /// that. The first run is not recorded, since it allocates memory and loads kernels.
  template <class Work>
  void run(Device& device, Work&& work) {
    if (!std::exchange(ran_, true) || Recorder::current()) return work();
    Recording recording(*this, device);
    try {
      work();
    } catch (...) {
      recording.leave_off();
      throw;
    }
    recording.flush();
  }

  /// Of all its graphs.
  GraphCounts counts() const {
    GraphCounts all;
    for (const auto& piece : pieces_) {
      const GraphCounts& of = piece.counts();
      all.made += of.made, all.updated += of.updated, all.launched += of.launched;
    }
    return all;
  }

 private:
  static constexpr std::size_t most_pieces = 16;  ///< what follows is done one by one

  class Recording final : public Recorder {
   public:
    Recording(Replay& replay, Device& of) : Recorder(of), replay_(replay) {
      std::swap(commands, replay_.spare_);
      current() = this;
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;
    ~Recording() override {
      current() = nullptr;
      std::swap(commands, replay_.spare_);
    }

    void flush() override {
      const Given given(*this);
      if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
      if (commands.size() == 0) return;
      auto& pieces = replay_.pieces_;
      if (place_ == pieces.size() && place_ < most_pieces) pieces.emplace_back();
      if (place_ < pieces.size())
        pieces[place_++].run(device, commands);
      else
        Piece().run(device, commands);
    }
    void flush_before_release() noexcept override {
      try {
        flush();
      } catch (...) {
        failure_ = std::current_exception();  // is thrown at the next flush
      }
    }

    /// After an exception: what came before it is done, as it would have been.
    void leave_off() {
      const Given given(*this);
      if (failure_) return;
      for (std::size_t i = 0; i < commands.size(); ++i) device.run(device.main_stream(), commands, i);
    }

   private:
    /// While the commands are given to the device nothing is put down; afterwards there are none.
    struct Given {
      explicit Given(Recorder& of) : recorder(of) { current() = nullptr; }
      Given(const Given&) = delete;
      Given& operator=(const Given&) = delete;
      ~Given() {
        recorder.commands.clear();
        current() = &recorder;
      }
      Recorder& recorder;
    };

    Replay& replay_;
    std::size_t place_ = 0;
    std::exception_ptr failure_;
  };

  std::vector<Piece> pieces_;
  CommandList spare_;  ///< memory for the next recording
  bool ran_ = false;
};

}  // namespace tanuki::gpu
