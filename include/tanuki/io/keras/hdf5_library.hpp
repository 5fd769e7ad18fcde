#pragma once

// HDF5's library on a file in memory: groups, datasets of numbers, attributes of text. Only what lies in the file itself is
// read: soft and external links, external and virtual storage are refused. What a file claims is checked before memory is taken
// for it; damage inside HDF5's own structures is for its library to find. Throws Error with the file and the place in it.

#if !__has_include(<hdf5.h>)
#error \
    "tanuki/keras.hpp needs HDF5 (Debian: libhdf5-dev); link tanuki::keras of CMake, which knows where it is"
#endif
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/mapped_file.hpp"
#include "tanuki/core/tensor.hpp"
#include "tanuki/io/element_type.hpp"
#include "tanuki/io/keras/hdf5_heap.hpp"
#include "tanuki/io/keras/hdf5_source.hpp"

namespace tanuki {

/// Owns one of HDF5's identifiers; negative means that there is nothing.
class Hdf5Handle {
 public:
  Hdf5Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }

  explicit operator bool() const { return id_ >= 0; }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// While it lives, HDF5 does not print its errors: here they become exceptions.
class Hdf5Silence {
 public:
  Hdf5Silence() {
    if (living_++ > 0) return;
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Hdf5Silence() {
    if (--living_ == 0) H5Eset_auto2(H5E_DEFAULT, print_, data_);
  }
  Hdf5Silence(const Hdf5Silence&) = delete;
  Hdf5Silence& operator=(const Hdf5Silence&) = delete;

 private:
  static inline int living_ = 0;  // they need not end in the reverse order
  static inline H5E_auto2_t print_ = nullptr;
  static inline void* data_ = nullptr;
};

/// A file that the library reads.
class Hdf5Library {
 public:
  /// `image` is the whole file and must outlive this; `name` stands in messages. "" is the path of the root. Where the image
  /// lies in `mapped`, numbers that were read do not stay in memory besides.
  Hdf5Library(std::span<const std::byte> image, std::string name,
              std::shared_ptr<const MappedFile> mapped = {})
      : source_(std::move(name), std::move(mapped)), size_(image.size()), file_(open_image(image), H5Fclose) {
    if (!file_) refuse("", "it is no HDF5 file, or a damaged one");
    const Hdf5Handle list(H5Fget_create_plist(file_), H5Pclose);
    if (H5Pget_userblock(list, &base_) < 0) refuse("", "it is a damaged HDF5 file");
  }
  Hdf5Library(const Hdf5Library&) = delete;
  Hdf5Library& operator=(const Hdf5Library&) = delete;

  bool has(const std::string& path) const { return bool(open(path)); }
  bool has_dataset(const std::string& path) const { return is(open(path), H5I_DATASET); }

  /// The names in a group, in no order; {} if it is none.
  std::vector<std::string> children(const std::string& path) const {
    const Hdf5Handle group = open(path);
    if (!is(group, H5I_GROUP)) return {};
    H5G_info_t info;
    if (H5Gget_info(group, &info) < 0 || info.nlinks > most_children) refuse(path, "it is a damaged group");
    struct Names {
      std::vector<std::string> list;
      std::uint64_t room;  // damaged ones could all be one long text
    } names{{}, size_};
    const auto add = [](hid_t, const char* child, const H5L_info_t*, void* to) noexcept -> herr_t {
      auto& all = *static_cast<Names*>(to);
      const std::size_t length = std::strlen(child);
      if (length >= all.room) return -1;
      all.room -= length + 1;
      all.list.emplace_back(child, length);
      return 0;
    };
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names) < 0 ||
        names.list.size() != info.nlinks)
      refuse(path, "it is a damaged group");
    return std::move(names.list);
  }

