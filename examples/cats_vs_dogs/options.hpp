#pragma once

// The command line of cats_vs_dogs.

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

struct Options {
  std::string data, weights, out = "out", precision = "float32", backend = "cpu", checkpoint;
  std::vector<std::string> evaluate;
  long epochs = 20, fine_tune_epochs = 10, batch_size = 32, micro_batch_size = 0, image_size = 150,
       checkpoint_every = 0;
  float learning_rate = 1e-3f, fine_tune_learning_rate = 1e-5f;
  bool augment = true;
  unsigned long seed = 0;
  int threads = 0;
};

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// True where all of the text is a number that fits.
template <class Number>
bool read_whole(const std::string& text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return stop == end && error == std::errc();
}

/// $TANUKI_CACHE, else ~/.cache/tanuki.
inline std::string cache_folder() {
  const std::string cache = environment("TANUKI_CACHE");
  return cache.empty() ? environment("HOME") + "/.cache/tanuki" : cache;
}

/// CLI11's checks: each gives the reason against a text, or "". CLI11 itself takes nan, and -1 for a seed.
inline std::string positive_number(const std::string& text) {
  float value = 0;
  const bool good = read_whole(text, value) && std::isfinite(value) && value > 0;
  return good ? "" : "'" + text + "' was given, expected a number above 0";
}
inline std::string seed_number(const std::string& text) {
  unsigned long value = 0;
  return read_whole(text, value) ? ""
                                 : "'" + text + "' was given, expected a whole number from 0 to 2^64 - 1";
}

/// Ends the program on bad options: with CLI11's message, or with status 2 or 3 and one sentence.
inline Options parse(int argc, char** argv) {
  Options options;
  CLI::App app{"Fine-tunes ImageNet Xception on two classes of photos"};
  options.data = environment("TANUKI_CATS_VS_DOGS");
  options.weights = cache_folder() + "/xception_notop.safetensors";
  app.add_option("--data", options.data, "photos: train/ and validation/, or one folder a class")
      ->capture_default_str();
  app.add_option("--weights", options.weights, "Xception without top, from `tanuki convert`")
      ->capture_default_str();
  app.add_option("--epochs", options.epochs, "with the base frozen")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  app.add_option("--fine-tune-epochs", options.fine_tune_epochs, "with everything trainable")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "images a step")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--micro-batch-size", options.micro_batch_size,
                 "images at once, to save memory; 0: all of a step's")
      ->check(CLI::Range(0, 65536))
      ->capture_default_str();
  app.add_option("--image-size", options.image_size, "pixels")
      ->check(CLI::Range(71, 4096))
      ->capture_default_str();
  app.add_option("--learning-rate", options.learning_rate)->check(positive_number)->capture_default_str();
  app.add_option("--fine-tune-learning-rate", options.fine_tune_learning_rate)
      ->check(positive_number)
      ->capture_default_str();
  app.add_flag("!--no-augment", options.augment, "no random flips and rotations");
  app.add_option("--seed", options.seed, "of everything random")->check(seed_number)->capture_default_str();
  app.add_option("--precision", options.precision, "what products compute in")
      ->check(CLI::IsMember({"float32", "mixed_bfloat16"}))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "0: $TANUKI_NUM_THREADS, else one a core")
      ->check(CLI::Range(0, 1024));
  app.add_option("--backend", options.backend)->check(CLI::IsMember({"cpu", "cuda"}))->capture_default_str();
  app.add_option("--out", options.out, "where the results go")->capture_default_str();
  app.add_option("--evaluate", options.evaluate, "photos to test on in the end; may be given often")
      ->allow_extra_args(false);
  app.add_option("--checkpoint", options.checkpoint, "file to go on from where it is there, and to keep")
      ->check([](const std::string& path) {
        return std::string(path.empty() ? "the name of the file is empty" : "");
      });
  app.add_option("--checkpoint-every", options.checkpoint_every, "training steps; 0: after each epoch")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) ? 2 : 0);
  }

  const auto refuse = [](int status, const std::string& why) {
    std::cerr << "cats_vs_dogs: " << why << '\n';
    std::exit(status);
  };
#ifndef TANUKI_WITH_CUDA
  if (options.backend == "cuda") refuse(3, "--backend cuda: this program was built without the CUDA toolkit");
#endif
  if (options.checkpoint.empty() && options.checkpoint_every)
    refuse(2, "--checkpoint-every: give --checkpoint FILE too");
  if (options.data.empty()) refuse(2, "no photos: give --data DIR or set TANUKI_CATS_VS_DOGS");
  if (!std::filesystem::exists(options.weights)) {
    refuse(2,
           "no weights at '" + options.weights + "': run scripts/fetch_weights.sh, or give --weights FILE");
  }
  return options;
}
