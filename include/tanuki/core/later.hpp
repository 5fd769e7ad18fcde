#pragma once

// A number that is not known yet: a GPU works beside the host, which waits only where it asks for what comes of that.

#include <algorithm>
#include <concepts>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace tanuki {

template <class T>
class Later {
 public:
  Later(T value) : value_(std::move(value)) {}

  /// What `get` gives, which is asked each time.
  template <class Get>
  requires std::is_invocable_r_v<T, const Get&> Later(Get get) : get_(std::move(get)) {}

  /// Nothing is to be waited for.
  bool known() const { return value_.has_value(); }

  /// Waits for it. Throws Error where the work that it comes of cannot give it.
  T get() const { return value_ ? *value_ : get_(); }

 private:
  std::optional<T> value_;
  std::function<T()> get_;
};

/// `change` of the number, once that is known.
template <class T, class Change>
auto then(Later<T> number, Change change) {
  using Result = std::invoke_result_t<const Change&, T>;
  if (number.known()) return Later<Result>(change(number.get()));
  return Later<Result>([number = std::move(number), change] { return change(number.get()); });
}

/// All together, added in order.
inline Later<double> total_of(std::vector<Later<double>> numbers) {
  const auto add = [](const std::vector<Later<double>>& all) {
    double sum = 0;
    for (const auto& number : all) sum += number.get();
    return sum;
  };
  if (std::all_of(numbers.begin(), numbers.end(), [](const auto& number) { return number.known(); }))
    return add(numbers);
  return [numbers = std::move(numbers), add] { return add(numbers); };
}

}  // namespace tanuki
