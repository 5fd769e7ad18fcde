// Work that is recorded and launched as graphs, on the host device: what cannot be recorded, errors, and what a device cannot do.

#include <catch2/catch.hpp>
#include <thread>

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/core/tensor.hpp"
#include "tests/cuda/host_device.hpp"

namespace tanuki::test_recording {

using test::HostDevice;

constexpr Index count = 6;

/// Six commands on memory of its own, whose result depends on each of them and on their order.
struct Work {
  Context<Cuda> context;
  Tensor<Cuda> x{Shape{count}, std::vector<float>{1, 2, 3, 4, 5, 6}}, y{Shape{count}}, z{Shape{count}};
  gpu::Replay replay;
  HostDevice::Graphs before = HostDevice::instance().graphs();

  gpu::Device& device() { return context.device(); }
  gpu::Stream main() { return device().main_stream(); }

  void scale(const float* from, float factor, float* to) {
    context.launch_over(count, "elementwise", "scale", from, factor, 1.0f, to, count);
  }
  /// y = factor · x + x.
  void begin(float factor) {
    const float *a = x.data(), *b = y.data();
    scale(a, factor, y.data());
    context.launch_over(count, "elementwise", "sum", a, b, y.data(), count);
  }
  /// z = y · x[0], which is 1, by a product; y = 2 · z.
  void end() {
    const float *a = x.data(), *b = y.data(), *c = z.data();
    device().zero(main(), z.data(), count * sizeof(float));
    context.multiply({.a = b, .b = a, .c = z.data(), .rows = count, .columns = 1, .inner = 1});
    device().copy(main(), y.data(), c, count * sizeof(float));
    scale(b, 2, y.data());
  }
  void all(float factor) { begin(factor), end(); }

  std::vector<float> expected(float factor) const {
    std::vector<float> values;
    for (Index i = 0; i < count; ++i) values.push_back(2 * (factor + 1) * float(i + 1));
    return values;
  }
  template <class Body>
  void run(Body&& body) {
    std::fill_n(poison.data(), count, -1.0f);
    device().copy_from_host(main(), y.data(), poison.data(), count * sizeof(float));
    device().copy_from_host(main(), z.data(), poison.data(), count * sizeof(float));
    replay.run(device(), body);
  }
  template <class Body>
  void check(float factor, Body&& body) {
    run(body);
    CHECK(y.to_vector() == expected(factor));
  }
  void check(float factor) {
    check(factor, [&] { all(factor); });
  }
  /// Since it was made: graphs made, updated, launched.
  std::vector<Index> graphs() const {
    const auto& now = HostDevice::instance().graphs();
    return {now.made - before.made, now.updated - before.updated, now.launched - before.launched};
  }

