#pragma once

// model.freeze(), unfreeze() and unfreeze_last(): trainable flags by pattern, model.what_will_train(): what comes of them.
// The flags mean what Keras' do; where one changes, what was compiled stays as it was until the next compile().

#include <iomanip>
#include <map>
#include <ostream>
#include <set>

#include "tanuki/core/format.hpp"
#include "tanuki/core/glob.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki {

/// A layer that is no model, wherever it is nested.
template <class B>
struct InnerLayer {
  std::string path;  ///< "xception/block1_conv1"
  std::shared_ptr<const Layer<B>> layer;
  bool runs_in_training =
      false;  ///< fit() calls it in training mode: not where it, or what it is in, has training = false
};

/// Each layer once, in the order of the layers, those of a nested model in its place.
template <class B>
std::vector<InnerLayer<B>> inner_layers(const Model<B>& model) {
  std::vector<InnerLayer<B>> found;
  std::map<const void*, std::size_t> places;
  const auto visit = [&](const auto& self, const Model<B>& inside, const std::string& prefix,
                         bool training) -> void {
    std::map<const void*, bool> called;  // in training mode, by any of its calls
    for (const auto& node : inside.nodes()) {
      if (node->layer) called[node->layer->state().get()] |= node->training.value_or(training);
    }
    for (const auto& node : inside.layers()) {
      if (!node->layer) continue;
      const bool trains = called[node->layer->state().get()];
      const std::string path = prefix + node->name;
      if (const auto* inner = dynamic_cast<const Model<B>*>(node->layer.get())) {
        self(self, *inner, path + "/", trains);
        continue;
      }
      const auto [place, is_new] = places.emplace(node->layer->state().get(), found.size());
      if (is_new) found.push_back({path, node->layer, trains});
      found[place->second].runs_in_training |= trains;
    }
  };
  visit(visit, model, "", true);
  return found;
}

namespace detail {

/// Sets the flag of the layers whose path, or name, matches. Throws Error where none does.
template <class B>
Index set_trainable_where(const Model<B>& model, const std::string& pattern, bool value) {
  Index count = 0;
  std::string nearest;
  std::size_t most = 0;
  for (const auto& [path, layer, _] : inner_layers(model)) {
    if (glob_matches(pattern, path) || glob_matches(pattern, layer->name())) {
      layer->trainable(value);
      ++count;
    }
    const auto begins_alike = [&](const std::string& name) {
      const auto end = std::mismatch(name.begin(), name.end(), pattern.begin(), pattern.end()).first;
      return std::size_t(end - name.begin());
    };
    const std::size_t alike = std::max(begins_alike(path), begins_alike(layer->name()));
    if (nearest.empty() || alike > most) nearest = path, most = alike;
  }
  if (count == 0)
    fail("in '", model.name(), "': no layer matches '", pattern, "'; the nearest is '", nearest, "'");
  if (value) model.state()->trainable = true;
  return count;
}

}  // namespace detail

/// Freezes every layer whose path ("xception/block1_conv1") or name matches the pattern (see core/glob.hpp), those of
/// nested models included. Returns how many match. Throws Error, with the nearest, where none does.
template <class B>
Index Model<B>::freeze(const std::string& pattern) const {
  return detail::set_trainable_where(*this, pattern, false);
}

/// The same, but makes them trainable, and the model itself with them: with its own flag off nothing would train.
template <class B>
Index Model<B>::unfreeze(const std::string& pattern) const {
  return detail::set_trainable_where(*this, pattern, true);
}

/// Makes the last `count` layers that have weights trainable, those of nested models counted one by one, and the model
/// itself; all others stay as they are. Throws Error where there are not so many.
template <class B>
void Model<B>::unfreeze_last(Index count) const {
  std::vector<InnerLayer<B>> layers = inner_layers(*this);
  std::erase_if(layers, [](const auto& inner) { return inner.layer->weights().empty(); });
  if (count < 1 || count > Index(layers.size()))
    fail("in '", this->name(), "': ", count, " layers cannot be unfrozen, expected 1 to ", layers.size(),
         ": so many have weights");
  for (auto inner = layers.end() - count; inner != layers.end(); ++inner) inner->layer->trainable(true);
  this->state()->trainable = true;
}

/// What the next compile() will train.
struct TrainingReport {
  struct Row {
    std::string path, class_name;
    Index trained = 0, still = 0;  ///< numbers that the optimizer moves, and the others
    std::string why;               ///< "trained", "frozen", "the model is frozen", and how statistics go
  };

  std::vector<Row> rows;  ///< of layers with weights
  Index trained = 0, still = 0;

  friend std::ostream& operator<<(std::ostream& out, const TrainingReport& report) {
    std::size_t width = 5;
    for (const auto& row : report.rows) width = std::max(width, row.path.size());
    for (const auto& row : report.rows) {
      out << std::left << std::setw(int(width) + 2) << row.path << std::right << std::setw(12)
          << with_commas(row.trained) << " of " << std::setw(12) << with_commas(row.trained + row.still)
          << "  " << row.why << '\n';
    }
    return out << with_commas(report.trained) << " of " << with_commas(report.trained + report.still)
               << " parameters will be trained\n";
  }
};

/// Each layer with weights: what of it will be trained, or why nothing. A weight that two layers share counts once.
template <class B>
TrainingReport Model<B>::what_will_train() const {
  TrainingReport report;
  std::set<const void*> trained, seen;
  for (const auto& weight : this->trainable_weights()) trained.insert(weight.id());
  for (const auto& [path, layer, runs_in_training] : inner_layers(*this)) {
    typename TrainingReport::Row row{path, layer->class_name(), 0, 0, "trained"};
    for (const auto& weight : layer->weights()) {
      if (!seen.insert(weight.id()).second) continue;
      (trained.count(weight.id()) ? row.trained : row.still) += weight.shape().elements();
    }
    if (layer->weights().empty()) continue;
    if (!layer->trainable()) {
      row.why = "frozen";
    } else if (!this->trainable()) {
      row.why = "the model is frozen";
    } else if (row.trained == 0) {
      row.why = "has nothing to train";
    }
    if (layer->class_name() == "BatchNormalization")
      row.why += layer->trainable() && runs_in_training ? ", statistics of the batch" : ", statistics still";
    report.trained += row.trained;
    report.still += row.still;
    report.rows.push_back(std::move(row));
  }
  return report;
}

}  // namespace tanuki
