#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "tanuki/training/progress_bar.hpp"

namespace test_progress_bar {

using namespace tanuki;

namespace {

/// What a terminal shows: carriage returns go back, escape sequences do not show.
std::string shown(const std::string& text) {
  std::string result;
  std::size_t at = 0;
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (text[i] != 'm') ++i;
    } else if (text[i] == '\r') {
      at = 0;
    } else if (text[i] == '\n') {
      for (const auto& cell : cells) result += cell;
      result += '\n', cells.clear(), at = 0;
    } else if ((text[i] & 0xC0) == 0x80) {
      cells[at - 1] += text[i];
    } else {
      if (at == cells.size()) cells.emplace_back();
      cells[at++] = std::string(1, text[i]);
    }
  }
  for (const auto& cell : cells) result += cell;
  return result;
}

struct Fixture {
  double now = 100;
  std::ostringstream out;

  ProgressBarOptions options(Index steps, bool terminal, Index columns = 200) {
    return {.steps = steps, .terminal = terminal, .columns = columns, .clock = [this] { return now; }};
  }
  std::string shown() const { return test_progress_bar::shown(out.str()); }
};

std::string bars(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "━";
  return text;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "an epoch as Keras draws it on a terminal") {
  ProgressBar bar(out, options(13, true));
  now += 2;  // the first step sets things up: it does not count
  bar.update(1, {{"loss", 0.75}});
  CHECK(shown() == " 1/13 " + bars(20) + " 24s 2s/step - loss: 0.7500");
  now += 1.5;
  bar.update(3, {{"loss", 0.5}});
  CHECK(shown() == " 3/13 " + bars(20) + " 7s 750ms/step - loss: 0.5000");
  now += 7.5;
  bar.finish({{"binary_accuracy", 0.94}, {"loss", 0.139}, {"val_loss", 0.0002}});
  CHECK(shown() == "13/13 " + bars(20) +
                       " 11s 750ms/step - binary_accuracy: 0.9400 - loss: 0.1390 - val_loss: 2.0000e-04\n");
}

TEST_CASE_METHOD(Fixture, "a shorter line leaves nothing of the longer one") {
  ProgressBar bar(out, options(10, true));
  bar.update(1, {{"loss", 12.5}});
  now += 1;
  bar.update(2, {{"loss", 2.5}});
  CHECK(shown() == " 2/10 " + bars(20) + " 8s 1s/step - loss: 2.5000 ");
}

TEST_CASE_METHOD(Fixture, "the bar fills from the left") {
  ProgressBar bar(out, options(10, true));
  bar.update(5, {});
  CHECK(out.str().find("\x1b[32m" + bars(10) + "\x1b[37m" + bars(10) + "\x1b[0m") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "at most twenty drawings a second") {
  ProgressBar bar(out, options(10, true));
  bar.update(1, {});
  const auto size = out.str().size();
  now += 0.04;
  bar.update(2, {});
  CHECK(out.str().size() == size);
  now += 0.02;
  bar.update(3, {});
  CHECK(out.str().size() > size);
}

TEST_CASE_METHOD(Fixture, "one line an epoch where there is no terminal") {
  ProgressBar bar(out, options(4, false));
  now += 1;
  bar.update(1, {{"loss", 0.75}});
  now += 0.0006;
  bar.update(4, {{"loss", 0.5}});
  CHECK(out.str().empty());
  bar.finish({{"loss", 0.5}, {"val_loss", -2}});
  CHECK(out.str() == "4/4 - 1s - 200us/step - loss: 0.5000 - val_loss: -2.0000\n");
}

TEST_CASE_METHOD(Fixture, "an unknown number of steps") {
  {
    ProgressBar bar(out, options(0, true));
    now += 3;
    bar.update(2, {{"loss", 1}});
    CHECK(shown() == "      2/Unknown 3s 2s/step - loss: 1.0000");
    bar.finish({{"loss", 1}});
    CHECK(shown() == "2/2 " + bars(20) + " 3s 2s/step - loss: 1.0000\n");
  }
  out.str("");
  ProgressBar bar(out, options(0, false));
  bar.update(7, {});
  bar.finish({});
  CHECK(out.str() == "7/7 - 0s - 0s/step\n");
}

TEST_CASE_METHOD(Fixture, "the time that is left in hours and minutes") {
  ProgressBar bar(out, options(10'001, true));
  now += 1;
  bar.update(1, {});
  CHECK(shown().find(" 2:46:40 1s/step") != std::string::npos);
  now += 9'900;
  bar.update(9'901, {});
  CHECK(shown().find(" 1:40 1s/step") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a line that is drawn over never wraps") {
  ProgressBar bar(out, options(10, true, 40));
  const Logs logs{{"binary_accuracy", 0.5}, {"loss", 0.5}};
  bar.update(1, logs);
  CHECK(shown() == " 1/10 " + bars(20) + " 0s 0s/step -");
  bar.finish(logs);
  CHECK(shown() == "10/10 " + bars(20) + " 0s 0s/step - binary_accuracy: 0.5000 - loss: 0.5000\n");
}

TEST_CASE_METHOD(Fixture, "an exception leaves a line that has ended") {
  try {
    ProgressBar bar(out, options(10, true));
    bar.update(1, {});
    throw Error("the data is gone");
  } catch (const Error&) {
    CHECK(out.str().back() == '\n');
  }
}

TEST_CASE("a file is no terminal") {
  std::ostringstream out;
  CHECK_FALSE(is_terminal(out));
  ProgressBar bar(out, {.steps = 2});
  bar.update(1, {});
  CHECK(out.str().empty());
  bar.finish({{"loss", NAN}});
  CHECK(out.str().find("2/2 - 0s - ") == 0);
  CHECK(out.str().find(" - loss: nan\n") != std::string::npos);
}

}  // namespace test_progress_bar
