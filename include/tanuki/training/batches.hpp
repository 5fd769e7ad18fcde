#pragma once

// The batches that a loop over data takes, whether they come from a Dataset or from tensors: inputs, labels and
// sample weights, one for each input and output of the model.

#include <algorithm>
#include <cmath>

#include "tanuki/core/random.hpp"
#include "tanuki/data/dataset.hpp"

namespace tanuki {

/// Label number → weight; other labels weigh 1.
using ClassWeight = std::map<Index, double>;

/// Tensors of another owner; weights may be none.
struct Batch {
  std::vector<const Tensor<Cpu>*> x, y, weights = {};
  const std::vector<Index>* entries = nullptr;  ///< see Example; null or empty: not known
  bool features =
      false;  ///< x is not what the model takes but what comes of it at the frontier: see feature_batches.hpp

  Index size() const { return !x.empty() && x[0]->shape().rank() ? x[0]->shape()[0] : 0; }
};

/// Throws Error unless there are examples, as many in each tensor.
inline void check_sizes(const Batch& batch) {
  if (batch.size() < 1) fail("the batch has no examples");
  for (const auto* tensors : {&batch.x, &batch.y, &batch.weights}) {
    for (const auto* tensor : *tensors) {
      if (tensor->shape().rank() && tensor->shape()[0] == batch.size()) continue;
      fail(tensors == &batch.x   ? "inputs "
           : tensors == &batch.y ? "labels "
                                 : "sample weights ",
           tensor->shape(), " do not fit inputs ", batch.x[0]->shape(), ": the batches differ");
    }
  }
}

inline std::vector<const Tensor<Cpu>*> pointers(const std::vector<Tensor<Cpu>>& tensors) {
  std::vector<const Tensor<Cpu>*> all;
  for (const auto& tensor : tensors) all.push_back(&tensor);
  return all;
}

/// One pass; next() is null at the end, and what it gives is good until it is called again.
class BatchPass {
 public:
  virtual ~BatchPass() = default;
  virtual const Batch* next() = 0;
  /// As Iterator::skip().
  virtual Index skip(Index count) {
    Index skipped = 0;
    while (skipped < count && next()) ++skipped;
    return skipped;
  }
};

/// What can be passed over, once an epoch. It refers to the data that it was made of.
class Batches {
 public:
  virtual ~Batches() = default;
  /// -1 where it is not known.
  virtual Index cardinality() const = 0;
  /// As it is before the first pass: see Dataset.
  virtual Index cardinality_foretold() const { return cardinality(); }
  virtual std::unique_ptr<BatchPass> iterate(Index epoch) const = 0;
  /// The names of the classes that labels number, where they are known.
  virtual std::vector<std::string> class_names() const { return {}; }
  /// Whether its batches have entries.
  virtual bool has_entries() const { return false; }
  /// The entries of each batch of a pass, supposing that no file is bad; none where that cannot be told.
  virtual std::optional<EntryLists> entries(Index epoch) const { return (void)epoch, std::nullopt; }
};

/// A weight for each label: class numbers, or one-hot rows. (keras/src/trainers/data_adapters/data_adapter_utils.py)
inline Tensor<Cpu> class_weights_of(const Tensor<Cpu>& labels, const ClassWeight& weights) {
  const Shape& shape = labels.shape();
  if (shape.rank() == 0 || shape.rank() > 2)
    fail("class_weight is for labels (batch,) or (batch, classes), ", shape, " were given");
  const Index columns = shape.rank() == 2 ? shape[1] : 1;
  Tensor<Cpu> result(Shape{shape[0]});
  for (Index i = 0; i < shape[0]; ++i) {
    const float* row = labels.data() + i * columns;
    const Index label =
        columns == 1 ? Index(std::nearbyint(*row)) : std::max_element(row, row + columns) - row;
    const auto found = weights.find(label);
    result.data()[i] = found == weights.end() ? 1.0f : float(found->second);
  }
  return result;
}

class DatasetBatches final : public Batches {
 public:
  explicit DatasetBatches(Dataset data, ClassWeight class_weight = {})
      : data_(std::move(data)), class_weight_(std::move(class_weight)) {}

  Index cardinality() const override { return data_.cardinality(); }
  Index cardinality_foretold() const override { return data_.cardinality_foretold(); }
  std::unique_ptr<BatchPass> iterate(Index epoch) const override {
    return std::make_unique<Pass>(data_.iterate(epoch), class_weight_);
  }
  std::vector<std::string> class_names() const override { return data_.class_names(); }
  bool has_entries() const override { return data_.has_entries(); }
  std::optional<EntryLists> entries(Index epoch) const override { return data_.entries(epoch); }

 private:
  class Pass final : public BatchPass {
   public:
    Pass(std::unique_ptr<Iterator> source, const ClassWeight& class_weight)
        : source_(std::move(source)), class_weight_(class_weight) {}

