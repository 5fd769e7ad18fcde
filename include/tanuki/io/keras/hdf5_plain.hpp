#pragma once

// Groups, arrays and texts of an HDF5 file where they lie, for the form that Keras writes (h5py's default): groups of symbol tables,
// arrays of float32 or whole numbers in one piece, attributes of text. HDF5's library takes some 30 µs to find an array and to say what it is, this less than
// one. Whatever has another form is not known here, and the library's to read; so is what looks damaged. Nothing outside of the file is
// looked at, and a shape is believed only where the file has room for its numbers.
// Source: HDF5 File Format Specification 3.0 (II.A superblock 0, III.A to III.E, IV.A.1 object headers 1 and their messages).

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tanuki/core/shape.hpp"
#include "tanuki/io/element_type.hpp"
#include "tanuki/io/keras/file_bytes.hpp"

namespace tanuki {

/// What lies at a path.
struct Hdf5Object {
  enum class Kind { nothing, group, numbers };
  using Bytes = std::span<const std::byte>;

  Kind kind = Kind::nothing;
  std::vector<std::pair<std::string_view, std::uint64_t>> children =
      {};                             ///< names, and where their headers lie
  const ElementType* type = nullptr;  ///< of the numbers
  Shape shape = {};
  Bytes numbers = {};                  ///< in the file, aligned or not
  std::vector<Bytes> attributes = {};  ///< their messages
};

class PlainHdf5 {
 public:
  using Bytes = std::span<const std::byte>;

  /// `image`: the whole file, which must outlive this.
  explicit PlainHdf5(Bytes image) : file_(image) {
    const auto root = ask([&] { return read(root_header()); });
    if (root) open_.emplace_back("", *root);
  }

  /// The object there; "" is the root, null where it is not known. Valid until the next one is asked for.
  const Hdf5Object* find(const std::string& path) const {
    if (open_.empty()) return nullptr;
    while (!holds(open_.back().first, path)) open_.pop_back();
    while (open_.back().first.size() < path.size()) {
      const auto& [outer_path, outer] = open_.back();
      const std::size_t begin = outer_path.empty() ? 0 : outer_path.size() + 1;
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const auto header = child(outer, std::string_view(path).substr(begin, end - begin));
      if (!header) return &nothing_;
      auto object = ask([&] { return read(*header); });
      if (!object) return nullptr;
      open_.emplace_back(path.substr(0, end), std::move(*object));
    }
    return &open_.back().second;
  }

  struct Texts {
    enum class Form { plain, other, damaged } form;
    std::optional<std::vector<std::string>> texts =
        std::nullopt;  ///< nothing where there is no such attribute
  };
  /// An attribute that is one text or a list of them.
  Texts texts(const Hdf5Object& object, std::string_view attribute) const {
    try {
      for (const Bytes message : object.attributes) {
        if (auto texts = texts_of(FileBytes(message), attribute)) return {Form::plain, std::move(texts)};
      }
      return {Form::plain};
    } catch (const Unknown&) {
      return {Form::other};
    } catch (const Damaged&) {
      return {Form::damaged};
    }
  }

 private:
  using Kind = Hdf5Object::Kind;
  using Form = Texts::Form;
  /// The kinds of a header's messages that are understood.
  enum class Message { space = 1, type = 3, layout = 8, attribute = 12, more = 16, symbols = 17 };
  /// Those that say nothing of what lies where: none, fill values, comment, times, number of names.
  static constexpr std::array silent{0, 4, 5, 13, 14, 18, 22};
  static constexpr std::size_t most_children = 20'000;
  static constexpr int most_nodes = 20'000;
  static constexpr int most_steps = 100'000;
  static constexpr int deepest_tree = 8;

  /// Thrown and caught here: what was found is of another form, or damaged.
  struct Unknown {};
  /// A text lies where the file has none: HDF5's library crashes on that.
  struct Damaged {};
  static void need(bool true_of_it) {
    if (!true_of_it) throw Unknown();
  }
  template <class Read>
  static auto ask(Read read) -> std::optional<decltype(read())> {
    try {
      return read();
    } catch (const Unknown&) {
      return std::nullopt;
    }
  }

  static bool holds(const std::string& outer, const std::string& path) {
    return outer.empty() || path == outer || (path.starts_with(outer) && path[outer.size()] == '/');
  }

