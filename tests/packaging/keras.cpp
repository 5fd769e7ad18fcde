// Links only where tanuki::keras brings HDF5 and libzip along.

#include <hdf5.h>
#include <zip.h>

int main() {
  zip_error_t error;
  zip_error_init(&error);
  zip_error_fini(&error);
  return H5open() < 0;
}
