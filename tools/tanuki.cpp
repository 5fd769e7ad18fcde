// The command-line tool for files of Keras: models and weights.
//
//   build/bin/tanuki convert IN OUT.safetensors    IN: .keras, .weights.h5 or the legacy .h5 of Keras
//   build/bin/tanuki convert IN OUT.keras          IN: a whole model, .keras or legacy .h5
//   build/bin/tanuki summary FILE                  what any of these holds, or a .safetensors file
//   build/bin/tanuki predict MODEL.keras IN.npy… OUT.npy…
//   build/bin/tanuki predict MODEL.keras IMAGE… [--json]
//   build/bin/tanuki fit MODEL.keras X.npy Y.npy OUT.keras [options]
//
// predict and fit take --backend cuda; without a GPU they end with 3.

#include <CLI/CLI.hpp>
#include <iostream>

#include "tanuki/backend.hpp"
#include "tanuki/convert.hpp"
#include "tanuki/input_shape.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/own_process.hpp"
#include "tanuki/weight_file.hpp"

int main(int argc, char** argv) {
  CLI::App app("Models and weights, of Keras and of tanuki.");
  app.require_subcommand(1);
  std::string in, out, file, backend = "cpu";
  bool quiet = false;
  std::string sizes;
  const auto add_input_shape = [&](CLI::App& command) {
    command.add_option("--input-shape", sizes, "150,150,3: where the model's file leaves sizes open")
        ->check(
            [](const std::string& text) { return tool::shape_of(text) ? "" : "'" + text + tool::no_shape; });
  };
  const auto add_backend = [&](CLI::App& command) {
    command.add_option("--backend", backend, "cpu, or cuda: an NVIDIA GPU")
        ->check(CLI::IsMember({"cpu", "cuda"}))
        ->capture_default_str();
  };

  CLI::App* convert =
      app.add_subcommand("convert", "Makes a .safetensors file, or a .keras file, of a file of Keras");
  convert->add_option("IN", in, ".keras, .weights.h5 or legacy .h5")->required();
  convert->add_option("OUT", out, "the .safetensors file to write, or the .keras file of a whole model")
      ->required();
  convert->add_flag("--quiet", quiet, "do not list the tensors");
  add_input_shape(*convert);

  CLI::App* summary = app.add_subcommand("summary", "Lists the tensors of a file");
  summary->add_option("FILE", file, ".safetensors, .keras, .weights.h5 or legacy .h5")->required();

  tool::PredictSettings prediction;
  CLI::App* predict =
      app.add_subcommand("predict", "Prints or writes what a model makes of images or a tensor");
  predict->add_option("MODEL", prediction.model, "a .keras file, or a whole model in legacy .h5")->required();
  predict
      ->add_option("IN", prediction.files,
                   "a .npy file (batch first) for each input, then for each output, or image files")
      ->required();
  predict->add_flag("--json", prediction.json, "for images: print JSON");
  add_input_shape(*predict);
  add_backend(*predict);

  tool::FitSettings training;
  bool no_shuffle = false;
  CLI::App* fit =
      app.add_subcommand("fit", "Trains a model on two .npy files, and writes it with its optimizer");
  fit->add_option("MODEL", training.model, "a .keras file")->required();
  fit->add_option("X", training.x, ".npy, batch first")->required();
  fit->add_option("Y", training.y, ".npy: the labels")->required();
  fit->add_option("OUT", training.out, "the .keras file to write")->required();
  fit->add_option("--loss", training.loss, "Keras' name of a loss; the file's if not given");
  fit->add_option("--optimizer", training.optimizer, "Keras' name of an optimizer; the file's if not given");
  fit->add_option("--learning-rate", training.learning_rate, "the file's, or the optimizer's default");
  fit->add_option("--epochs", training.options.epochs, "passes over the data")
      ->check(CLI::Range(1, 1000000000));
  fit->add_option("--batch-size", training.options.batch_size, "examples a step")
      ->check(CLI::Range(1, 1000000000))
      ->capture_default_str();
  fit->add_flag("--no-shuffle", no_shuffle, "in the order of the files");
  fit->add_option("--validation-split", training.options.validation_split,
                  "this last part of the data is for validation")
      ->check(tool::part_of_data, "from 0 to below 1");
  fit->add_flag("--json", training.json, "print the history as JSON");
  add_backend(*fit);

  const auto is_named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc > 1 && argv[1][0] != '-' && app.get_subcommands(is_named).empty()) {
    std::cerr << "tanuki: there is no command '" << argv[1]
              << "', expected convert, summary, predict or fit\n";
    return 2;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) ? 2 : 0;
  }
  std::vector<tanuki::Shape> shapes;
  if (!sizes.empty()) shapes.push_back(*tool::shape_of(sizes));
  if (*predict) {
    prediction.shapes = shapes;
    if (prediction.of_tensors() && !shapes.empty()) {
      std::cerr << "tanuki: --input-shape is for images; '" << prediction.files[0]
                << "' says what its examples are\n";
      return 2;
    }
    if (prediction.of_tensors() && prediction.json) {
      std::cerr << "tanuki: --json is for images; what is made of '" << prediction.files[0]
                << "' is written to an OUT.npy\n";
      return 2;
    }
    const auto work = [&] { tool::on_backend(backend, [&]<class B>() { tool::predict<B>(prediction); }); };
    return tool::in_own_process(prediction.model, work, false);
  }
  if (*fit) {
    training.options.shuffle = !no_shuffle;
    const auto work = [&] { tool::on_backend(backend, [&]<class B>() { tool::fit<B>(training); }); };
    return tool::in_own_process(training.model, work, false);
  }
  if (*summary) return tool::in_own_process(file, [&] { tool::print_summary(std::cout, file); });
  return tool::in_own_process(in, [&] { tool::convert(in, out, shapes, quiet); });
}
