# Gives the target cmocka::cmocka: an installed CMocka, or one built from source beside our tests.
#
# FETCHCONTENT_SOURCE_DIR_CMOCKA names a source tree to build: a cross build without a network needs it, because no package has the library.
# Otherwise an installed CMocka is used. If there is none, as on Windows, git fetches the source.

if(NOT FETCHCONTENT_SOURCE_DIR_CMOCKA)
  find_package(cmocka QUIET CONFIG)
endif()

# The package of 1.1 sets variables and makes no target.
if(cmocka_FOUND AND NOT TARGET cmocka::cmocka)
  add_library(cmocka::cmocka UNKNOWN IMPORTED)
  set_target_properties(cmocka::cmocka PROPERTIES IMPORTED_LOCATION "${CMOCKA_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                                                        "${CMOCKA_INCLUDE_DIR}")
endif()

# A function, so that the settings for CMocka's build do not reach ours.
function(loopmsg_build_cmocka)
  # The release 1.1.5 by its commit, the version of Debian 12: the tests were written with it.
  set(commit f5e2cd77c88d9f792562888d2b70c5a396bfbf7a)
  include(FetchContent)
  # SOURCE_SUBDIR names a folder that does not exist: so MakeAvailable only fetches, and add_subdirectory below can leave out CMocka's install
  # rules and shared library.
  FetchContent_Declare(
    cmocka
    GIT_REPOSITORY https://gitlab.com/cmocka/cmocka.git
    GIT_TAG ${commit}
    SOURCE_SUBDIR none)
  FetchContent_MakeAvailable(cmocka)

  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW) # its option() calls keep the variables that are set here
  set(CMAKE_WARN_DEPRECATED OFF)
  set(CMAKE_C_EXTENSIONS ON) # on mingw-w64 it uses names that strict C17 hides
  set(WITH_STATIC_LIB ON)
  set(WITH_EXAMPLES OFF)
  set(UNIT_TESTING OFF)
  set(PICKY_DEVELOPER OFF)
  add_subdirectory(${cmocka_SOURCE_DIR} ${cmocka_BINARY_DIR} EXCLUDE_FROM_ALL SYSTEM)

  if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(cmocka-static PRIVATE -w) # we do not mend its warnings
  endif()
  add_library(cmocka::cmocka ALIAS cmocka-static)
endfunction()

if(NOT TARGET cmocka::cmocka)
  loopmsg_build_cmocka()
endif()
