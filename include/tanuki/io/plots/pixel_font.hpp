#pragma once

// Capital letters, digits and some signs, five pixels wide and seven high: enough to name a picture.

#include <array>
#include <string_view>

namespace tanuki::pixel_font {

inline constexpr int width = 5, height = 7;

struct Glyph {
  char character;
  std::string_view rows;  // from top to bottom, a space between two; '#' is ink
};

// clang-format off
inline constexpr std::array glyphs{
    Glyph{'A', ".###. #...# #...# ##### #...# #...# #...#"},
    Glyph{'B', "####. #...# #...# ####. #...# #...# ####."},
    Glyph{'C', ".#### #.... #.... #.... #.... #.... .####"},
    Glyph{'D', "####. #...# #...# #...# #...# #...# ####."},
    Glyph{'E', "##### #.... #.... ####. #.... #.... #####"},
    Glyph{'F', "##### #.... #.... ####. #.... #.... #...."},
    Glyph{'G', ".#### #.... #.... #..## #...# #...# .####"},
    Glyph{'H', "#...# #...# #...# ##### #...# #...# #...#"},
    Glyph{'I', ".###. ..#.. ..#.. ..#.. ..#.. ..#.. .###."},
    Glyph{'J', "..### ...#. ...#. ...#. ...#. #..#. .##.."},
    Glyph{'K', "#...# #..#. #.#.. ##... #.#.. #..#. #...#"},
    Glyph{'L', "#.... #.... #.... #.... #.... #.... #####"},
    Glyph{'M', "#...# ##.## #.#.# #.#.# #...# #...# #...#"},
    Glyph{'N', "#...# ##..# ##..# #.#.# #..## #..## #...#"},
    Glyph{'O', ".###. #...# #...# #...# #...# #...# .###."},
    Glyph{'P', "####. #...# #...# ####. #.... #.... #...."},
    Glyph{'Q', ".###. #...# #...# #...# #.#.# #..#. .##.#"},
    Glyph{'R', "####. #...# #...# ####. #.#.. #..#. #...#"},
    Glyph{'S', ".#### #.... #.... .###. ....# ....# ####."},
    Glyph{'T', "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#.."},
    Glyph{'U', "#...# #...# #...# #...# #...# #...# .###."},
    Glyph{'V', "#...# #...# #...# #...# .#.#. .#.#. ..#.."},
    Glyph{'W', "#...# #...# #...# #.#.# #.#.# ##.## #...#"},
    Glyph{'X', "#...# #...# .#.#. ..#.. .#.#. #...# #...#"},
    Glyph{'Y', "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#.."},
    Glyph{'Z', "##### ....# ...#. ..#.. .#... #.... #####"},
    Glyph{'0', ".###. #..## #..## #.#.# ##..# ##..# .###."},
    Glyph{'1', "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###."},
    Glyph{'2', ".###. #...# ....# ..##. .#... #.... #####"},
    Glyph{'3', "####. ....# ....# .###. ....# ....# ####."},
    Glyph{'4', "#..#. #..#. #..#. ##### ...#. ...#. ...#."},
    Glyph{'5', "##### #.... ####. ....# ....# ....# ####."},
    Glyph{'6', ".###. #.... #.... ####. #...# #...# .###."},
    Glyph{'7', "##### ....# ...#. ...#. ..#.. ..#.. ..#.."},
    Glyph{'8', ".###. #...# #...# .###. #...# #...# .###."},
    Glyph{'9', ".###. #...# #...# .#### ....# ....# .###."},
    Glyph{'.', "..... ..... ..... ..... ..... .##.. .##.."},
    Glyph{',', "..... ..... ..... ..... .##.. ..#.. .#..."},
    Glyph{':', "..... .##.. .##.. ..... .##.. .##.. ....."},
    Glyph{'-', "..... ..... ..... .###. ..... ..... ....."},
    Glyph{'+', "..... ..#.. ..#.. ##### ..#.. ..#.. ....."},
    Glyph{'_', "..... ..... ..... ..... ..... ..... #####"},
    Glyph{'/', "....# ....# ...#. ..#.. .#... #.... #...."},
    Glyph{'%', "##..# ##..# ...#. ..#.. .#... #..## #..##"},
    Glyph{'(', "...#. ..#.. ..#.. ..#.. ..#.. ..#.. ...#."},
    Glyph{')', ".#... ..#.. ..#.. ..#.. ..#.. ..#.. .#..."},
    Glyph{'=', "..... ..... ##### ..... ##### ..... ....."},
    Glyph{'?', ".###. #...# ....# ..##. ..#.. ..... ..#.."},
};
// clang-format on

/// Small letters look like capitals; a space is blank; what is not in the font looks like '?'.
constexpr std::string_view rows(char character) {
  if (character == ' ') return {};
  if (character >= 'a' && character <= 'z') character = char(character - 'a' + 'A');
  for (const Glyph& glyph : glyphs)
    if (glyph.character == character) return glyph.rows;
  return glyphs.back().rows;
}

/// Whether the glyph has ink at column x, row y.
constexpr bool ink(char character, int x, int y) {
  const std::string_view glyph = rows(character);
  return !glyph.empty() && glyph[std::size_t(y * (width + 1) + x)] == '#';
}

}  // namespace tanuki::pixel_font
