# What `cpack` packs, from what cmake/Install.cmake installs: for Debian three packages, for other Unix an archive of everything, for Windows an
# archive of everything and an installer.
set(CPACK_PACKAGE_NAME ${PROJECT_NAME})
set(CPACK_PACKAGE_VENDOR "the loopmsg authors")
set(LOOPMSG_PACKAGE_CONTACT "the loopmsg authors <loopmsg@localhost>" CACHE STRING "The contact in packages: Name <address>")
set(CPACK_PACKAGE_CONTACT ${LOOPMSG_PACKAGE_CONTACT})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_RESOURCE_FILE_README ${PROJECT_SOURCE_DIR}/README.md)
string(TOLOWER "${PROJECT_NAME}-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" CPACK_PACKAGE_FILE_NAME)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGE_INSTALL_DIRECTORY ${PROJECT_NAME}) # under Program Files, whatever the version
set(CPACK_PACKAGE_INSTALL_REGISTRY_KEY ${PROJECT_NAME})
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_COMPONENTS_ALL program development)
set(CPACK_COMPONENT_PROGRAM_DISPLAY_NAME "loopmsg")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Answers everybody who connects, speaks to such a server, and measures it
under load while it checks every byte of every answer. One program that is
the same on Windows and Unix, and needs nothing but the system.")
set(CPACK_COMPONENT_PROGRAM_REQUIRED ON)
set(CPACK_COMPONENT_DEVELOPMENT_DISPLAY_NAME "Library for C")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "The library of loopmsg for programs in C or C++: a server and a client of
messages over TCP, framing and conversation as state machines, an event
loop, and their headers. CMake and pkg-config find it.")
set(CPACK_COMPONENT_DEVELOPMENT_DISABLED ON)
if(LOOPMSG_SHARED)
  list(APPEND CPACK_COMPONENTS_ALL library)
endif()

if(WIN32)
  set(CPACK_GENERATOR ZIP)
  find_program(LOOPMSG_NSIS makensis PATHS "[HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\NSIS]" "[HKEY_LOCAL_MACHINE\\SOFTWARE\\NSIS]")
  if(LOOPMSG_NSIS)
    list(APPEND CPACK_GENERATOR NSIS)
  endif()
  set(CPACK_NSIS_DISPLAY_NAME "loopmsg ${PROJECT_VERSION}")
  set(CPACK_NSIS_PACKAGE_NAME "loopmsg")
  set(CPACK_NSIS_INSTALLED_ICON_NAME "bin\\loopmsg.exe")
  set(CPACK_NSIS_UNINSTALL_NAME Uninstall)
  set(CPACK_NSIS_ENABLE_UNINSTALL_BEFORE_INSTALL ON)
  set(CPACK_NSIS_MODIFY_PATH ON)
  if(CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(CPACK_NSIS_INSTALL_ROOT "$PROGRAMFILES64")
    # Debian's NSIS can make a 64-bit installer, which a Wine with only 64 bits can run.
    if(CMAKE_HOST_UNIX)
      set(CPACK_NSIS_EXECUTABLE_PRE_ARGUMENTS "XTarget\\ amd64-unicode")
    endif()
  endif()
elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(CPACK_GENERATOR TGZ)
  find_program(LOOPMSG_DPKG dpkg)
  find_program(LOOPMSG_SHLIBDEPS dpkg-shlibdeps)
  find_program(LOOPMSG_FILE file)
  if(LOOPMSG_DPKG)
    list(APPEND CPACK_GENERATOR DEB)
  endif()
else()
  set(CPACK_GENERATOR TGZ)
endif()

# --- Debian --------------------------------------------------------------------------------------------------------------------------

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME loopmsg)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION net)
set(library_package libloopmsg${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "The library of loopmsg: a server and a client of messages over TCP, framing
and conversation as state machines, and an event loop. This is what
programs need that were linked with it.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libloopmsg-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
if(LOOPMSG_SHARED)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
endif()
# dpkg-shlibdeps reads from the files which packages they need; CPack finds the files for it with file(1).
if(LOOPMSG_SHLIBDEPS AND LOOPMSG_FILE)
  set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
endif()
# Programs that link with the shared library depend on its package, and ldconfig runs when it is installed.
file(WRITE ${PROJECT_BINARY_DIR}/debian/shlibs
     "libloopmsg ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR} ${library_package} (>= ${PROJECT_VERSION})\n")
file(WRITE ${PROJECT_BINARY_DIR}/debian/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/debian/shlibs ${PROJECT_BINARY_DIR}/debian/triggers)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/debian-files.cmake)

include(CPack)
