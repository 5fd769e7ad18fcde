#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>

#include "tanuki/core/context.hpp"

namespace test_thread_pool {

using namespace tanuki;

TEST_CASE("every task is run once, whatever the number of threads") {
  for (int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (Index count : {0, 1, 2, 100}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
      for (int round = 0; round < 200; ++round) {
        pool.run(count, [&](Index i, int worker) {
          if (worker >= 0 && worker < threads) ++runs[std::size_t(i)];
        });
      }
      for (const auto& n : runs) CHECK(n == 200);
    }
  }
}

TEST_CASE("a task's exception reaches the caller, and the pool goes on") {
  ThreadPool pool(3);
  CHECK_THROWS_WITH(pool.run(50,
                             [](Index i, int) {
                               if (i == 17) fail("task ", i);
                             }),
                    "task 17");
  std::atomic<int> runs = 0;
  pool.run(50, [&](Index, int) { ++runs; });
  CHECK(runs == 50);
}

TEST_CASE("a call from inside a task, and calls from several threads, end") {
  Context<Cpu> context(3);
  std::atomic<Index> sum = 0;
  context.parallel(8, [&](Index i, int) { context.parallel(4, [&](Index j, int) { sum += i * j; }); });
  CHECK(sum == 28 * 6);
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      for (int round = 0; round < 100; ++round) context.parallel(10, [&](Index, int) { ++sum; });
    });
  }
  for (auto& caller : callers) caller.join();
  CHECK(sum == 28 * 6 + 4000);
}

TEST_CASE("a number of threads that cannot be is refused, and those there were stay") {
  Context<Cpu> context(3);
  for (int threads : {-1, 1025, 100000}) {
    CHECK_THROWS_WITH(context.threads(threads), Catch::Contains(std::to_string(threads) + " threads") &&
                                                    Catch::Contains("0 (as many as cores) to 1024"));
  }
  CHECK(context.threads() == 3);
}

#ifndef __SANITIZE_ADDRESS__  // which could not live within the limit
TEST_CASE("threads that the system does not give are an error, not the end") {
  const pid_t child = fork();  // a limit of its own
  if (child == 0) {
    const rlimit memory{std::size_t{1} << 30, std::size_t{1} << 30};  // each thread's stack takes 8 MiB of it
    setrlimit(RLIMIT_AS, &memory);
    try {
      ThreadPool(1000);
    } catch (const Error& error) {
      std::_Exit(std::string(error.what()).starts_with("[threads] 1000 threads were asked for, ") ? 0 : 2);
    }
    std::_Exit(1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif

TEST_CASE("scratch memory belongs to its owner's type") {
  struct A;
  struct B;
  float* a = Context<Cpu>::scratch<A>(100);
  a[99] = 7;
  float* b = Context<Cpu>::scratch<B>(1000);
  CHECK(a != b);
  CHECK(Context<Cpu>::scratch<A>(50) == a);
  CHECK(a[99] == 7);
}

TEST_CASE("TANUKI_NUM_THREADS sets the number of threads, and nonsense in it is refused") {
  setenv("TANUKI_NUM_THREADS", "3", 1);
  CHECK(Context<Cpu>().threads() == 3);
  CHECK(Context<Cpu>(2).threads() == 2);
  for (const char* bad : {"0", "-1", "two", "1.5", "99999"}) {
    setenv("TANUKI_NUM_THREADS", bad, 1);
    CHECK_THROWS_WITH(Context<Cpu>(), Catch::Contains("TANUKI_NUM_THREADS") && Catch::Contains(bad));
  }
  unsetenv("TANUKI_NUM_THREADS");
}

}  // namespace test_thread_pool
