#pragma once

// What often goes wrong in a training and can be seen from outside. fit() says each once after a compile(), a compile() that
// was forgotten each time, and goes on.
// A rule gives the sentence, or "" where it has nothing to say; it is better silent than wrong.

#include <algorithm>
#include <map>
#include <ostream>
#include <sstream>
#include <utility>

#include "tanuki/data/preprocessing.hpp"
#include "tanuki/models/model.hpp"
#include "tanuki/training/trainer.hpp"

namespace tanuki {
namespace lint {

template <class... Parts>
std::string sentence(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}

template <class B>
std::string drifted(const Model<B>& model, const Trainer<B>& trainer) {
  if (!trainer.drifted(model)) return {};
  return "what is trainable has changed since compile(); training goes on with what it was. "
         "Call compile() for the change to take effect.";
}

template <class B>
std::string nothing_trainable(Trainer<B>& trainer) {
  return trainer.plan().trainable_weights().empty() ? "the model has no trainable weights." : "";
}

template <class B>
std::string threshold_on_logits(const Trainer<B>& trainer) {
  if (!trainer.objective().has_threshold_on_logits(0.5)) return {};
  return "the loss takes logits, and BinaryAccuracy counts a logit above 0.5 as class 1, "
         "a probability of 0.622. Use BinaryAccuracy({.threshold = 0}) for 0.5.";
}

/// Weights that were trained already, as the frozen ones were before, are soon forgotten in large steps.
template <class B>
std::string rate_after_unfreezing(Trainer<B>& trainer) {
  if (!trainer.unfroze() || !trainer.options().learning_rate_multipliers.empty()) return {};
  static const std::map<std::string, double> high{{"SGD", 1e-2},   {"Adam", 1e-3},   {"AdamW", 1e-3},
                                                  {"Nadam", 1e-3}, {"Adamax", 1e-3}, {"RMSprop", 1e-3}};
  const auto& optimizer = trainer.optimizer();
  const auto found = high.find(optimizer.class_name());
  if (found == high.end() ||
      optimizer.learning_rate() < found->second * 0.999)  // it may be a rounded float32
    return {};
  return sentence("more weights are trained than before this compile(), with a learning_rate of ",
                  optimizer.learning_rate(),
                  ": what they have learned may be lost. For fine-tuning 1e-5 is usual.");
}

/// Statistics of a few images are far from those of the data, which inference uses.
template <class B>
std::string small_batches(Trainer<B>& trainer, Index examples) {
  constexpr Index enough = 8;
  if (examples >= enough) return {};
  const auto& graph = trainer.plan().graph();
  for (const auto& step : graph.steps()) {
    if (step.op->saved(graph.input_shapes(step)).for_commit)
      return sentence("'", step.path, "' takes its statistics of batches of ", examples, ", expected ",
                      enough,
                      " or more. A frozen one, or one that is called with training = false, takes none.");
  }
  return {};
}

struct Range {
  float low, high;

  static Range of(const std::vector<float>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    return {*low, *high};
  }
  float spread() const { return high - low; }
  friend std::ostream& operator<<(std::ostream& out, Range r) { return out << r.low << " to " << r.high; }
};

/// Numbers that are not what the base was trained on, where they reach a kernel of it that is frozen: the base is known by
/// its name, as of keras.applications. Silent where they are in the range of that family, in its middle, and a quarter of it.
inline std::string range_of_family(const std::string& base, const std::string& path, Range seen) {
  const auto family = applications::preprocessing_of_model(base);
  if (!family) return {};
  Range expected{0, 0};
  for (std::size_t c = 0; c < 3; ++c) {
    expected.low = std::min(expected.low, -family->mean[c] / family->deviation[c]);
    expected.high = std::max(expected.high, (255 / family->divisor - family->mean[c]) / family->deviation[c]);
  }
  const float slack = expected.spread() / 10, middle = (expected.low + expected.high) / 2;
  if (seen.low >= expected.low - slack && seen.low < middle && seen.high > middle &&
      seen.high <= expected.high + slack && seen.spread() > expected.spread() / 4)
    return {};
  return sentence("numbers of ", seen, " reach '", path, "', which is frozen; in keras.applications '", base,
                  "' was trained on ", expected, family->bgr ? ", blue, green and red" : "",
                  ". preprocess_input() makes these of pixels of 0 to 255.");
}

/// Pixels that reach the first kernel as they are, 0 to 255; or that the model scales though they were scaled before; or
/// that are not what a frozen base was trained on.
/// Silent where something with learned weights that is no kernel, as a batch normalisation, comes first.
template <class B>
std::string input_range(const Model<B>& model, const Batch& batch) {
  if (model.inputs().size() != 1 || batch.x.size() != 1 || batch.size() == 0) return {};
  const Shape& image = model.inputs()[0].shape();
  if (image.rank() != 3 || (image[2] != 1 && image[2] != 3)) return {};
  std::vector<int> outputs;
  auto graph = model.graph(false, outputs);
  const auto learned = [](const auto& weight) { return weight.role() == Role::learned; };
  const auto first = std::find_if(graph.steps().begin(), graph.steps().end(), [&](const auto& step) {
    const auto weights = step.op->weights();
    return std::any_of(weights.begin(), weights.end(), learned);
  });
  if (first == graph.steps().end() || first->op->weights()[0].shape().rank() < 2) return {};
  const std::string path = first->path;
  const auto trained = model.trainable_weights();
  const bool frozen = std::find(trained.begin(), trained.end(), first->op->weights()[0]) == trained.end();
  const OnDevice<B> input(*batch.x[0], 0, std::min<Index>(batch.size(), 8));
  const auto view = input.view();
  const int value = first->inputs[0];
  Plan<B> before(std::move(graph), std::vector<int>{value});
  const Range given = Range::of(on_host(view));
  const Range seen = Range::of(on_host(before.forward(default_context<B>(), std::span(&view, 1))[0]));
  if (seen.low >= 0 && seen.high > 32 && seen.high <= 256)
    return sentence(
        "pixels of ", seen, " reach '", path,
        "' unscaled, expected numbers around 0: begin the model with a Rescaling or Normalization, "
        "or use preprocess_input().");
  if (given.spread() > 0 && given.low >= -2.5f && given.high <= 2.5f && seen.spread() < given.spread() / 50)
    return sentence(
        "the data, of ", given, ", reach '", path, "' as ", seen,
        ": they were scaled already, and the model scales them again. It expects pixels of 0 to 255.");
  if (!frozen || seen.spread() == 0) return {};
  const auto slash = path.rfind('/');
  const std::string above = slash == path.npos ? model.name() : path.substr(0, slash);
  return range_of_family(above.substr(above.rfind('/') + 1), path, seen);
}

/// The labels of an epoch, class by class.
class ClassCounts {
 public:
  /// Ignores what names no class; with weights, which are there to balance, everything.
  void add(const Batch& batch) {
    if (!batch.weights.empty() || batch.y.size() != 1) return;
    const Shape& shape = batch.y[0]->shape();
    if (shape.rank() == 0 || shape.rank() > 2) return;
    const Index columns = shape.rank() == 2 ? shape[1] : 1;
    for (const float* row = batch.y[0]->data(); row != batch.y[0]->data() + batch.y[0]->size();
         row += columns) {
      const float* one = std::max_element(row, row + columns);
      if (columns == 1) {
        if (*row == std::nearbyint(*row)) ++counts_[Index(*row)];
      } else if (*one == 1 && std::count(row, row + columns, 0.0f) == columns - 1) {
        ++counts_[one - row];
      }
    }
  }

