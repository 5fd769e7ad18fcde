#pragma once

// The device that everything of the backend runs on, one for the process. tanuki/cuda.hpp brings the GPU, which is looked
// for when it is first asked for; a test installs another one before.

#include <mutex>

#include "tanuki/backend/cuda/device/device.hpp"

namespace tanuki::gpu {

using MakeDevice = std::unique_ptr<Device> (*)();

namespace detail {

struct CurrentDevice {
  std::mutex mutex;
  MakeDevice make = nullptr;
  std::unique_ptr<Device> device;
};

/// Stays to the very end: tensors of static objects are released later than anything here could be.
inline CurrentDevice& current_device() {
  static auto* current = new CurrentDevice;
  return *current;
}

}  // namespace detail

/// How the device is made when it is first asked for. Gives true, to be called for a variable.
inline bool make_device_by(MakeDevice make) {
  detail::current_device().make = make;
  return true;
}

/// Before anything has been asked of the device.
inline Device& install_device(std::unique_ptr<Device> device) {
  auto& current = detail::current_device();
  current.device = std::move(device);
  return *current.device;
}

/// Throws NoDevice where there is none.
inline Device& device() {
  auto& current = detail::current_device();
  std::lock_guard lock(current.mutex);
  if (!current.device) {
    if (!current.make) throw NoDevice("no GPU can be used: the program does not include tanuki/cuda.hpp");
    current.device = current.make();
  }
  return *current.device;
}

}  // namespace tanuki::gpu
