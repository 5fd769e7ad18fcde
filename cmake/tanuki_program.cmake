# How tanuki's own programs and tests are compiled.

find_program(TANUKI_CCACHE ccache)
mark_as_advanced(TANUKI_CCACHE)
if(TANUKI_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TANUKI_CCACHE})
endif()

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# tanuki_own(TARGET): our warnings, for our own code only.
function(tanuki_own target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow $<$<BOOL:${TANUKI_WERROR}>:-Werror>)
endfunction()

# tanuki_program(NAME SOURCES sources... LINK libraries...): build/bin/NAME. The target has a suffix, since
# the library holds the name `tanuki`.
function(tanuki_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  add_executable(${name}_program ${arg_SOURCES})
  set_target_properties(${name}_program PROPERTIES OUTPUT_NAME ${name})
  target_link_libraries(${name}_program PRIVATE ${arg_LINK})
  tanuki_own(${name}_program)
endfunction()

# tanuki_programs(FOLDER LINK libraries... [ONLY_BY_NAME]): every FOLDER/x.cpp is a program x, built by the target
# tanuki_FOLDER, and with all the rest unless ONLY_BY_NAME. What is too long for one file has its parts in FOLDER/x/,
# included as "x/part.hpp", or compiled for themselves, x/part.cpp.
function(tanuki_programs folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "ONLY_BY_NAME" "" "LINK")
  add_custom_target(tanuki_${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    file(GLOB parts CONFIGURE_DEPENDS ${folder}/${name}/*.cpp)
    tanuki_program(${name} SOURCES ${source} ${parts} LINK ${arg_LINK})
    target_include_directories(${name}_program PRIVATE ${folder})
    set_target_properties(${name}_program PROPERTIES EXCLUDE_FROM_ALL ${arg_ONLY_BY_NAME})
    add_dependencies(tanuki_${folder} ${name}_program)
  endforeach()
endfunction()