    const Batch* next() override {
      example_ = source_->next();
      if (!example_) return nullptr;
      batch_ = {with({&example_->x}, example_->more_x), with({&example_->y}, example_->more_y),
                pointers(example_->sample_weight), &example_->entries};
      if (!class_weight_.empty()) {
        if (!batch_.weights.empty())
          fail("class_weight is given, and the dataset has sample weights: expected one of them");
        weights_ = class_weights_of(example_->y, class_weight_);
        batch_.weights = {&weights_};
      }
      return &batch_;
    }
    Index skip(Index count) override { return source_->skip(count); }

   private:
    static std::vector<const Tensor<Cpu>*> with(std::vector<const Tensor<Cpu>*> first,
                                                const TensorList& more) {
      for (const auto& tensor : more) first.push_back(&tensor);
      return first;
    }

    std::unique_ptr<Iterator> source_;
    const ClassWeight& class_weight_;
    std::optional<Example> example_;
    Tensor<Cpu> weights_;
    Batch batch_;
  };

  Dataset data_;
  ClassWeight class_weight_;
};

struct TensorBatchesOptions {
  std::string_view caller = {};  ///< begins what errors say: "[fit] "
  Index batch_size = 32;
  Index first = 0, count = -1;                          ///< the rows to take; -1: all from `first` on
  std::optional<std::uint64_t> shuffle = std::nullopt;  ///< a seed
};

/// Rows of tensors. Throws Error where these are not equally many.
class TensorBatches final : public Batches {
 public:
  TensorBatches(Batch data, TensorBatchesOptions options) : data_(std::move(data)), options_(options) {
    if (options_.batch_size < 1)
      fail(options_.caller, "batch_size is ", options_.batch_size, ", expected at least 1");
    if (data_.x.empty()) fail(options_.caller, "no inputs were given");
    const auto check = [&](const char* what, const auto& tensors) {
      for (const auto* tensor : tensors) {
        if (tensor->shape().rank() == 0)
          fail(options_.caller, what, " () has no first axis, over the examples");
        if (tensor->shape()[0] != data_.size())
          fail(options_.caller, what, " ", tensor->shape(), " and x ", data_.x[0]->shape(),
               " are not equally many examples");
      }
    };
    check("x", data_.x), check("y", data_.y), check("sample_weight", data_.weights);
    if (options_.count < 0) options_.count = data_.size() - options_.first;
  }

  Index cardinality() const override {
    return (options_.count + options_.batch_size - 1) / options_.batch_size;
  }
  std::unique_ptr<BatchPass> iterate(Index epoch) const override {
    return std::make_unique<Pass>(data_, options_, epoch);
  }
  bool has_entries() const override { return true; }
  std::optional<EntryLists> entries(Index epoch) const override {
    const auto rows = order(options_, epoch);
    EntryLists lists;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % std::size_t(options_.batch_size) == 0) lists.emplace_back();
      lists.back().push_back(rows[i]);
    }
    return lists;
  }

 private:
  static std::vector<Index> order(const TensorBatchesOptions& options, Index epoch) {
    return options.shuffle ? stages::random_order(options.count, *options.shuffle, epoch)
                           : entries_in_order(options.count);
  }

  class Pass final : public BatchPass {
   public:
    Pass(const Batch& data, const TensorBatchesOptions& options, Index epoch)
        : data_(data), options_(options), rows_(order(options, epoch)) {}

    const Batch* next() override {
      const Index left = Index(rows_.size()) - place_;
      if (left == 0) return nullptr;
      const Index count = std::min(left, options_.batch_size);
      gather(data_.x, x_, count), gather(data_.y, y_, count), gather(data_.weights, weights_, count);
      entries_.assign(rows_.begin() + place_, rows_.begin() + place_ + count);
      batch_ = {pointers(x_), pointers(y_), pointers(weights_), &entries_};
      place_ += count;
      return &batch_;
    }

   private:
    void gather(const std::vector<const Tensor<Cpu>*>& from, TensorList& to, Index count) const {
      to.resize(from.size());
      for (std::size_t i = 0; i < from.size(); ++i) {
        const Shape row = from[i]->shape().without_batch(), shape = row.with_batch(count);
        if (!(to[i].shape() == shape)) to[i] = Tensor<Cpu>(shape);
        for (Index k = 0; k < count; ++k) {
          const float* data =
              from[i]->data() + (options_.first + rows_[std::size_t(place_ + k)]) * row.elements();
          std::copy(data, data + row.elements(), to[i].data() + k * row.elements());
        }
      }
    }

    const Batch& data_;
    TensorBatchesOptions options_;
    std::vector<Index> rows_, entries_;
    Index place_ = 0;
    TensorList x_, y_, weights_;
    Batch batch_;
  };

  Batch data_;
  TensorBatchesOptions options_;
};

}  // namespace tanuki
