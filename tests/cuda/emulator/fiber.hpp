#pragma once

// A stack of its own for a piece of work that can be left in the middle and gone on with. The address sanitizer is told
// of each switch.

#include <ucontext.h>

#include <functional>
#include <memory>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace tanuki::emulator {

class Fiber {
 public:
  /// `work` must not throw.
  explicit Fiber(std::function<void()> work) : work_(std::move(work)), stack_(new char[stack_size]) {
    getcontext(&inside_);
    inside_.uc_stack.ss_sp = stack_.get();
    inside_.uc_stack.ss_size = stack_size;
    inside_.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&inside_, reinterpret_cast<void (*)()>(&Fiber::main), 2, unsigned(self >> 32),
                unsigned(self & 0xFFFFFFFFu));
  }
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Goes on with the work until it leaves or is done.
  void enter() {
    start_switch(&outside_fake_, stack_.get(), stack_size);
    swapcontext(&outside_, &inside_);
    finish_switch(outside_fake_);
  }

  /// From inside: back to whoever entered.
  void leave() {
    start_switch(&inside_fake_, outside_bottom_, outside_size_);
    swapcontext(&inside_, &outside_);
    finish_switch(inside_fake_);
  }

 private:
  static constexpr std::size_t stack_size = std::size_t{256} << 10;

  static void main(unsigned high, unsigned low) {
    auto* self = reinterpret_cast<Fiber*>(std::uintptr_t{high} << 32 | low);
    self->finish_switch(nullptr);
    self->work_();
    self->leave();
  }

#if defined(__SANITIZE_ADDRESS__)
  static void start_switch(void** fake, const void* bottom, std::size_t size) {
    __sanitizer_start_switch_fiber(fake, bottom, size);
  }
  void finish_switch(void* fake) {
    const void* bottom;
    std::size_t size;
    __sanitizer_finish_switch_fiber(fake, &bottom, &size);
    if (bottom != stack_.get()) outside_bottom_ = bottom, outside_size_ = size;
  }
#else
  static void start_switch(void**, const void*, std::size_t) {}
  void finish_switch(void*) {}
#endif

  std::function<void()> work_;
  std::unique_ptr<char[]> stack_;
  ucontext_t inside_{}, outside_{};
  void *inside_fake_ = nullptr, *outside_fake_ = nullptr;
  const void* outside_bottom_ = nullptr;
  std::size_t outside_size_ = 0;
};

}  // namespace tanuki::emulator
