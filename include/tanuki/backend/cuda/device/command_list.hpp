#pragma once

// Launches, products, convolutions, copies and zeroings, put down to be done later, once or more often, in their order.

#include <cstring>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "tanuki/backend/cuda/device/convolution.hpp"

namespace tanuki::gpu {

/// A kernel by its names, which must stay, as literals do. Its arguments lie in the list.
struct LaunchCommand {
  std::string_view file, name;
  Extent grid, block;
  std::size_t first, count;
  bool operator==(const LaunchCommand&) const = default;
};
struct CopyCommand {
  void* to;
  const void* from;
  std::size_t bytes;
  bool operator==(const CopyCommand&) const = default;
};
struct ZeroCommand {
  void* to;
  std::size_t bytes;
  bool operator==(const ZeroCommand&) const = default;
};
using Command = std::variant<LaunchCommand, Product, Convolution, CopyCommand, ZeroCommand>;

class CommandList {
 public:
  /// The values of the arguments are copied.
  void launch(std::string_view file, std::string_view name, Extent grid, Extent block,
              std::span<const Argument> arguments) {
    commands_.emplace_back(LaunchCommand{file, name, grid, block, kept_.size(), arguments.size()});
    for (const auto& argument : arguments) {
      const std::size_t at = bytes_.size();
      bytes_.resize(at + (argument.size + alignment - 1) / alignment * alignment);
      std::memcpy(bytes_.data() + at, argument.value, argument.size);
      kept_.push_back({at, argument.size, argument.kind, argument.constant});
    }
  }
  template <class Other>
  void add(const Other& command) {
    commands_.emplace_back(command);
  }
  /// What follows takes the memory that there is.
  void clear() { commands_.clear(), kept_.clear(), bytes_.clear(); }

  std::size_t size() const { return commands_.size(); }
  const Command& operator[](std::size_t i) const { return commands_[i]; }

  /// As they were given; their values stay as long as the list is not changed.
  std::vector<Argument> arguments(const LaunchCommand& launch) const {
    std::vector<Argument> all;
    for (const auto& kept : std::span(kept_).subspan(launch.first, launch.count))
      all.push_back({bytes_.data() + kept.at, kept.size, kept.kind, kept.constant});
    return all;
  }

  bool operator==(const CommandList& other) const {
    return is_same_but_for_arguments(other) && bytes_ == other.bytes_;
  }
  /// The same but for the values of arguments.
  bool is_same_but_for_arguments(const CommandList& other) const {
    return commands_ == other.commands_ && kept_ == other.kept_;
  }
  /// The launches whose arguments have other values in a list that is like this one.
  std::vector<std::size_t> differing(const CommandList& other) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      const auto* launch = std::get_if<LaunchCommand>(&commands_[i]);
      if (!launch || launch->count == 0) continue;
      const Kept &first = kept_[launch->first], &last = kept_[launch->first + launch->count - 1];
      if (std::memcmp(bytes_.data() + first.at, other.bytes_.data() + first.at,
                      last.at + last.size - first.at) != 0)
        found.push_back(i);
    }
    return found;
  }

 private:
  static constexpr std::size_t alignment = alignof(std::max_align_t);

  /// An argument whose value begins at byte `at`.
  struct Kept {
    std::size_t at, size;
    ArgumentKind kind;
    bool constant;
    bool operator==(const Kept&) const = default;
  };

  std::vector<Command> commands_;
  std::vector<Kept> kept_;
  std::vector<std::byte> bytes_;
};

}  // namespace tanuki::gpu
