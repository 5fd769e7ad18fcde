#include <catch2/catch.hpp>
#include <limits>
#include <sstream>

#include "tanuki/callbacks/terminate_on_nan.hpp"

namespace test_terminate_on_nan {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("a loss that is no finite number ends training") {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    std::ostringstream out;
    TerminateOnNaN callback({.output = &out});
    CHECK(callback.handles_not_finite());
    callback.on_train_batch_end(0, {{"loss", 1}, {"auc", bad}});
    CHECK_FALSE(callback.stops_training());
    callback.on_train_batch_end(4, {{"auc", 1}, {"loss", bad}});
    CHECK(callback.stops_training());
    CHECK(out.str() == "Batch 4: Invalid loss, terminating training\n");
  }
}

TEST_CASE("where an error is asked for, there is one") {
  TerminateOnNaN callback({.raise_error = true});
  CHECK_FALSE(callback.handles_not_finite());
  CHECK_THROWS_WITH(callback.on_train_batch_end(4, {{"loss", std::numeric_limits<double>::infinity()}}),
                    Contains("[terminate_on_nan] the loss is inf at batch 4"));
}

}  // namespace test_terminate_on_nan