  /// An attribute that is a list of texts; nothing where there is no such attribute.
  std::optional<std::vector<std::string>> texts(const std::string& path, const std::string& attribute) const {
    const Hdf5Handle object = open(path);
    if (!object || H5Aexists(object, attribute.c_str()) <= 0) return std::nullopt;
    const Hdf5Handle handle(H5Aopen(object, attribute.c_str(), H5P_DEFAULT), H5Aclose);
    const Hdf5Handle space(H5Aget_space(handle), H5Sclose);
    const Hdf5Handle type(H5Aget_type(handle), H5Tclose);
    const hssize_t count = H5Sget_simple_extent_npoints(space);
    const std::size_t width = H5Tget_size(type);
    if (count == 0) return std::vector<std::string>{};  // whatever its type: an empty list has none in Python
    if (count < 0 || width == 0 || std::uint64_t(count) > size_ || std::uint64_t(count) > size_ / width ||
        H5Tget_class(type) != H5T_STRING) {
      refuse(path, "attribute '", attribute, "' is no text");
    }
    std::vector<std::string> texts;
    if (H5Tis_variable_str(type) > 0) {
      check_texts(path, attribute, std::uint64_t(count));
      std::vector<char*> pointers(std::size_t(count), nullptr);
      if (H5Aread(handle, type, pointers.data()) < 0) refuse(path, "attribute '", attribute, "' is damaged");
      for (const char* pointer : pointers) texts.emplace_back(pointer ? pointer : "");
      H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
    } else {
      std::string characters(std::size_t(count) * width, '\0');
      if (H5Aread(handle, type, characters.data()) < 0)
        refuse(path, "attribute '", attribute, "' is damaged");
      for (std::size_t i = 0; i < characters.size(); i += width) {
        texts.emplace_back(characters.data() + i, ::strnlen(characters.data() + i, width));
      }
    }
    return texts;
  }

  /// The shape of a dataset of numbers, as far as what is stored for it bears it out.
  Shape shape(const std::string& path) const { return numbers_at(path).shape; }

  /// A dataset of numbers as float32.
  Tensor<Cpu> read(const std::string& path) const {
    const Numbers numbers = numbers_at(path);
    Tensor<Cpu> value = Tensor<Cpu>::uninitialized(numbers.shape);
    read_numbers(path, numbers, value.data());
    return value;
  }
  /// The same, to where there is room for this shape; `differs(shape)` is called where the dataset has another.
  template <class Differs>
  void read(const std::string& path, const Shape& shape, float* to, Differs differs) const {
    const Numbers numbers = numbers_at(path);
    if (!(numbers.shape == shape)) return differs(numbers.shape);
    read_numbers(path, numbers, to);
  }

  /// The float32 numbers of a dataset where they lie in the image, aligned or not; empty where they must be read().
  std::span<const std::byte> floats(const std::string& path) const { return floats_of(numbers_at(path)); }

