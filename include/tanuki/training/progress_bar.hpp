#pragma once

// An epoch on one line, as Keras draws it (keras/src/utils/progbar.py): on a terminal drawn over and over,
// with the time that is left; elsewhere written once, when the epoch has ended.
//   13/13 ━━━━━━━━━━━━━━━━━━━━ 10s 750ms/step - binary_accuracy: 0.9400 - loss: 0.1390
//   13/13 - 10s - 750ms/step - binary_accuracy: 0.9400 - loss: 0.1390

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <ostream>
#include <string_view>

#include "tanuki/core/format.hpp"
#include "tanuki/core/logs.hpp"
#include "tanuki/core/terminal.hpp"

namespace tanuki {

struct ProgressBarOptions {
  Index steps = 0;                              ///< of the epoch; 0: not known
  std::optional<bool> terminal = std::nullopt;  ///< not given: is_terminal() of the stream
  Index columns = 0;                            ///< of the terminal; 0: terminal_columns()
  std::function<double()> clock = {};           ///< seconds; not given: a steady clock
};

class ProgressBar {
 public:
  /// The epoch begins now.
  explicit ProgressBar(std::ostream& out, ProgressBarOptions options = {})
      : out_(out), options_(std::move(options)) {
    if (!options_.terminal) options_.terminal = is_terminal(out_);
    if (options_.columns < 1) options_.columns = terminal_columns();
    if (!options_.clock) {
      options_.clock = [] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
      };
    }
    start_ = options_.clock();
  }
  /// Where an exception ends the epoch, what comes next begins on a line of its own.
  ~ProgressBar() {
    if (width_ > 0) out_ << '\n' << std::flush;
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `step` steps are done; `logs` are shown as they are. Draws at most 20 times a second.
  void update(Index step, const Logs& logs) {
    const double now = options_.clock();
    measure(step, now);
    if (!*options_.terminal || (width_ > 0 && now - drawn_ < 0.05)) return;
    drawn_ = now;
    const std::string time = options_.steps > 0 ? left(step) : elapsed(now);
    draw(bar(step) + " " + time + " " + duration(seconds_per_step_) + "/step" + metrics(logs),
         options_.columns - 1);
  }

  /// The epoch has ended, its validation too; `logs` hold all of its numbers.
  void finish(const Logs& logs) {
    const double now = options_.clock();
    if (options_.steps < 1) options_.steps = step_;  // now they are known
    measure(options_.steps, now);
    const std::string step_time = duration(seconds_per_step_) + "/step";
    if (*options_.terminal) {
      draw(bar(options_.steps) + " " + elapsed(now) + " " + step_time + metrics(logs), no_limit);
    } else {
      out_ << options_.steps << '/' << options_.steps << " - " << elapsed(now) << " - " << step_time
           << metrics(logs);
    }
    out_ << '\n' << std::flush;
    width_ = 0;
  }

 private:
  static constexpr Index no_limit = Index{1} << 30, bar_width = 20;

  /// The first step is not counted where there are others: it sets things up.
  void measure(Index step, double now) {
    if (step < 1) return;
    if (first_step_ended_ && step > 1) {
      seconds_per_step_ = (now - *first_step_ended_) / double(step - 1);
    } else {
      seconds_per_step_ = (now - start_) / double(step);
    }
    if (step == 1) first_step_ended_ = now;
    step_ = step;
  }

  std::string bar(Index step) const {
    if (options_.steps < 1) {
      const std::string count = std::to_string(step);
      return std::string(count.size() < 7 ? 7 - count.size() : 0, ' ') + count + "/Unknown";
    }
    const std::string count = std::to_string(step), steps = std::to_string(options_.steps);
    std::string text(count.size() < steps.size() ? steps.size() - count.size() : 0, ' ');
    text += count + "/" + steps + " \x1b[32m";
    const Index done = std::min(step, options_.steps) * bar_width / options_.steps;
    for (Index i = 0; i < bar_width; ++i) text += i == done ? "\x1b[37m━" : "━";
    return text + "\x1b[0m";
  }

  std::string left(Index step) const {
    const Index seconds = Index(seconds_per_step_ * double(std::max<Index>(options_.steps - step, 0)));
    const auto two = [](Index n) { return (n < 10 ? ":0" : ":") + std::to_string(n); };
    if (seconds > 3600) return std::to_string(seconds / 3600) + two(seconds / 60 % 60) + two(seconds % 60);
    if (seconds > 60) return std::to_string(seconds / 60) + two(seconds % 60);
    return std::to_string(seconds) + "s";
  }
  std::string elapsed(double now) const { return fixed(now - start_, 0) + "s"; }

  static std::string duration(double seconds) {
    if (seconds >= 1 || seconds == 0) return fixed(seconds, 0) + "s";
    return seconds >= 1e-3 ? fixed(seconds * 1e3, 0) + "ms" : fixed(seconds * 1e6, 0) + "us";
  }

  static std::string metrics(const Logs& logs) {
    std::string text;
    for (const auto& [name, value] : logs) {
      text += " - " + name + ": " + (std::abs(value) > 1e-3 ? fixed(value, 4) : scientific(value, 4));
    }
    return text;
  }

  /// Draws `line`, no wider than `limit`, over what was drawn before.
  void draw(const std::string& line, Index limit) {
    Index width = 0;
    std::size_t end = 0;
    for (bool escape = false; end < line.size(); ++end) {
      const char c = line[end];
      const bool follows = (c & 0xC0) == 0x80;  // a later byte of a character of UTF-8
      if (c == '\x1b') escape = true;
      if (!escape && !follows && ++width > limit) break;
      if (c == 'm') escape = false;
    }
    if (width > limit) width = limit;
    out_ << '\r' << std::string_view(line).substr(0, end);
    if (end < line.size()) out_ << "\x1b[0m";
    if (width < width_) out_ << std::string(std::size_t(width_ - width), ' ');
    out_ << std::flush;
    width_ = width;
  }

  std::ostream& out_;
  ProgressBarOptions options_;
  double start_ = 0, drawn_ = 0, seconds_per_step_ = 0;
  std::optional<double> first_step_ended_;
  Index step_ = 0;
  Index width_ = 0;  ///< of what is drawn; 0: nothing
};

}  // namespace tanuki