  std::vector<float> poison = std::vector<float>(count);
};

using Counts = std::vector<Index>;

TEST_CASE("what comes again is a graph, which is made once") {
  Work work;
  work.check(3), work.check(3);
  CHECK(work.graphs() == Counts{0, 0, 0});
  for (int i = 0; i < 4; ++i) work.check(3);
  CHECK(work.graphs() == Counts{1, 0, 4});
}

TEST_CASE("other arguments are changed in the graph, where they differ") {
  Work work;
  for (int i = 0; i < 4; ++i) work.check(float(i));
  CHECK(work.graphs() == Counts{1, 1, 2});
  work.check(3), work.check(5);
  CHECK(work.graphs() == Counts{1, 2, 4});
}

TEST_CASE("a graph is made anew of other work that stays, and other work in between goes by itself") {
  Work work;
  const auto once_more = [&] { work.begin(7), work.all(2); };
  for (int i = 0; i < 3; ++i) work.check(2);
  work.check(2, once_more);
  CHECK(work.graphs() == Counts{1, 0, 1});
  work.check(2);
  CHECK(work.graphs() == Counts{1, 0, 2});
  for (int i = 0; i < 3; ++i) work.check(2, once_more);
  CHECK(work.graphs() == Counts{2, 0, 4});
  const auto tensor = std::exchange(work.z, Tensor<Cuda>(Shape{count}));  // z lies elsewhere
  for (int i = 0; i < 3; ++i) work.check(2, once_more);
  CHECK(work.graphs() == Counts{3, 0, 6});
}

TEST_CASE("little work is not made a graph") {
  Work work;
  for (int i = 0; i < 5; ++i) {
    work.run([&] { work.begin(2); });
    CHECK(work.y.to_vector() == std::vector<float>{3, 6, 9, 12, 15, 18});
  }
  CHECK(work.graphs() == Counts{0, 0, 0});
}

TEST_CASE("what cannot be recorded comes between two graphs, in its turn") {
  HostDevice& device = HostDevice::instance();
  const std::vector<float> numbers{1, 2, 3, 4, 5, 6}, wrong(count, 100);
  std::vector<float> read(count);
  const auto bytes = count * sizeof(float);
  const gpu::Stream other = device.create_stream();
  const gpu::Event event = device.create_event();
  for (int what = 0; what < 5; ++what) {
    CAPTURE(what);
    Work work;
    Tensor<Cuda> spare;
    const auto between = [&] {
      work.all(1);
      if (what == 0) {
        spare = Tensor<Cuda>();
      } else if (what == 1) {
        device.copy_to_host(work.main(), read.data(), work.y.data(), bytes);
        CHECK(read == work.expected(1));
      } else if (what == 2) {
        device.copy_from_host(work.main(), work.x.data(), wrong.data(), bytes);
        device.copy_from_host(work.main(), work.x.data(), numbers.data(), bytes);
      } else if (what == 3) {
        device.record(event, work.main()), device.wait(other, event);
        device.zero(other, work.y.data(), bytes);
        device.record(event, other), device.wait(work.main(), event);
      } else {
        device.synchronize(work.main());
      }
      work.all(4);
    };
    for (int i = 0; i < 5; ++i) {
      spare = Tensor<Cuda>({3});
      work.check(4, between);
    }
    CHECK(work.graphs() == Counts{2, 0, 6});
  }
  device.destroy_event(event), device.destroy(other);
}

TEST_CASE("memory that is new each time is used by work that goes by itself") {
  Work work;
  std::vector<Tensor<Cuda>> kept;
  for (int i = 0; i < 6; ++i) {
    work.check(2, [&] {
      work.all(1);
      Tensor<Cuda> copy = work.x;  // allocated and released within
      work.context.multiply(
          {.a = work.x.data(), .b = work.x.data(), .c = copy.data(), .rows = 1, .columns = 1, .inner = 6});
      kept.emplace_back(Shape{count});
      work.all(2);
    });
  }
}

TEST_CASE("more pieces than are kept are done all the same") {
  Work work;
  for (int i = 0; i < 4; ++i) {
    work.check(2, [&] {
      for (int piece = 0; piece < 20; ++piece) work.all(2), work.device().synchronize(work.main());
    });
  }
  CHECK(work.graphs() == Counts{16, 0, 32});
}

TEST_CASE("an error of the work comes out, what was before it is done, and the next run is right") {
  Work work;
  for (int i = 0; i < 6; ++i) {
    if (i % 2 == 0) {
      work.check(3);
      continue;
    }
    const auto fails = [&] { work.all(3), fail("the work is wrong"); };
    CHECK_THROWS_WITH(work.run(fails), "the work is wrong");
    CHECK(work.y.to_vector() == work.expected(3));
    CHECK(gpu::Recorder::current() == nullptr);
  }
}

TEST_CASE("what the device refuses is said once, by the run that it belongs to") {
  Work work;
  const Tensor<Cuda> small({2});
  const auto beyond = [&] {
    work.all(3);
    work.device().zero(work.main(), const_cast<float*>(small.data()), 1000);
    work.all(3);
  };
  const auto released = [&] {
    beyond();
    Tensor<Cuda> copy({2}), none;
    copy = std::move(none);  // may not throw
  };
  for (int i = 0; i < 3; ++i) {
    work.check(3);
    CHECK_THROWS_WITH(work.run(beyond), Catch::Contains("bytes are used where there are fewer"));
    CHECK_THROWS_WITH(work.run(released), Catch::Contains("bytes are used where there are fewer"));
  }
  work.check(3);
}

TEST_CASE("in a graph it is still found what another stream uses") {
  Work work;
  for (int i = 0; i < 3; ++i) work.check(3);
  CHECK(work.graphs() == Counts{1, 0, 1});
  HostDevice& device = HostDevice::instance();
  const gpu::Stream other = device.create_stream();
  const gpu::Event event = device.create_event();
  device.record(event, device.main_stream()), device.wait(other, event);
  device.zero(other, work.y.data(), count * sizeof(float));
  CHECK_THROWS_WITH(work.replay.run(device, [&] { work.all(3); }), Catch::Contains("another stream"));
  CHECK(work.graphs() == Counts{1, 0, 1});  // it came to no end
  device.record(event, other), device.wait(device.main_stream(), event);
  work.check(3);
  CHECK(work.graphs() == Counts{1, 0, 2});
  device.destroy_event(event), device.destroy(other);
}

TEST_CASE("a stream is not taken for one that was at its address before") {
  Work work;
  HostDevice& device = HostDevice::instance();
  const gpu::Event event = device.create_event();
  const auto zero = [&](gpu::Stream stream) { device.zero(stream, work.y.data(), count * sizeof(float)); };
  for (int i = 0; i < 20; ++i) {
    const gpu::Stream other = device.create_stream();
    device.record(event, device.main_stream()), device.wait(other, event);
    for (int times = 20 - i; times > 0; --times) zero(other);
    CHECK_THROWS_WITH(zero(device.main_stream()), Catch::Contains("another stream"));
    device.record(event, other), device.wait(device.main_stream(), event);
    zero(device.main_stream());
    device.destroy(other);
  }
  device.destroy_event(event);
}

TEST_CASE("another stream is not ahead of what was recorded before, nor the main stream behind its waiting") {
  HostDevice& device = HostDevice::instance();
  const gpu::Stream other = device.create_stream();
  const gpu::Event event = device.create_event();
  Work work;
  const Tensor<Cuda> to(Shape{count});
  for (int i = 0; i < 3; ++i) {
    work.check(3);
    device.record(event, device.main_stream()), device.wait(other, event);
    const auto reads = [&] {
      work.all(3);
      device.copy(other, const_cast<float*>(to.data()), work.y.data(), count * sizeof(float));
    };
    CHECK_THROWS_WITH(work.replay.run(device, reads),
                      Catch::Contains("memory is used that another stream wrote"));
    device.record(event, device.main_stream()), device.wait(other, event);
    device.zero(other, work.x.data(), 0);
    device.record(event, other);
    const auto waits_late = [&] { work.all(3), device.wait(device.main_stream(), event), work.all(3); };
    CHECK_THROWS_WITH(work.run(waits_late), Catch::Contains("memory is used that another stream wrote"));
    device.wait(device.main_stream(), event);
  }
  device.destroy_event(event), device.destroy(other);
}

TEST_CASE("a device that makes, updates or launches no graphs does the work one by one") {
  HostDevice& device = HostDevice::instance();
  Work unmade, fixed;
  device.allow_graphs(false, true);
  for (int i = 0; i < 5; ++i) unmade.check(3);
  CHECK(unmade.graphs() == Counts{0, 0, 0});
  device.allow_graphs(true, false);
  for (int i = 0; i < 6; ++i) fixed.check(float(i));
  CHECK(fixed.graphs() == Counts{1, 0, 1});
  for (int i = 0; i < 3; ++i) fixed.check(5);
  device.allow_graphs(true, true);
  for (int i = 0; i < 3; ++i) unmade.check(3);
  CHECK(unmade.replay.counts().made == 0);  // it is tried no more
  CHECK(fixed.replay.counts().launched == 4);
  CHECK(fixed.graphs() == Counts{2, 0, 4});
  device.allow_graphs(true, true, false);
  Work still;
  for (int i = 0; i < 6; ++i) still.check(float(i / 2));
  CHECK(still.graphs() == Counts{1, 0, 0});
  device.allow_graphs(true, true);
}

TEST_CASE("a replay within another's recording is part of it, and another thread is no part") {
  Work outer, inner;
  for (int i = 0; i < 4; ++i) {
    outer.check(3, [&] {
      outer.begin(3);
      inner.replay.run(inner.device(), [&] { inner.all(2); });
      std::thread([] { CHECK(gpu::Recorder::current() == nullptr); }).join();
      outer.end();
    });
    CHECK(inner.y.to_vector() == inner.expected(2));
  }
  CHECK(outer.graphs() == Counts{1, 0, 2});
}

TEST_CASE("no graphs where they are turned off") {
  Work work;
  CHECK(work.context.graphs());
  work.context.graphs(false);
  for (int i = 0; i < 5; ++i) {
    work.context.replay(work.replay, [&] { work.all(2); });
    CHECK(work.y.to_vector() == work.expected(2));
  }
  CHECK(work.graphs() == Counts{0, 0, 0});
}

}  // namespace tanuki::test_recording
