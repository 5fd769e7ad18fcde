#pragma once

// Batches whose inputs have gone through the part of a model that stays as it is (models/frontier.hpp). Each example goes
// through once; from then on its features and labels come from a store, and where the data can tell the order of a pass
// without making it, nothing else is read.

#include <functional>
#include <list>
#include <ostream>

#include "tanuki/models/frontier.hpp"
#include "tanuki/training/batches.hpp"
#include "tanuki/training/feature_store.hpp"
#include "tanuki/training/host.hpp"

namespace tanuki {

template <class B>
class FeatureBatches final : public Batches {
 public:
  using Check = std::function<void(const Batch&)>;

  /// `check` throws where a batch of `data` is none for the model; `at_once`: examples that go through together, 0: all of a
  /// batch; `most`: see FeatureStore; where that is full, it says so and goes on without. Refers to what it is given.
  FeatureBatches(const Batches& data, SplitPlan<B>& split, Check check, Index at_once, Index most,
                 std::ostream& warnings)
      : data_(data),
        split_(split),
        check_(std::move(check)),
        at_once_(at_once),
        store_(most),
        warnings_(warnings) {}

  Index cardinality() const override { return data_.cardinality(); }
  bool has_entries() const override { return data_.has_entries(); }
  std::optional<EntryLists> entries(Index epoch) const override { return data_.entries(epoch); }

  std::unique_ptr<BatchPass> iterate(Index epoch) const override {
    forget_what_changed();
    if (auto lists = data_.entries(epoch); lists && all_kept(*lists))
      return std::make_unique<Replay>(*this, std::move(*lists), epoch);
    return std::make_unique<Recording>(*this, data_.iterate(epoch));
  }

 private:
  /// What a row of the store holds, one after the other.
  struct Columns {
    std::vector<Shape> x, y, weights;  ///< of one example
    Index size = 0;
  };

  class Pass : public BatchPass {
   protected:
    explicit Pass(const FeatureBatches& owner) : owner_(owner) {}

    const Batch* gather(const std::vector<Index>& entries) {
      const Columns& columns = owner_.columns_;
      allocate(columns.x, x_, entries.size());
      allocate(columns.y, y_, entries.size());
      allocate(columns.weights, weights_, entries.size());
      for (std::size_t i = 0; i < entries.size(); ++i) {
        owner_.store_.read(entries[i], [&](const float* row) {
          for (TensorList* list : {&x_, &y_, &weights_}) {
            for (auto& tensor : *list) {
              const Index size = tensor.shape().without_batch().elements();
              std::copy(row, row + size, tensor.data() + Index(i) * size);
              row += size;
            }
          }
        });
      }
      batch_ = {pointers(x_), pointers(y_), pointers(weights_), &entries, true};
      return &batch_;
    }

    static void allocate(const std::vector<Shape>& shapes, TensorList& to, std::size_t count) {
      to.resize(shapes.size());
      for (std::size_t i = 0; i < shapes.size(); ++i) {
        const Shape shape = shapes[i].with_batch(Index(count));
        if (!(to[i].shape() == shape)) to[i] = Tensor<Cpu>::uninitialized(shape);
      }
    }

    const FeatureBatches& owner_;
    TensorList x_, y_, weights_;
    Batch batch_;
  };

  class Recording final : public Pass {
   public:
    Recording(const FeatureBatches& owner, std::unique_ptr<BatchPass> source)
        : Pass(owner), source_(std::move(source)) {}

    Index skip(Index count) override { return source_->skip(count); }

    const Batch* next() override {
      const Batch* batch = source_->next();
      if (!batch) return nullptr;
      this->owner_.forget_what_changed();
      this->owner_.check_(*batch);
      check_sizes(*batch);
      const bool numbered = batch->entries && Index(batch->entries->size()) == batch->size();
      if (numbered && this->owner_.all_kept({*batch->entries})) return this->gather(*batch->entries);
      this->owner_.compute(*batch, this->x_);
      this->batch_ = {pointers(this->x_), batch->y, batch->weights, batch->entries, true};
      if (numbered) this->owner_.keep(this->batch_);
      return &this->batch_;
    }

   private:
    std::unique_ptr<BatchPass> source_;
  };

  class Replay final : public Pass {
   public:
    Replay(const FeatureBatches& owner, EntryLists lists, Index epoch)
        : Pass(owner), lists_(std::move(lists)), epoch_(epoch) {}