  std::string imbalance() const {
    if (counts_.size() < 2) return {};
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto [rare, common] = std::minmax_element(counts_.begin(), counts_.end(), fewer);
    if (common->second < 50 || common->second <= 10 * rare->second) return {};
    return sentence("class ", common->first, " has ", common->second, " examples, class ", rare->first,
                    " has ", rare->second,
                    ": a network may learn to ignore the rare one. class_weight can balance them.");
  }

 private:
  std::map<Index, Index> counts_;
};

}  // namespace lint

namespace detail {

inline void warn_of_cached_randomness(std::ostream& out, const Dataset& data) {
  if (data.caches_randomness())
    out << "Warning: the data are cached behind a map with random numbers, so every epoch has the same ones. "
           "Map after cache().\n";
}

/// Labels number the classes in their order, so other names may mean other labels.
inline void warn_of_other_classes(std::ostream& out, const Dataset& data, const Dataset& validation) {
  const auto &a = data.class_names(), &b = validation.class_names();
  if (a.empty() || b.empty() || a == b) return;
  const auto list = [](const auto& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  };
  out << "Warning: the classes of validation_data are " << list(b) << "; those of the training data are "
      << list(a) << '\n';
}

}  // namespace detail

/// What fit() calls as it goes: at its beginning, with each batch, at the end of each epoch. Batches are looked at in the first
/// epoch that is seen as a whole: where a training goes on in the middle of one, its last batch may come first.
template <class B>
class Lint {
 public:
  Lint(std::ostream& out, const Model<B>& model) : out_(out), model_(model) {}

  void begin(Trainer<B>& trainer) {
    say(lint::drifted(model_, trainer));  // each time: it may have changed after the last fit()
    watching_ = look_at_size_ = trainer.warn_once();
    if (!watching_) return;
    say(lint::nothing_trainable(trainer));
    say(lint::threshold_on_logits(trainer));
    say_rate(trainer);
    const auto& losses = trainer.options().loss.all();
    classifies_ = losses.size() == 1 && losses[0] && losses[0].name().ends_with("crossentropy") &&
                  losses[0].name().find("focal") == std::string::npos;
  }

  /// Other weights are trained from now on.
  void go_on(Trainer<B>& trainer) {
    trainer.warn_once();
    say_rate(trainer);
    look_at_size_ = !said_size_;
  }

  /// With data that fits the model's inputs, the first of which counts.
  void inputs(const Batch& batch) {
    if (watching_ && !std::exchange(saw_inputs_, true)) say(lint::input_range(model_, batch));
  }

  /// Before a batch is trained on; it may hold features in place of inputs. `first`: of a pass over the data.
  void batch(Trainer<B>& trainer, const Batch& batch, bool first) {
    if (first && std::exchange(look_at_size_, false)) {
      said_size_ = say(lint::small_batches(trainer, batch.size()));
    }
    if (!watching_) return;
    saw_first_ |= first;
    if (saw_first_ && classifies_) counts_.add(batch);
  }

  void epoch_end() {
    if (!watching_ || !saw_first_) return;
    say(counts_.imbalance());
    watching_ = false;
  }

 private:
  bool say(const std::string& sentence) {
    if (!sentence.empty()) out_ << "Warning: " << sentence << '\n';
    return !sentence.empty();
  }
  void say_rate(Trainer<B>& trainer) {
    if (!said_rate_) said_rate_ = say(lint::rate_after_unfreezing(trainer));
  }

  std::ostream& out_;
  const Model<B>& model_;
  bool watching_ = false, saw_inputs_ = false, saw_first_ = false, classifies_ = false;
  bool look_at_size_ = false, said_size_ = false, said_rate_ = false;
  lint::ClassCounts counts_;
};

}  // namespace tanuki
