# What `cmake --install` installs. Its three components are also three Debian packages: `program`, `library` (for programs that are linked with
# the shared library) and `development` (to compile and link such programs).
include(CMakePackageConfigHelpers)

# --- the program ---------------------------------------------------------------------------------------------------------------------

if(PROJECT_IS_TOP_LEVEL)
  install(TARGETS loopmsg RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
  install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

  # Manual pages and completions, where each shell looks for them below a prefix. A build for Windows on another system does not make them.
  set(places powershell ${CMAKE_INSTALL_DATADIR}/loopmsg)
  if(NOT WIN32)
    list(APPEND places man1 ${CMAKE_INSTALL_MANDIR}/man1)
    list(APPEND places bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    list(APPEND places zsh ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    list(APPEND places fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
  while(places)
    list(POP_FRONT places folder place)
    install(DIRECTORY ${LOOPMSG_DOCUMENTS_DIR}/${folder}/ DESTINATION ${place} COMPONENT program OPTIONAL)
  endwhile()

  # Where systemd looks below each of its prefixes, /usr/local among them.
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(units apps/serve/loopmsg.service apps/serve/loopmsg.socket)
    list(TRANSFORM units PREPEND ${PROJECT_SOURCE_DIR}/)
    install(FILES ${units} DESTINATION lib/systemd/system COMPONENT program)
  endif()
endif()

# --- the libraries -------------------------------------------------------------------------------------------------------------------

install(
  TARGETS ${libraries}
  EXPORT loopmsg
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development)
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/ ${PROJECT_SOURCE_DIR}/platform/include/
  DESTINATION ${header_folder}
  COMPONENT development
  FILES_MATCHING
  PATTERN "*.h")

# --- how other builds find the library -----------------------------------------------------------------------------------------------

# find_package(loopmsg CONFIG)
set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/loopmsg)
set(LOOPMSG_WANTS_THREADS ${UNIX})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/loopmsg-config.cmake.in ${PROJECT_BINARY_DIR}/loopmsg-config.cmake
                              INSTALL_DESTINATION ${package_directory} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/loopmsg-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/loopmsg-config.cmake ${PROJECT_BINARY_DIR}/loopmsg-config-version.cmake
        DESTINATION ${package_directory} COMPONENT development)
install(EXPORT loopmsg NAMESPACE loopmsg:: FILE loopmsg-targets.cmake DESTINATION ${package_directory} COMPONENT development)

# pkg-config: `loopmsg` is the shared library where there is one. `loopmsg-static` names the file of the static one, because with -lloopmsg
# linkers prefer the shared one. The paths are relative to these files, so that the folder can be moved.
list(TRANSFORM system_libraries REPLACE "^([a-z0-9_]+)$" "-l\\1")
list(TRANSFORM system_libraries REPLACE "^Threads::Threads$" "-pthread")
list(JOIN system_libraries " " system_libraries)
file(RELATIVE_PATH prefix_from_file /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" prefix "\${pcfiledir}/${prefix_from_file}")
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(prefix ${CMAKE_INSTALL_PREFIX})
endif()
set(libdir "\${prefix}")
set(includedir "\${prefix}")
cmake_path(APPEND libdir ${CMAKE_INSTALL_LIBDIR}) # an absolute path stands for itself
cmake_path(APPEND includedir ${header_folder})

# loopmsg_pkg_config(NAME DESCRIPTION PUBLIC PRIVATE): what to link always, and what only if everything is linked statically.
function(loopmsg_pkg_config name description public_libraries private_libraries)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/loopmsg.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()
if(LOOPMSG_SHARED)
  loopmsg_pkg_config(loopmsg "${PROJECT_DESCRIPTION}" "-L\${libdir} -lloopmsg" "${system_libraries}")
else()
  loopmsg_pkg_config(loopmsg "${PROJECT_DESCRIPTION}" "-L\${libdir} -lloopmsg ${system_libraries}" "")
endif()
set(file ${CMAKE_STATIC_LIBRARY_PREFIX}loopmsg${CMAKE_STATIC_LIBRARY_SUFFIX})
loopmsg_pkg_config(loopmsg-static "${PROJECT_DESCRIPTION} (static library)" "\${libdir}/${file} ${system_libraries}" "")
