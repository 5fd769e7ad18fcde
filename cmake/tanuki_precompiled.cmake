# Static libraries of what takes a program minutes to compile, for whoever links them: tanuki::precompiled,
# tanuki::precompiled_keras and tanuki::precompiled_cuda. They are compiled in the project that links one, once, with its
# compiler and its flags (not a target's own). For programs and shared libraries: a static library that is installed links
# tanuki::tanuki instead. Used by the build and by the installed package, which set TANUKI_PRECOMPILED_SOURCES.

# tanuki_precompiled(NAME FOLDER DEFINITION libraries...): tanuki::NAME, of FOLDER's files. The definition declares in the
# umbrellas what is in it.
function(tanuki_precompiled name folder definition)
  if(TARGET tanuki_${name})
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${TANUKI_PRECOMPILED_SOURCES}/${folder}/*.cpp)
  add_library(tanuki_${name} STATIC EXCLUDE_FROM_ALL ${sources})
  add_library(tanuki::${name} ALIAS tanuki_${name})
  set_target_properties(tanuki_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)  # for shared libraries, too
  target_compile_definitions(tanuki_${name} PUBLIC ${definition})
  target_link_libraries(tanuki_${name} PUBLIC ${ARGN})
endfunction()

tanuki_precompiled(precompiled cpu TANUKI_PRECOMPILED tanuki::tanuki)
if(TARGET tanuki::hdf5 AND TARGET tanuki::libzip)
  tanuki_precompiled(precompiled_keras keras TANUKI_PRECOMPILED_KERAS tanuki::precompiled tanuki::keras)
endif()
if(TARGET tanuki::cuda)
  tanuki_precompiled(precompiled_cuda cuda TANUKI_PRECOMPILED_CUDA tanuki::cuda)
endif()
