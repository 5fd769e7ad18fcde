#pragma once

// Writing HDF5 as Keras' weight files use it: groups, datasets of numbers, attributes of text. Throws Error with the file
// and the place in it.

#include <hdf5.h>

#include <algorithm>
#include <cerrno>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/tensor.hpp"
#include "tanuki/io/keras/hdf5.hpp"

namespace tanuki {

class Hdf5Writer {
 public:
  /// A new file at `path`; `name` is what messages call it.
  Hdf5Writer(const std::string& path, std::string name)
      : name_(std::move(name)),
        file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose),
        parents_(H5Pcreate(H5P_LINK_CREATE), H5Pclose) {
    H5Pset_create_intermediate_group(parents_, 1);
    check(bool(file_), "it");
    errno = 0;
  }

  const std::string& name() const { return name_; }

  void group(const std::string& path) const {
    const Hdf5Handle group(H5Gcreate2(file_, path.c_str(), parents_, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
    check(bool(group), path);
  }

  /// One text of any length; "" is the path of the root.
  void text(const std::string& path, const std::string& attribute, const std::string& value) const {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const char* characters = value.c_str();
    write_attribute(path, attribute, type, space, &characters);
  }

  /// A list of texts, each as long as the longest, as h5py writes one of bytes. It must fit an object's header.
  void texts(const std::string& path, const std::string& attribute,
             std::span<const std::string> values) const {
    std::size_t width = 1;
    for (const std::string& value : values) width = std::max(width, value.size());
    std::string characters;
    for (const std::string& value : values) characters += value + std::string(width - value.size(), '\0');
    const hsize_t count = values.size();
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    H5Tset_size(type, width);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    write_attribute(path, attribute, type, space, characters.data());
  }

  /// A tensor as float32; groups on the way to it are made.
  template <class B>
  void array(const std::string& path, const Tensor<B>& value) const {
    const std::vector<hsize_t> extents(value.shape().begin(), value.shape().end());
    const Hdf5Handle space(extents.empty() ? H5Screate(H5S_SCALAR)
                                           : H5Screate_simple(int(extents.size()), extents.data(), nullptr),
                           H5Sclose);
    const Hdf5Handle set(
        H5Dcreate2(file_, path.c_str(), H5T_IEEE_F32LE, space, parents_, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    check(bool(set), path);
    const float* numbers = value.data();
    std::vector<float> copy;
    if constexpr (!std::same_as<B, Cpu>) copy = value.to_vector(), numbers = copy.data();
    check(value.size() == 0 || H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0,
          path);
  }

  void integer(const std::string& path, std::int64_t number) const {
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle set(
        H5Dcreate2(file_, path.c_str(), H5T_STD_I64LE, space, parents_, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    check(set && H5Dwrite(set, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &number) >= 0, path);
  }

  /// Must come last: what the disk has no room for is found here.
  void finish() const { check(H5Fflush(file_, H5F_SCOPE_GLOBAL) >= 0, "it"); }

 private:
  void check(bool good, const std::string& what) const {
    if (good) return;
    const bool known = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ||
                       errno == EIO;  // the system's, which HDF5 keeps
    fail("[keras] '", name_, "': ", what, " cannot be written", known ? ": " : "",
         known ? std::strerror(errno) : "");
  }

  void write_attribute(const std::string& path, const std::string& attribute, hid_t type, hid_t space,
                       const void* data) const {
    const std::string place = path.empty() ? "/" : path;
    const Hdf5Handle object(H5Oopen(file_, place.c_str(), H5P_DEFAULT), H5Oclose);
    const Hdf5Handle handle(H5Acreate2(object, attribute.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
                            H5Aclose);
    check(object && handle && H5Awrite(handle, type, data) >= 0,
          "the attribute '" + attribute + "' of " + place);
  }

  std::string name_;
  Hdf5Silence silence_;
  Hdf5Handle file_, parents_;
};

}  // namespace tanuki