  template <class T>
  static T number(FileBytes bytes, std::uint64_t place) {
    need(bytes.has(place, sizeof(T)));
    return bytes.number<T>(place);
  }
  template <class T>
  T number(std::uint64_t place) const {
    return number<T>(file_, place);
  }
  static std::string_view text(FileBytes bytes, std::uint64_t place, std::uint64_t size) {
    need(bytes.has(place, size));
    return bytes.text(place, size);
  }

  std::uint64_t root_header() const {
    constexpr std::uint64_t offset_sizes = 13, base = 24, end_of_file = 40, root = 56;
    need(text(file_, 0, 9) == std::string_view("\x89HDF\r\n\x1a\n\0", 9));
    need(number<std::uint16_t>(offset_sizes) == 0x0808);
    need(number<std::uint64_t>(base) == 0 && number<std::uint64_t>(end_of_file) <= file_.size());
    return number<std::uint64_t>(root + 8);
  }

  static std::optional<std::uint64_t> child(const Hdf5Object& object, std::string_view name) {
    const auto place = std::lower_bound(object.children.begin(), object.children.end(), name,
                                        [](const auto& a, std::string_view b) { return a.first < b; });
    if (place == object.children.end() || place->first != name) return std::nullopt;
    return place->second;
  }

  /// The object whose header lies there.
  Hdf5Object read(std::uint64_t header) const {
    Bytes space, type, layout, symbols;
    Hdf5Object object;
    each_message(header, [&](int kind, Bytes message) {
      const auto set = [&](Bytes& once) {
        need(once.empty() && !message.empty());
        once = message;
      };
      switch (Message(kind)) {
        case Message::space:
          return set(space);
        case Message::type:
          return set(type);
        case Message::layout:
          return set(layout);
        case Message::symbols:
          return set(symbols);
        case Message::attribute:
          return object.attributes.push_back(message);
        default:
          need(std::find(silent.begin(), silent.end(), kind) != silent.end());
      }
    });
    if (!symbols.empty()) {
      need(space.empty() && type.empty() && layout.empty());
      object.kind = Kind::group;
      add_children(FileBytes(symbols), object.children);
    } else {
      object.kind = Kind::numbers;
      object.type = &element_type(FileBytes(type));
      std::tie(object.shape, object.numbers) =
          numbers(FileBytes(space), FileBytes(layout), std::uint64_t(object.type->size));
    }
    return object;
  }

  /// Calls visit(kind, message) for each of a header, but for what says where more of them are.
  template <class Visit>
  void each_message(std::uint64_t header, Visit visit) const {
    const int version = number<std::uint8_t>(header), count = number<std::uint16_t>(header + 2);
    need(version == 1);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks{
        {header + 16, number<std::uint32_t>(header + 8)}};
    int i = 0;
    for (std::size_t block = 0; block < blocks.size(); ++block) {
      auto [place, left] = blocks[block];
      need(file_.has(place, left));
      for (; left >= 8; ++i) {
        need(i < count);
        const int kind = number<std::uint16_t>(place);
        const std::uint64_t size = number<std::uint16_t>(place + 2);
        const bool shared = number<std::uint8_t>(place + 4) & 2;
        need(!shared && size <= left - 8);
        const Bytes message = file_.part(place + 8, size);
        place += 8 + size;
        left -= 8 + size;
        if (Message(kind) == Message::more) {
          blocks.emplace_back(number<std::uint64_t>(FileBytes(message), 0),
                              number<std::uint64_t>(FileBytes(message), 8));
        } else {
          visit(kind, message);
        }
      }
    }
    need(i == count);
  }

  static const ElementType& element_type(FileBytes type) {
    constexpr std::string_view float32{"\x11\x20\x1f\0\4\0\0\0\0\0\x20\0\x17\x08\0\x17\x7f\0\0\0", 20};
    if (text(type, 0, 4) == float32.substr(0, 4)) {
      need(text(type, 0, float32.size()) == float32);
      return *find_element_type("F32");
    }
    constexpr std::uint32_t whole = 0x10, is_signed = 0x800;  // class, version 1, little-endian
    const auto kind = number<std::uint32_t>(type, 0), size = number<std::uint32_t>(type, 4);
    need((kind & ~is_signed) == whole && size <= 8);
    need(number<std::uint16_t>(type, 8) == 0 && number<std::uint16_t>(type, 10) == size * 8);
    const auto* found = find_element_type((kind & is_signed ? "I" : "U") + std::to_string(size * 8));
    need(found);
    return *found;
  }