    const Batch* next() override {
      if (place_ == lists_.size()) return nullptr;
      if (!instead_ && this->owner_.forget_what_changed()) {  // in the middle of a pass
        instead_ = std::make_unique<Recording>(this->owner_, this->owner_.data_.iterate(epoch_));
        instead_->skip(Index(place_));
      }
      const auto& entries = lists_[place_++];
      return instead_ ? instead_->next() : this->gather(entries);
    }

   private:
    EntryLists lists_;
    Index epoch_;
    std::size_t place_ = 0;
    std::unique_ptr<Recording> instead_;
  };

  bool all_kept(const EntryLists& lists) const {
    for (const auto& list : lists) {
      for (Index entry : list) {
        if (!store_.contains(entry)) return false;
      }
    }
    return true;
  }

  void compute(const Batch& batch, TensorList& features) const {
    const Index examples = batch.size(), most = at_once_ ? at_once_ : examples;
    for (Index first = 0; first < examples; first += most) {
      const Index count = std::min(most, examples - first);
      std::list<OnDevice<B>> inputs;
      std::vector<ConstTensorView<B>> views;
      for (const auto* x : batch.x) views.push_back(inputs.emplace_back(*x, first, count).view());
      const auto values = split_.below->forward(default_context<B>(), views);
      features.resize(values.size());
      for (std::size_t i = 0; i < values.size(); ++i) {
        const Shape one = values[i].shape.without_batch(), all = one.with_batch(examples);
        if (!(features[i].shape() == all)) features[i] = Tensor<Cpu>::uninitialized(all);
        Memory<B>::to_host(features[i].data() + first * one.elements(), values[i].data,
                           std::size_t(count * one.elements()));
      }
    }
  }

  static Columns columns_of(const Batch& batch) {
    Columns columns;
    const auto add = [&](const auto& tensors, std::vector<Shape>& shapes) {
      for (const auto* tensor : tensors) {
        shapes.push_back(tensor->shape().without_batch());
        columns.size += shapes.back().elements();
      }
    };
    add(batch.x, columns.x), add(batch.y, columns.y), add(batch.weights, columns.weights);
    return columns;
  }

  /// Throws Error where labels or weights are of another shape than those that are kept.
  void check_columns(const Columns& columns) const {
    const auto check = [](const char* what, const std::vector<Shape>& given, const std::vector<Shape>& kept) {
      if (given.size() != kept.size())
        fail("the batch has ", given.size(), " ", what, ", the batches before had ", kept.size());
      for (std::size_t i = 0; i < given.size(); ++i) {
        if (!(given[i] == kept[i]))
          fail(what, " ", given[i], " an example were given, the batches before had ", kept[i]);
      }
    };
    check("labels", columns.y, columns_.y), check("sample weights", columns.weights, columns_.weights);
  }

  void keep(const Batch& batch) const {
    Columns columns = columns_of(batch);
    if (columns_.size == 0)
      columns_ = std::move(columns);
    else
      check_columns(columns);
    for (std::size_t i = 0; i < batch.entries->size() && !full_; ++i) {
      const Index entry = (*batch.entries)[i];
      if (store_.contains(entry)) continue;
      full_ = !store_.add(entry, columns_.size, [&](float* row) {
        for (const auto* tensors : {&batch.x, &batch.y, &batch.weights}) {
          for (const auto* tensor : *tensors) {
            const Index size = tensor->shape().without_batch().elements();
            const float* from = tensor->data() + Index(i) * size;
            row = std::copy(from, from + size, row);
          }
        }
      });
      if (full_)
        warnings_ << "Warning: there is no room to keep more of what comes out of the frozen layers, so the "
                     "other images "
                     "go through them in each epoch ("
                  << store_.reason() << "). See FitOptions::keep_features and features_in_memory.\n";
    }
  }

  /// A callback may have put other numbers into a weight. True where it has.
  bool forget_what_changed() const {
    std::vector<std::uint64_t> versions;
    for (const auto& weight : split_.weights) versions.push_back(weight.version());
    if (versions == versions_) return false;
    store_.clear();
    versions_ = std::move(versions);
    return true;
  }

  const Batches& data_;
  SplitPlan<B>& split_;
  Check check_;
  Index at_once_;
  mutable FeatureStore store_;
  std::ostream& warnings_;
  mutable bool full_ = false;
  mutable Columns columns_;
  mutable std::vector<std::uint64_t> versions_;
};

}  // namespace tanuki
