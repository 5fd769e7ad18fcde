// The command-line tool for files of weights.
//
//   build/bin/tanuki convert IN OUT.safetensors    IN: .keras, .weights.h5 or the legacy .h5 of Keras
//   build/bin/tanuki summary FILE                  what any of these holds, or a .safetensors file

#include <CLI/CLI.hpp>
#include <iostream>

#include "tanuki/keras.hpp"
#include "tanuki/own_process.hpp"
#include "tanuki/weight_file.hpp"

int main(int argc, char** argv) {
  CLI::App app("Files of weights, of Keras and of tanuki.");
  app.require_subcommand(1);
  std::string in, out, file;
  bool quiet = false;

  CLI::App* convert = app.add_subcommand("convert", "Makes a .safetensors file of a file of Keras");
  convert->add_option("IN", in, ".keras, .weights.h5 or legacy .h5")->required();
  convert->add_option("OUT", out, "the .safetensors file to write")->required();
  convert->add_flag("--quiet", quiet, "do not list the tensors");

  CLI::App* summary = app.add_subcommand("summary", "Lists the tensors of a file");
  summary->add_option("FILE", file, ".safetensors, .keras, .weights.h5 or legacy .h5")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) ? 2 : 0;
  }
  if (*summary) return tool::in_own_process(file, [&] { tool::print_summary(std::cout, file); });
  return tool::in_own_process(in, [&] {
    const tanuki::ConversionReport report = tanuki::convert_keras(in, out);
    if (quiet) {
      std::cout << report.summary() << '\n';
    } else {
      std::cout << report;
    }
  });
}