  /// Of an array that lies in one piece; `width`: bytes of a number.
  std::pair<Shape, Bytes> numbers(FileBytes space, FileBytes layout, std::uint64_t width) const {
    const std::vector<std::uint64_t> extents = extents_of(space);
    need(extents.size() <= Shape::max_rank);
    std::array<Index, Shape::max_rank> axes{};
    std::uint64_t size = width;
    for (std::size_t i = 0; i < extents.size(); ++i) {
      need(extents[i] != 0 && !__builtin_mul_overflow(size, extents[i], &size));
      axes[i] = Index(extents[i]);
    }
    const int version = number<std::uint8_t>(layout, 0), form = number<std::uint8_t>(layout, 1);
    constexpr int in_one_piece = 1;
    need(version == 3 && form == in_one_piece);
    const auto place = number<std::uint64_t>(layout, 2), stored = number<std::uint64_t>(layout, 10);
    need(stored == size && file_.has(place, size));
    return {Shape(std::span<const Index>(axes.data(), extents.size())), file_.part(place, size)};
  }

  static std::vector<std::uint64_t> extents_of(FileBytes space) {
    const int version = number<std::uint8_t>(space, 0), rank = number<std::uint8_t>(space, 1);
    constexpr int none = 2;
    need(version == 1 || (version == 2 && number<std::uint8_t>(space, 3) != none));
    std::vector<std::uint64_t> extents;
    for (int i = 0; i < rank; ++i)
      extents.push_back(number<std::uint64_t>(space, (version == 1 ? 8 : 4) + std::uint64_t(i) * 8));
    return extents;
  }

  /// What a group may still have: nodes of its tree, and bytes of names, which do not overlap.
  struct Left {
    int nodes;
    std::uint64_t names;
  };

  void add_children(FileBytes symbols,
                    std::vector<std::pair<std::string_view, std::uint64_t>>& children) const {
    const auto tree = number<std::uint64_t>(symbols, 0), heap = number<std::uint64_t>(symbols, 8);
    need(text(file_, heap, 5) == std::string_view("HEAP\0", 5));
    const auto size = number<std::uint64_t>(heap + 8), names = number<std::uint64_t>(heap + 24);
    const std::string_view all_names = text(file_, names, size);
    const int level = number<std::uint8_t>(tree + 5);
    need(level <= deepest_tree);
    Left left{most_nodes, all_names.size()};
    add_tree(tree, level, all_names, left, children);
    need(std::is_sorted(children.begin(), children.end(),
                        [](const auto& a, const auto& b) { return a.first < b.first; }));
  }

  void add_tree(std::uint64_t tree, int level, std::string_view names, Left& left,
                std::vector<std::pair<std::string_view, std::uint64_t>>& children) const {
    constexpr std::uint64_t start = 24, step = 16;  // a key before each child
    need(left.nodes-- > 0 && text(file_, tree, 5) == std::string_view("TREE\0", 5));
    need(number<std::uint8_t>(tree + 5) == level);
    const int entries = number<std::uint16_t>(tree + 6);
    for (int i = 0; i < entries; ++i) {
      const auto node = number<std::uint64_t>(tree + start + 8 + std::uint64_t(i) * step);
      if (level > 0)
        add_tree(node, level - 1, names, left, children);
      else
        add_symbols(node, names, left, children);
    }
  }

  void add_symbols(std::uint64_t node, std::string_view names, Left& left,
                   std::vector<std::pair<std::string_view, std::uint64_t>>& children) const {
    constexpr std::uint64_t start = 8, step = 40;
    constexpr std::uint32_t link = 2;
    need(left.nodes-- > 0 && text(file_, node, 5) == std::string_view("SNOD\1", 5));
    const int entries = number<std::uint16_t>(node + 6);
    for (int i = 0; i < entries; ++i) {
      const std::uint64_t entry = node + start + std::uint64_t(i) * step;
      const auto name = number<std::uint64_t>(entry), header = number<std::uint64_t>(entry + 8);
      need(number<std::uint32_t>(entry + 16) != link && name < names.size());
      const std::string_view rest = names.substr(std::size_t(name), std::size_t(left.names));
      const std::size_t length = rest.find('\0');
      need(length != rest.npos && length > 0 && children.size() < most_children);
      left.names -= length + 1;
      children.emplace_back(rest.substr(0, length), header);
    }
  }

