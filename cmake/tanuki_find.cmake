# Libraries that come without a working CMake package of their own (Debian's libzip has a broken one): looked
# for by one header and one library. Used by the build and by the installed package.

# tanuki_find(NAME HEADER [LIBRARIES names...] [SUFFIXES folders...]): the imported target tanuki::NAME where
# it is found.
function(tanuki_find name header)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LIBRARIES;SUFFIXES")
  find_path(TANUKI_${name}_INCLUDE ${header} PATH_SUFFIXES ${arg_SUFFIXES})
  mark_as_advanced(TANUKI_${name}_INCLUDE)
  if(arg_LIBRARIES)
    find_library(TANUKI_${name}_LIBRARY NAMES ${arg_LIBRARIES} PATH_SUFFIXES ${arg_SUFFIXES})
    mark_as_advanced(TANUKI_${name}_LIBRARY)
  else()
    set(TANUKI_${name}_LIBRARY "")
  endif()
  if(TARGET tanuki::${name} OR NOT TANUKI_${name}_INCLUDE OR (arg_LIBRARIES AND NOT TANUKI_${name}_LIBRARY))
    return()
  endif()
  add_library(tanuki::${name} INTERFACE IMPORTED)
  target_include_directories(tanuki::${name} INTERFACE ${TANUKI_${name}_INCLUDE})
  target_link_libraries(tanuki::${name} INTERFACE ${TANUKI_${name}_LIBRARY})
endfunction()

# stb is found as <stb/stb_image.h>, HDF5 as <hdf5.h>, libzip as <zip.h>, libjpeg-turbo as <jpeglib.h>.
tanuki_find(stb stb/stb_image.h)
tanuki_find(hdf5 hdf5.h LIBRARIES hdf5_serial hdf5 SUFFIXES hdf5/serial)
tanuki_find(libzip zip.h LIBRARIES zip)
tanuki_find(libjpeg jpeglib.h LIBRARIES jpeg)

# The headers of the CUDA runtime, cuBLASLt and NVRTC. The libraries are opened at run time: where the loader does not
# find them by itself, in the toolkit's folder. cuDNN's headers may be missing: the backend then does without.
if(NOT DEFINED TANUKI_CUDA OR TANUKI_CUDA)
  find_package(CUDAToolkit 12 QUIET)
endif()
if(TARGET CUDA::cudart AND TARGET CUDA::cublasLt AND CUDA_nvrtc_LIBRARY AND NOT TARGET tanuki::cuda_toolkit)
  add_library(tanuki::cuda_toolkit INTERFACE IMPORTED)
  target_include_directories(tanuki::cuda_toolkit INTERFACE ${CUDAToolkit_INCLUDE_DIRS})
  target_compile_definitions(tanuki::cuda_toolkit INTERFACE TANUKI_CUDA_LIBRARY_DIR="${CUDAToolkit_LIBRARY_DIR}")
  target_link_libraries(tanuki::cuda_toolkit INTERFACE ${CMAKE_DL_LIBS})
  find_path(TANUKI_cudnn_INCLUDE cudnn_graph.h HINTS ${CUDAToolkit_INCLUDE_DIRS} PATH_SUFFIXES nvidia/cudnn/include)
  mark_as_advanced(TANUKI_cudnn_INCLUDE)
  if(TANUKI_cudnn_INCLUDE)
    target_include_directories(tanuki::cuda_toolkit INTERFACE ${TANUKI_cudnn_INCLUDE})
  endif()
endif()
