#include <catch2/catch.hpp>
#include <memory>

#include "tanuki/callbacks/lambda_callback.hpp"

namespace test_lambda_callback {

using namespace tanuki;

TEST_CASE("a callback made of functions calls those that it was given") {
  std::string calls;
  LambdaCallback lambda(
      {.on_train_begin = [&] { calls += "begin "; },
       .on_epoch_end = [&](Index epoch,
                           const Logs& logs) { calls += std::to_string(epoch) + logs[0].first + " "; },
       .on_train_batch_begin = [&](Index batch) { calls += "b" + std::to_string(batch) + " "; }});
  Callback& callback = lambda;
  callback.on_train_begin();
  callback.on_epoch_begin(0);
  callback.on_train_batch_begin(3);
  callback.on_train_batch_end(3, {});
  callback.on_epoch_end(7, {{"loss", 1}});
  callback.on_train_end({});
  CHECK(calls == "begin b3 7loss ");
}

TEST_CASE("all six hooks reach their functions") {
  int calls = 0;
  LambdaCallback lambda({.on_train_begin = [&] { calls += 1; },
                         .on_train_end = [&](const Logs&) { calls += 10; },
                         .on_epoch_begin = [&](Index) { calls += 100; },
                         .on_epoch_end = [&](Index, const Logs&) { calls += 1000; },
                         .on_train_batch_begin = [&](Index) { calls += 10'000; },
                         .on_train_batch_end = [&](Index, const Logs&) { calls += 100'000; }});
  lambda.on_train_begin(), lambda.on_train_end({});
  lambda.on_epoch_begin(0), lambda.on_epoch_end(0, {});
  lambda.on_train_batch_begin(0), lambda.on_train_batch_end(0, {});
  CHECK(calls == 111'111);
}

TEST_CASE("a callback may ask for the end") {
  Callback callback;
  CHECK_FALSE(callback.stops_training());
  callback.stop_training();
  CHECK(callback.stops_training());
  callback.stop_training(false);
  CHECK_FALSE(callback.stops_training());
}

}  // namespace test_lambda_callback