  /// Nothing where the message is of an attribute of another name.
  std::optional<std::vector<std::string>> texts_of(FileBytes message, std::string_view name) const {
    const int version = number<std::uint8_t>(message, 0);
    need(version == 1 || (version == 3 && number<std::uint8_t>(message, 1) == 0));
    std::uint64_t place = version == 1 ? 8 : 9;
    const auto next = [&](std::uint64_t field) {
      const std::uint64_t size = number<std::uint16_t>(message, field);
      const std::string_view part = text(message, place, size);
      place += version == 1 ? (size + 7) / 8 * 8 : size;
      return part;
    };
    const std::string_view stored = next(2), type = next(4), space = next(6);
    if (stored.substr(0, stored.find('\0')) != name) return std::nullopt;
    const auto extents = extents_of(FileBytes(std::as_bytes(std::span(space))));
    need(extents.size() <= 1 && place <= message.size());
    return texts_in(FileBytes(std::as_bytes(std::span(type))), extents.empty() ? 1 : extents[0],
                    message.text(place, message.size() - place));
  }

  std::vector<std::string> texts_in(FileBytes type, std::uint64_t count, std::string_view values) const {
    constexpr int fixed = 3, variable = 9, is_text = 1, padded_with_spaces = 2;
    const int kind = number<std::uint8_t>(type, 0) & 15, form = number<std::uint8_t>(type, 1) & 15;
    const std::uint64_t width = number<std::uint32_t>(type, 4);
    need(kind == fixed ? form != padded_with_spaces : kind == variable && form == is_text && width == 16);
    need(count > 0 && width > 0 && count <= values.size() / width);
    std::vector<std::string> texts;
    std::uint64_t left = file_.size();  // a damaged list could name one long text many times
    int steps = most_steps;
    for (std::uint64_t i = 0; i < count; ++i) {
      std::string_view value = values.substr(std::size_t(i * width), std::size_t(width));
      if (kind == variable) value = in_heap(FileBytes(std::as_bytes(std::span(value))), steps);
      value = value.substr(0, value.find('\0'));
      need(value.size() <= left);
      left -= value.size();
      texts.emplace_back(value);
    }
    return texts;
  }

  /// A text of variable length: its length, the global heap that it lies in, and its number there. `steps`: how many objects of
  /// heaps may still be looked at.
  std::string_view in_heap(FileBytes value, int& steps) const {
    constexpr std::uint64_t header =
        16;  // of a heap: "GCOL", version 1, 3 unused bytes, size; of an object likewise
    const std::uint64_t length = number<std::uint32_t>(value, 0), heap = number<std::uint64_t>(value, 4);
    const auto index = number<std::uint32_t>(value, 12);
    if (length == 0) return {};
    const auto sound = [](bool true_of_it) {
      if (!true_of_it) throw Damaged();
    };
    sound(file_.has(heap, header) && file_.text(heap, 5) == std::string_view("GCOL\1", 5));
    std::uint64_t left = file_.number<std::uint64_t>(heap + 8);
    sound(left >= header && file_.has(heap, left));
    left -= header;
    for (std::uint64_t place = heap + header;;) {
      need(steps-- > 0);
      sound(left >= header);
      const auto size = file_.number<std::uint64_t>(place + 8);
      const auto object = file_.number<std::uint16_t>(place);
      sound(object != 0 && size <= left - header);
      if (object == index) {
        sound(length <= size);
        return file_.text(place + header, length);
      }
      const std::uint64_t step = std::min(left, header + (size + 7) / 8 * 8);
      place += step;
      left -= step;
    }
  }

  FileBytes file_;
  mutable std::vector<std::pair<std::string, Hdf5Object>> open_;  ///< each in the one before, the root first
  Hdf5Object nothing_;
};

}  // namespace tanuki
