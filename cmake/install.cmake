# What `cmake --install` puts where: the program with its manual and completions, the library with its headers and
# its CMake package.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The program describes itself, so these are never older than it. Under sanitizers nobody installs it.
set(described ${PROJECT_BINARY_DIR}/described)
if(NOT WEFT_SANITIZE)
  file(MAKE_DIRECTORY ${described})
  add_custom_command(TARGET weft_program POST_BUILD
    COMMAND weft_program manual > ${described}/weft.1
    COMMAND weft_program completion bash > ${described}/weft
    COMMAND weft_program completion zsh > ${described}/_weft
    COMMENT "Writing the manual and the completions")
endif()

install(TARGETS weft_program RUNTIME)
install(TARGETS weft_pictures LIBRARY DESTINATION lib/weft)  # src/image/module.cpp looks there
install(FILES ${described}/weft.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${described}/weft DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${described}/_weft DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/weft)
install(TARGETS weft EXPORT weft ARCHIVE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/weft DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT weft NAMESPACE weft:: FILE weftTargets.cmake DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/weftConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES cmake/weftConfig.cmake cmake/weftDependencies.cmake
              ${PROJECT_BINARY_DIR}/weftConfigVersion.cmake
  DESTINATION ${package})
