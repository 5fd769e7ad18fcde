#pragma once

// Writes HDF5 files and zips as the tests want them, wrong ones too.

#include <hdf5.h>
#include <zip.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/io/keras/hdf5.hpp"

namespace tanuki::test {

class H5Writer {
 public:
  explicit H5Writer(const std::string& path)
      : file_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose),
        parents_(H5Pcreate(H5P_LINK_CREATE), H5Pclose) {
    H5Pset_create_intermediate_group(parents_, 1);
  }

  hid_t id() const { return file_; }

  H5Writer& group(const std::string& path) {
    return check(Hdf5Handle(H5Gcreate2(file_, path.c_str(), parents_, H5P_DEFAULT, H5P_DEFAULT), H5Gclose));
  }

  /// A dataset of any type whose numbers are float; `list` says how they are stored.
  H5Writer& dataset(const std::string& path, const std::vector<hsize_t>& shape,
                    const std::vector<float>& numbers, hid_t type = H5T_IEEE_F32LE,
                    hid_t list = H5P_DEFAULT) {
    const Hdf5Handle space(H5Screate_simple(int(shape.size()), shape.data(), nullptr), H5Sclose);
    const Hdf5Handle data(H5Dcreate2(file_, path.c_str(), type, space, parents_, list, H5P_DEFAULT),
                          H5Dclose);
    if (!numbers.empty() &&
        H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0) {
      throw std::runtime_error("cannot write " + path);
    }
    return check(data);
  }

  /// A list of texts of fixed length, as numpy writes bytes.
  H5Writer& texts(const std::string& path, const std::string& attribute,
                  const std::vector<std::string>& values) {
    std::size_t width = 1;
    for (const std::string& value : values) width = std::max(width, value.size());
    std::string characters;
    for (const std::string& value : values) characters += value + std::string(width - value.size(), '\0');
    const hsize_t count = values.size();
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    H5Tset_size(type, width);
    return write(path, attribute, type, space, characters.data());
  }

  /// One text of variable length, as h5py writes a str.
  H5Writer& text(const std::string& path, const std::string& attribute, const std::string& value) {
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
    H5Tset_size(type, H5T_VARIABLE);
    const char* pointer = value.c_str();
    return write(path, attribute, type, space, &pointer);
  }

  H5Writer& write(const std::string& path, const std::string& attribute, hid_t type, hid_t space,
                  const void* data) {
    const Hdf5Handle object(H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose);
    const Hdf5Handle handle(H5Acreate2(object, attribute.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
                            H5Aclose);
    H5Awrite(handle, type, data);
    return check(handle);
  }

 private:
  H5Writer& check(const Hdf5Handle& handle) {
    if (!handle) throw std::runtime_error("HDF5 does not write what the test wants");
    return *this;
  }

  Hdf5Handle file_, parents_;
};

inline void write_zip(const std::string& path,
                      const std::vector<std::pair<std::string, std::string>>& members,
                      zip_int32_t method = ZIP_CM_STORE) {
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : members) {
    const auto index =
        zip_file_add(zip, name.c_str(), zip_source_buffer(zip, content.data(), content.size(), 0), 0);
    zip_set_file_compression(zip, zip_uint64_t(index), method, 0);
  }
  if (zip_close(zip) != 0) throw std::runtime_error("cannot write " + path);
}

}  // namespace tanuki::test
