# What `cmake --install` installs. In three components, which are also three packages of Debian: `program`, `library` (what programs need that
# were linked with the shared one) and `development` (what compiling and linking such programs needs). Included after the targets.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Windows gets a static library: a DLL would want a mark at each declaration, and gives to so small a library nothing but a file to lose. With
# a sanitizer, or when all is linked statically, nobody could use a shared one.
set(shared ON)
if(WIN32 OR LOOPMSG_SANITIZE OR "${CMAKE_C_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}" MATCHES "-static")
  set(shared OFF)
endif()
option(LOOPMSG_SHARED "Also build the library as a shared one" ${shared})

# --- the libraries -------------------------------------------------------------------------------------------------------------------

# One file each: the platform and the protocol together.
add_library(loopmsg_static STATIC $<TARGET_OBJECTS:pal> $<TARGET_OBJECTS:loopmsg_core>)
set_target_properties(loopmsg_static PROPERTIES OUTPUT_NAME loopmsg EXPORT_NAME static)
set(libraries loopmsg_static)
if(LOOPMSG_SHARED)
  # While the major version is 0, any minor one may change the interface.
  add_library(loopmsg_shared SHARED $<TARGET_OBJECTS:pal_shared> $<TARGET_OBJECTS:loopmsg_core_shared>)
  set_target_properties(
    loopmsg_shared PROPERTIES OUTPUT_NAME loopmsg EXPORT_NAME shared VERSION ${PROJECT_VERSION}
                              SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  list(APPEND libraries loopmsg_shared)
endif()

# What the system has to give to them.
get_target_property(system_libraries pal LINK_LIBRARIES)
if(UNIX)
  find_package(Threads REQUIRED)
  list(APPEND system_libraries m)
elseif(MINGW AND "protector" IN_LIST LOOPMSG_HARDENED)
  list(APPEND system_libraries ssp) # what the stack protector calls
endif()
foreach(library IN LISTS libraries)
  set_target_properties(${library} PROPERTIES LINKER_LANGUAGE C)
  target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${library} PRIVATE ${system_libraries})
endforeach()

# --- program, libraries, headers -----------------------------------------------------------------------------------------------------

install(TARGETS loopmsg RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(
  TARGETS ${libraries}
  EXPORT loopmsg
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development)
install(
  DIRECTORY ${PROJECT_SOURCE_DIR}/core/include/ ${PROJECT_SOURCE_DIR}/platform/include/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT development
  FILES_MATCHING
  PATTERN "*.h")

# Manual pages and completions, where each shell looks for them below a prefix. A build for Windows on another system does not make them.
if(TARGET documents)
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
endif()

# --- how other builds find the library -----------------------------------------------------------------------------------------------

# find_package(loopmsg CONFIG): loopmsg::shared where there is one, loopmsg::static, and loopmsg::loopmsg for whichever comes first.
set(package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/loopmsg)
set(LOOPMSG_WANTS_THREADS ${UNIX})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/loopmsg-config.cmake.in ${PROJECT_BINARY_DIR}/loopmsg-config.cmake
                              INSTALL_DESTINATION ${package_directory} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/loopmsg-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/loopmsg-config.cmake ${PROJECT_BINARY_DIR}/loopmsg-config-version.cmake
        DESTINATION ${package_directory} COMPONENT development)
install(EXPORT loopmsg NAMESPACE loopmsg:: FILE loopmsg-targets.cmake DESTINATION ${package_directory} COMPONENT development)

# pkg-config: the paths follow from where the file lies, so that the folder can be moved.
set(private_libraries ${system_libraries})
list(TRANSFORM private_libraries REPLACE "^([a-z0-9_]+)$" "-l\\1")
list(TRANSFORM private_libraries REPLACE "^Threads::Threads$" "-pthread")
list(JOIN private_libraries " " private_libraries)
set(public_libraries "-lloopmsg")
if(NOT LOOPMSG_SHARED)
  set(public_libraries "-lloopmsg ${private_libraries}")
  set(private_libraries "")
endif()
file(RELATIVE_PATH prefix_from_file /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" prefix "\${pcfiledir}/${prefix_from_file}")
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(prefix ${CMAKE_INSTALL_PREFIX})
endif()
set(libdir "\${prefix}")
set(includedir "\${prefix}")
cmake_path(APPEND libdir ${CMAKE_INSTALL_LIBDIR}) # an absolute path stands for itself
cmake_path(APPEND includedir ${CMAKE_INSTALL_INCLUDEDIR})
configure_file(${CMAKE_CURRENT_LIST_DIR}/loopmsg.pc.in ${PROJECT_BINARY_DIR}/loopmsg.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/loopmsg.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
