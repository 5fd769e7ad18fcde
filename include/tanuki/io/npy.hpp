#pragma once

// NumPy's .npy files: one tensor each, row by row. Read: float32, float64, and whole numbers of 8 to 64 bits, as
// float32; written: float32. (numpy/lib/format.py, versions 1 to 3)

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/core/mapped_file.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki {

namespace npy {

/// What follows "'key':" in a header, which is a Python literal.
inline std::string_view value_of(std::string_view header, std::string_view key, const std::string& path) {
  const std::string quoted = "'" + std::string(key) + "':";
  const std::size_t at = header.find(quoted);
  if (at == header.npos) fail("[npy] '", path, "': its header has no ", quoted);
  header.remove_prefix(at + quoted.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

/// "(3, 4), …" as a shape.
inline Shape read_shape(std::string_view text, const std::string& path) {
  const auto refuse = [&] { fail("[npy] '", path, "': its header has no shape that fits"); };
  const std::size_t end = text.find(')');
  if (text.empty() || text[0] != '(' || end == text.npos) refuse();
  std::vector<Index> extents;
  for (const char *p = text.data() + 1, *last = text.data() + end; p < last;) {
    Index extent = 0;
    const auto [next, error] = std::from_chars(p, last, extent);
    if (error != std::errc() || extent < 0) refuse();
    extents.push_back(extent);
    for (p = next; p < last && (*p == ',' || *p == ' ');) ++p;
  }
  try {
    return Shape(std::span<const Index>(extents));
  } catch (const Error& error) {
    fail("[npy] '", path, "': ", error.what());
  }
}

template <class T>
void convert(const std::byte* from, float* to, Index count) {
  for (Index i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, from + std::size_t(i) * sizeof(T), sizeof(T));
    to[i] = float(value);
  }
}

struct Type {
  std::string_view name;
  std::size_t bytes;
  void (*convert)(const std::byte*, float*, Index);
};
inline constexpr Type types[] = {{"<f4", 4, convert<float>},         {"<f8", 8, convert<double>},
                                 {"|u1", 1, convert<std::uint8_t>},  {"|i1", 1, convert<std::int8_t>},
                                 {"<u2", 2, convert<std::uint16_t>}, {"<i2", 2, convert<std::int16_t>},
                                 {"<u4", 4, convert<std::uint32_t>}, {"<i4", 4, convert<std::int32_t>},
                                 {"<u8", 8, convert<std::uint64_t>}, {"<i8", 8, convert<std::int64_t>},
                                 {"|b1", 1, convert<std::uint8_t>}};

}  // namespace npy

/// Throws Error, naming the file, where it is no .npy file, is cut short, or is of another type or order.
inline Tensor<Cpu> read_npy(const std::string& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  const auto refuse = [&](auto... parts) { fail("[npy] '", path, "': ", parts...); };
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!all.starts_with("\x93NUMPY") || all.size() < 12) refuse("it is no .npy file");
  const bool first = all[6] == 1;
  std::size_t size = 0;
  for (std::size_t i = first ? 2 : 4; i-- > 0;) size = size << 8 | std::uint8_t(all[8 + i]);
  const std::size_t start = first ? 10 : 12;
  if (size > all.size() - start) refuse("its header is cut short");
  const std::string_view header = all.substr(start, size);
  if (npy::value_of(header, "fortran_order", path).starts_with("True"))
    refuse("it is in Fortran's order, expected C's: numpy.ascontiguousarray() before numpy.save()");
  std::string_view name = npy::value_of(header, "descr", path);
  if (name.size() > 4) name = name.substr(1, 3);
  const auto type = std::find_if(std::begin(npy::types), std::end(npy::types),
                                 [&](const npy::Type& known) { return known.name == name; });
  if (type == std::end(npy::types)) refuse("its numbers are of type ", name, ", expected <f4 (float32)");
  const Shape shape = npy::read_shape(npy::value_of(header, "shape", path), path);
  const std::size_t have = all.size() - start - size;
  if (std::size_t(shape.elements()) > have / type->bytes ||
      have != std::size_t(shape.elements()) * type->bytes)
    refuse("a tensor ", shape, " of ", name, " does not fit its ", have, " bytes of numbers");
  Tensor<Cpu> tensor(shape);
  type->convert(bytes.data() + start + size, tensor.data(), tensor.size());
  return tensor;
}

/// Throws Error where it cannot be written; then an older file of that name is still there.
inline void write_npy(const std::string& path, const Tensor<Cpu>& tensor) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + tensor.shape().str() + ", }";
  header.append(63 - (10 + header.size()) % 64, ' ');
  header += '\n';
  std::string start("\x93NUMPY\x01\x00", 8);
  start += char(header.size() & 0xFF);
  start += char(header.size() >> 8);
  AtomicFile file(path);
  file.write(start + header);
  file.write({reinterpret_cast<const char*>(tensor.data()), std::size_t(tensor.size()) * sizeof(float)});
  file.commit();
}

}  // namespace tanuki
