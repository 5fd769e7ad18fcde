#pragma once

// Where a thread's work for the main stream goes instead of to the device, while there is one.

#include "tanuki/backend/cuda/device/command_list.hpp"

namespace tanuki::gpu {

class Device;

class Recorder {
 public:
  explicit Recorder(Device& of) : device(of) {}
  virtual ~Recorder() = default;

  /// Something comes that cannot be put down: what was, is given to the device before it.
  virtual void flush() = 0;
  /// The same where nothing may be thrown.
  virtual void flush_before_release() noexcept = 0;

  Device& device;
  CommandList commands;

  /// This thread's; null where there is none.
  static Recorder*& current() {
    thread_local Recorder* recorder = nullptr;
    return recorder;
  }
};

}  // namespace tanuki::gpu
