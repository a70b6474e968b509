# Toolchain file: builds with zig for a system that this machine cannot run; zig contains that system's headers and libraries.
# LOOPMSG_ZIG_TARGET is the system; LOOPMSG_ZIG is the compiler, if it is not in the PATH.
set(LOOPMSG_ZIG_TARGET "" CACHE STRING "What zig builds for: aarch64-macos, x86_64-macos or aarch64-windows-gnu")
find_program(LOOPMSG_ZIG zig REQUIRED)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LOOPMSG_ZIG_TARGET LOOPMSG_ZIG)
if(NOT LOOPMSG_ZIG_TARGET MATCHES "^([a-z0-9_]+)-(macos|windows)")
  message(FATAL_ERROR "LOOPMSG_ZIG_TARGET must name what zig builds for, such as aarch64-macos")
endif()
set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
if(CMAKE_MATCH_2 STREQUAL "macos")
  set(CMAKE_SYSTEM_NAME Darwin)
  set(options)
else()
  set(CMAKE_SYSTEM_NAME Windows)
  set(options -U_WIN32_WINNT) # zig defines one, and the platform its own
endif()

set(CMAKE_C_COMPILER ${LOOPMSG_ZIG} cc -target ${LOOPMSG_ZIG_TARGET} ${options})
# CMake would ask for this with -Wl,-v, which zig refuses.
set(CMAKE_C_ABI_COMPILED TRUE)
set(CMAKE_C_SIZEOF_DATA_PTR 8)
# CMake wants a program for each of these; zig is one program with subcommands.
set(CMAKE_C_ARCHIVE_CREATE "\"${LOOPMSG_ZIG}\" ar qc <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_APPEND "\"${LOOPMSG_ZIG}\" ar q <TARGET> <OBJECTS>")
set(CMAKE_C_ARCHIVE_FINISH "\"${LOOPMSG_ZIG}\" ranlib <TARGET>")

set(CMAKE_FIND_ROOT_PATH ${CMAKE_CURRENT_LIST_DIR}/none) # nothing from this machine
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
