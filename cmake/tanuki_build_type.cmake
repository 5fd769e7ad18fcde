# Says so where a user's code would be compiled without optimisation, as CMake does unless told otherwise.
if(NOT CMAKE_CONFIGURATION_TYPES AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CXX_FLAGS MATCHES "-O[1-9sfz]")
  message(NOTICE "tanuki: without optimisation it is some hundred times slower: -DCMAKE_BUILD_TYPE=Release")
endif()