  /// A dataset of one whole number.
  std::int64_t integer(const std::string& path) const {
    const Numbers numbers = numbers_at(path);
    std::int64_t value = 0;
    if (numbers.shape.elements() != 1) refuse(path, "it has shape ", numbers.shape, ", expected one number");
    if (H5Dread(numbers.dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
      refuse(path, "its number cannot be read");
    return value;
  }

  template <class... Parts>
  [[noreturn]] void refuse(const std::string& path, const Parts&... parts) const {
    source_.refuse(path, parts...);
  }

 private:
  static constexpr hsize_t most_children = 20'000;
  static constexpr std::uint64_t small_texts = std::uint64_t{64} << 20;
  static constexpr std::uint64_t best_compression = 1100;  // deflate reaches 1032

  /// HDF5's core driver on the image in place, where by default it would copy it twice.
  hid_t open_image(std::span<const std::byte> image) {
    if (image.empty()) return -1;
    image_ = const_cast<std::byte*>(image.data());  // opened read-only, so nothing writes to it
    H5FD_file_image_callbacks_t in_place{};
    in_place.image_malloc = [](std::size_t, H5FD_file_image_op_t, void* data) {
      return *static_cast<void**>(data);
    };
    in_place.image_memcpy = [](void* to, const void*, std::size_t, H5FD_file_image_op_t, void*) {
      return to;
    };
    in_place.image_realloc = [](void*, std::size_t, H5FD_file_image_op_t, void*) -> void* { return nullptr; };
    in_place.image_free = [](void*, H5FD_file_image_op_t, void*) { return herr_t{0}; };
    in_place.udata_copy = [](void* data) { return data; };
    in_place.udata_free = [](void*) { return herr_t{0}; };
    in_place.udata = &image_;
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    if (H5Pset_fapl_core(access, 1 << 20, false) < 0 || H5Pset_file_image_callbacks(access, &in_place) < 0 ||
        H5Pset_file_image(access, image_, image.size()) < 0) {
      return -1;
    }
    // HDF5 tells images apart by name, and refuses one that is also the name of a file.
    const std::string unique = "tanuki-image-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    return H5Fopen(unique.c_str(), H5F_ACC_RDONLY, access);
  }

  /// A dataset that may be read.
  struct Numbers {
    Hdf5Handle dataset, type;
    Shape shape;
    bool bfloat16;
    haddr_t place;  ///< in the file where they lie there as they are, in one piece; HADDR_UNDEF elsewhere
  };
  Numbers numbers_at(const std::string& path) const {
    Hdf5Handle dataset = open(path);
    if (!is(dataset, H5I_DATASET)) refuse(path, "there is no such dataset");
    Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
    const H5T_class_t kind = H5Tget_class(type);
    const std::size_t width = H5Tget_size(type);
    const bool bfloat16 =
        kind == H5T_OPAQUE && width == 2 && texts(path, "dtype") == std::vector<std::string>{"bfloat16"};
    if ((kind != H5T_FLOAT && kind != H5T_INTEGER && !bfloat16) || width == 0)
      refuse(path, "it does not hold numbers");
    const Shape shape = shape_of(dataset, path);
    const haddr_t place = H5Dget_offset(dataset);
    if (shape.elements() != 0) check_storage(dataset, path, shape, width, place != HADDR_UNDEF);
    return {std::move(dataset), std::move(type), shape, bfloat16, place};
  }

  void read_numbers(const std::string& path, const Numbers& numbers, float* to) const {
    const Index count = numbers.shape.elements();
    if (count == 0) return;
    const auto bytes = floats_of(numbers);
    if (!bytes.empty()) copy_bytes(bytes, source_.mapped().get(), to);
    // HDF5 looks at the mapped pages around what it needs to know of each dataset, and at what it unpacks.
    source_.was_read(std::size_t(count) * sizeof(float));
    if (!bytes.empty()) return;
    herr_t status;
    if (numbers.bfloat16) {
      std::vector<std::uint16_t> bits(static_cast<std::size_t>(count));
      status = H5Dread(numbers.dataset, numbers.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bits.data());
      for (std::size_t i = 0; i < bits.size(); ++i) to[i] = float(BFloat16{bits[i]});
    } else {
      status = H5Dread(numbers.dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
    }
    if (status < 0)
      refuse(path, "its numbers cannot be read: the file is damaged, or packed in an unknown way");
  }

  std::span<const std::byte> floats_of(const Numbers& numbers) const {
    const haddr_t place = numbers.place;
    const std::uint64_t size = std::uint64_t(numbers.shape.elements()) * sizeof(float);
    const bool plain = place != HADDR_UNDEF && H5Tequal(numbers.type, H5T_IEEE_F32LE) > 0;
    if (!plain || base_ != 0 || place > size_ || size > size_ - place) return {};
    return {static_cast<const std::byte*>(image_) + place, std::size_t(size)};
  }

  static bool is(hid_t object, H5I_type_t type) { return object >= 0 && H5Iget_type(object) == type; }

  /// The object there, reached by hard links alone; nothing where there is none.
  Hdf5Handle open(const std::string& path) const {
    if (path.empty()) return {H5Oopen(file_, "/", H5P_DEFAULT), H5Oclose};
    const auto slash = path.rfind('/');
    const hid_t parent = slash == path.npos ? hid_t(file_) : group(path.substr(0, slash));
    return child(parent, path.substr(slash + 1), path);
  }

  /// `name` in an open group, `path` in all; nothing where there is none.
  Hdf5Handle child(hid_t parent, const std::string& name, const std::string& path) const {
    H5L_info_t info;
    if (parent < 0 || H5Lget_info(parent, name.c_str(), &info, H5P_DEFAULT) < 0) return {-1, H5Oclose};
    if (info.type != H5L_TYPE_HARD) refuse(path, "it is a link to elsewhere");
    return {H5Oopen(parent, name.c_str(), H5P_DEFAULT), H5Oclose};
  }

  /// A group, and those that it lies in, stay open until another path is asked for: the next object is likely to be near.
  /// Negative where there is none.
  hid_t group(const std::string& path) const {
    const auto holds = [&](const std::string& outer) {
      return path == outer || (path.starts_with(outer) && path[outer.size()] == '/');
    };
    while (!open_groups_.empty() && !holds(open_groups_.back().first)) open_groups_.pop_back();
    while (open_groups_.empty() || open_groups_.back().first != path) {
      const std::size_t begin = open_groups_.empty() ? 0 : open_groups_.back().first.size() + 1;
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const hid_t outer = open_groups_.empty() ? hid_t(file_) : hid_t(open_groups_.back().second);
      std::string inner = path.substr(0, end);
      Hdf5Handle found = child(outer, path.substr(begin, end - begin), inner);
      if (!is(found, H5I_GROUP)) return -1;
      open_groups_.emplace_back(std::move(inner), std::move(found));
    }
    return open_groups_.back().second;
  }

  Shape shape_of(hid_t dataset, const std::string& path) const {
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0 || rank > int(Shape::max_rank) || H5Sis_simple(space) <= 0)
      refuse(path, "it has ", rank, " axes");
    if (H5Sget_simple_extent_type(space) == H5S_NULL) return Shape{0};
    std::array<hsize_t, Shape::max_rank> extents{};
    if (H5Sget_simple_extent_dims(space, extents.data(), nullptr) < 0) refuse(path, "its shape is damaged");
    std::array<Index, Shape::max_rank> signed_extents;
    std::copy(extents.begin(), extents.end(), signed_extents.begin());  // what is too large becomes negative
    try {
      return Shape(std::span<const Index>(signed_extents.data(), std::size_t(rank)));
    } catch (const Error& error) {
      refuse(path, error.what());
    }
  }

  /// A shape is believed as far as the bytes that are stored for it can fill it.
  void check_storage(hid_t dataset, const std::string& path, const Shape& shape, std::size_t width,
                     bool in_one_piece) const {
    const std::uint64_t stored = std::min<std::uint64_t>(H5Dget_storage_size(dataset), size_);
    const auto check = [&](const char* what, std::uint64_t elements, std::uint64_t room) {
      if (elements > room / width) {
        refuse(path, what, " of ", shape, " × ", width, " bytes does not fit the ", stored,
               " bytes stored for it");
      }
    };
    if (in_one_piece) return check("the shape", std::uint64_t(shape.elements()), stored);
    const Hdf5Handle list(H5Dget_create_plist(dataset), H5Pclose);
    const H5D_layout_t layout = H5Pget_layout(list);
    if (layout == H5D_VIRTUAL || H5Pget_external_count(list) > 0)
      refuse(path, "its numbers are in another file");
    const bool packed = layout == H5D_CHUNKED && H5Pget_nfilters(list) != 0;
    const std::uint64_t room = packed ? stored * best_compression : stored;
    check("the shape", std::uint64_t(shape.elements()), room);
    if (layout != H5D_CHUNKED) return;
    std::array<hsize_t, Shape::max_rank> chunk{};
    const int rank = H5Pget_chunk(list, int(chunk.size()), chunk.data());
    std::uint64_t elements = 1;
    for (int i = 0; i < rank; ++i) {
      if (__builtin_mul_overflow(elements, chunk[std::size_t(i)], &elements))
        refuse(path, "its chunks are too large");
    }
    check("a chunk", elements, room);
  }

  /// Texts of variable length are believed as far as the file justifies the memory that they take if all are the longest.
  void check_texts(const std::string& path, const std::string& attribute, std::uint64_t count) const {
    if (count == 1) return;
    const std::span<const std::byte> image(static_cast<const std::byte*>(image_), std::size_t(size_));
    const std::uint64_t longest = largest_heap_object(image), most = small_texts + 4 * size_;
    if (longest != 0 && count > most / longest) {
      refuse(path, "attribute '", attribute, "' has ", count, " texts, of up to ", longest,
             " bytes each: the file of ", size_, " bytes does not justify the memory");
    }
  }

  Hdf5Source source_;
  std::uint64_t size_;
  void* image_ = nullptr;
  hsize_t base_ = 0;  // where HDF5's own addresses begin
  Hdf5Silence silence_;
  Hdf5Handle file_;
  mutable std::vector<std::pair<std::string, Hdf5Handle>> open_groups_;  ///< each in the one before
};

}  // namespace tanuki
