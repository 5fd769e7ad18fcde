#include <catch2/catch.hpp>

#include "../io/scratch_folder.hpp"
#include "fake_model.hpp"
#include "tanuki/callbacks/csv_logger.hpp"

namespace test_csv_logger {

using namespace tanuki;
using namespace tanuki::test;
using Catch::Contains;

TEST_CASE("a log is the file that Keras writes") {
  for (const auto& golden : golden_callbacks()["csv_logger"]) {
    INFO(golden["options"].dump());
    const ScratchFolder folder;
    CSVLoggerOptions options{.filename = folder / "log.csv"};
    const GoldenOptions field{golden["options"]};
    field("separator", options.separator), field("append", options.append);
    for (const auto& training : golden["trainings"]) {
      CSVLogger callback(options);
      callback.on_train_begin();
      for (std::size_t epoch = 0; epoch < training.size(); ++epoch) {
        callback.on_epoch_begin(Index(epoch));
        callback.on_epoch_end(Index(epoch), golden_logs(training[epoch]));
      }
      callback.on_train_end({});
    }
    CHECK(read_bytes(options.filename) == golden["text"].get<std::string>());
  }
}

TEST_CASE("training that is resumed writes the file that it would have written") {
  const Json& training = golden_callbacks()["early_stopping"][0]["logs"];
  const ScratchFolder folder;
  const auto run = [&](CSVLogger& callback, Index begin, Index end) {
    for (Index epoch = begin; epoch < end; ++epoch) {
      callback.on_epoch_begin(epoch);
      callback.on_epoch_end(epoch, golden_logs(training[std::size_t(epoch)]));
    }
  };
  for (const bool append : {false, true}) {
    const CSVLoggerOptions options{.filename = folder / "log.csv", .append = append};
    const auto whole = [&] {
      write_bytes(options.filename, "epoch;x\r\n7;8\r\n");
      CSVLogger callback(options);
      callback.on_train_begin();
      run(callback, 0, 6);
      callback.on_train_end({});
      return read_bytes(options.filename);
    }();
    for (const Index checkpoint : {0, 1, 4, 6}) {
      INFO("append " << append << ", checkpoint " << checkpoint);
      write_bytes(options.filename, "epoch;x\r\n7;8\r\n");
      std::string state;
      {
        CSVLogger killed(options);
        killed.on_train_begin();
        run(killed, 0, checkpoint);
        if (checkpoint == 0) killed.on_epoch_begin(0);
        state = killed.state();
        run(killed, checkpoint, 6);
      }
      CSVLogger after(options);
      after.on_train_begin();
      after.restore(state);
      run(after, checkpoint, 6);
      CHECK((checkpoint == 6 || read_bytes(options.filename) == whole));
    }
    std::filesystem::remove(options.filename);
  }
}

TEST_CASE("resumed without its file, a log begins anew") {
  const ScratchFolder folder;
  const CSVLoggerOptions options{.filename = folder / "log.csv"};
  CSVLogger callback(options);
  callback.on_train_begin();
  callback.on_epoch_end(0, {{"loss", 1}, {"val_loss", 2}});
  const auto state = callback.state();
  std::filesystem::remove(options.filename);
  CSVLogger after(options);
  after.on_train_begin();
  after.restore(state);
  after.on_epoch_end(1, {{"loss", 0.5}, {"val_loss", 1.5}});
  CHECK(read_bytes(options.filename) == "epoch,loss,val_loss\r\n1,0.5,1.5\r\n");
}

TEST_CASE("a name with the separator or quotes in it is quoted") {
  const ScratchFolder folder;
  CSVLogger callback({.filename = folder / "log.csv"});
  callback.on_train_begin();
  callback.on_epoch_end(0, {{"a,b", 1}, {"c\"d", 2}, {"val_e", std::numeric_limits<double>::quiet_NaN()}});
  CHECK(read_bytes(folder / "log.csv") == "epoch,\"a,b\",\"c\"\"d\",val_e\r\n0,1.0,2.0,nan\r\n");
}

TEST_CASE("a log that cannot be written is refused before the first epoch") {
  CHECK_THROWS_WITH(CSVLogger({.filename = ""}), Contains("[csv_logger] filename is empty"));
  CHECK_THROWS_WITH(CSVLogger({.filename = "a", .separator = ", "}),
                    Contains("[csv_logger] separator is ', ', expected one character"));
  const ScratchFolder folder;
  CSVLogger callback({.filename = folder / "no/such/log.csv"});
  callback.on_train_begin();
  CHECK_THROWS_WITH(callback.on_epoch_begin(0), Contains("[csv_logger] cannot write") && Contains("log.csv"));
}

}  // namespace test_csv_logger
