// Draws a set of cats and dogs, to try the examples on where there are no photos: OUT/{train,validation}/
// {cats,dogs}/*.jpg. They are drawings, and easy to tell apart; they say nothing about a net's skill on
// photos.
//
//   build/bin/draw_pets OUT [--count 200] [--seed 0]

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "draw_pets/pets.hpp"
#include "draw_pets/scene.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/data/stb.hpp"

namespace {

tanuki::Image draw_pet(pets::Species species, tanuki::Random random) {
  pets::Dice dice(random);
  pets::Canvas canvas{dice.below(140) + 200, dice.below(140) + 200};  // braces: the dice fall in this order
  pets::draw_scene(canvas, dice);
  canvas.place(pets::Placement{
      {dice(-0.2f, 0.2f), dice(-0.1f, 0.15f)}, dice(0.6f, 0.95f), dice.chance(0.5f), dice(-0.12f, 0.12f)});
  pets::Pet(canvas, species, dice).draw();
  const float light = dice(0.75f, 1.1f), warmth = dice(-0.06f, 0.06f);
  canvas.grade({light + warmth, light, light - warmth}, 0.04f,
               pets::Noise(std::uint32_t(dice.below(1 << 20))));
  return canvas.image();
}

void write_jpeg(const std::filesystem::path& path, const tanuki::Image& image) {
  std::ofstream out(path, std::ios::binary);
  const auto append = [](void* file, void* bytes, int count) {
    static_cast<std::ofstream*>(file)->write(static_cast<const char*>(bytes), count);
  };
  tanuki::stb::stbi_write_jpg_to_func(append, &out, int(image.width), int(image.height), 3,
                                      image.pixels.data(), 90);
  out.close();
  if (!out) tanuki::fail("'", path.string(), "' cannot be written");
}

}  // namespace

int main(int argc, char** argv) try {
  std::string out;
  tanuki::Index count = 200;
  std::uint64_t seed = 0;
  CLI::App app("Draws cats and dogs as image files, for training and (half as many) for validation.");
  app.add_option("OUT", out, "the folder to write to")->required();
  app.add_option("--count", count, "training images a class")
      ->check(CLI::Range(2, 100000))
      ->capture_default_str();
  app.add_option("--seed", seed, "another seed, other pets")
      ->check([](const std::string& text) {  // CLI11 itself takes -1
        const bool digits = text.find_first_not_of("0123456789") == text.npos && text.size() < 20;
        return digits ? "" : "'" + text + "' was given, expected a whole number of at most 19 digits";
      })
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) ? 2 : 0;
  }

  struct Job {
    pets::Species species;
    std::filesystem::path path;
  };
  std::vector<Job> jobs;
  for (const auto& [split, images] : {std::pair{"train", count}, std::pair{"validation", count / 2}}) {
    for (const auto& [name, species] :
         {std::pair{"cat", pets::Species::cat}, std::pair{"dog", pets::Species::dog}}) {
      const auto folder = std::filesystem::path(out) / split / (std::string(name) + "s");
      std::filesystem::create_directories(folder);
      for (tanuki::Index i = 0; i < images; ++i)
        jobs.push_back({species, folder / (std::string(name) + "." + std::to_string(i) + ".jpg")});
    }
  }
  tanuki::default_context<tanuki::Cpu>().parallel(tanuki::Index(jobs.size()), [&](tanuki::Index i, int) {
    const Job& job = jobs[std::size_t(i)];
    write_jpeg(job.path, draw_pet(job.species, {seed, std::uint64_t(i)}));
  });
  std::cout << "Drew " << jobs.size() << " cats and dogs into " << out << '\n';
} catch (const std::exception& error) {
  std::cerr << "draw_pets: " << error.what() << '\n';
  return 1;
}
