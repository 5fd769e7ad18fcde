#pragma once

// What kernels leave for the host: it asks for many at once, after all have been launched, and waits once.

#include <memory>
#include <vector>

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/core/later.hpp"

namespace tanuki::gpu {

/// What a kernel may write: a sum; and a place, counted from behind so that the greatest is the first, 0 for none.
struct Reading {
  double sum;
  long long from_behind;
};

namespace detail {

struct ReadingsPage {
  static constexpr std::size_t most = 256;
  Buffer<Cuda> memory = Buffer<Cuda>(Index(most * sizeof(Reading) / sizeof(float)));
  std::vector<Reading> on_host = std::vector<Reading>(most);
  std::size_t given = 0, read = 0;

  Reading* on_device() { return reinterpret_cast<Reading*>(memory.data()); }
};

}  // namespace detail

/// A place for one, of the calling thread, that is 0 at first. What writes it is to be launched before any is read.
class ReadingPlace {
 public:
  explicit ReadingPlace(Context<Cuda>& context) : device_(&context.device()) {
    thread_local std::shared_ptr<Page> current;
    if (!current || (current.use_count() > 1 && current->given == Page::most))
      current = std::make_shared<Page>();
    if (current.use_count() == 1) {  // nobody asks for what was there
      current->given = current->read = 0;
      device_->zero(device_->main_stream(), current->on_device(), Page::most * sizeof(Reading));
    }
    page_ = current;
    number_ = current->given++;
  }

  double* sum() const { return &page_->on_device()[number_].sum; }
  long long* from_behind() const { return &page_->on_device()[number_].from_behind; }

  /// Waits, and then brings all that were given by now.
  Reading read() const {
    Page& page = *page_;
    if (number_ >= page.read) {
      device_->copy_to_host(device_->main_stream(), &page.on_host[page.read], page.on_device() + page.read,
                            (page.given - page.read) * sizeof(Reading));
      page.read = page.given;
    }
    return page.on_host[number_];
  }

 private:
  using Page = detail::ReadingsPage;

  Device* device_;
  std::shared_ptr<Page> page_;
  std::size_t number_;
};

}  // namespace tanuki::gpu
