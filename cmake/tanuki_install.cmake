# `cmake --install`: the headers and the package that find_package(tanuki) reads.
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_DATADIR}/cmake/tanuki)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp" PATTERN "*.inc")
set(TANUKI_PRECOMPILED_INSTALLED ${CMAKE_INSTALL_DATADIR}/tanuki/precompiled)
install(DIRECTORY precompiled/ DESTINATION ${TANUKI_PRECOMPILED_INSTALLED})

# tanuki::keras and tanuki::jpeg have files of their own: they are read only where their libraries are there.
install(TARGETS tanuki EXPORT tanukiTargets)
install(TARGETS tanuki_keras EXPORT tanukiKerasTargets)
install(TARGETS tanuki_jpeg EXPORT tanukiJpegTargets)
if(TARGET tanuki_cuda)
  install(TARGETS tanuki_cuda EXPORT tanukiCudaTargets)
  install(EXPORT tanukiCudaTargets NAMESPACE tanuki:: DESTINATION ${package})
endif()
install(EXPORT tanukiTargets NAMESPACE tanuki:: DESTINATION ${package})
install(EXPORT tanukiKerasTargets NAMESPACE tanuki:: DESTINATION ${package})
install(EXPORT tanukiJpegTargets NAMESPACE tanuki:: DESTINATION ${package})

configure_package_config_file(cmake/tanukiConfig.cmake.in tanukiConfig.cmake INSTALL_DESTINATION ${package}
                              PATH_VARS TANUKI_PRECOMPILED_INSTALLED)
write_basic_package_version_file(tanukiConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/tanukiConfig.cmake ${PROJECT_BINARY_DIR}/tanukiConfigVersion.cmake
              cmake/tanuki_find.cmake cmake/tanuki_build_type.cmake cmake/tanuki_precompiled.cmake DESTINATION ${package})
