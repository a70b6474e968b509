# Toolchain file: builds for Linux on another processor with Debian's cross compiler (LOOPMSG_TRIPLE is its prefix), and runs the result
# under qemu, process by process.
set(LOOPMSG_TRIPLE "" CACHE STRING "The prefix of the tools for the other processor, such as s390x-linux-gnu")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LOOPMSG_TRIPLE)
if(NOT LOOPMSG_TRIPLE MATCHES "^([a-z0-9_]+)-linux-[a-z]+$")
  message(FATAL_ERROR "LOOPMSG_TRIPLE must name the tools for the other processor, such as s390x-linux-gnu")
endif()
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${CMAKE_MATCH_1})
set(CMAKE_C_COMPILER ${LOOPMSG_TRIPLE}-gcc)

set(CMAKE_FIND_ROOT_PATH /usr/${LOOPMSG_TRIPLE}) # where Debian puts its C library
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

if(CMAKE_SYSTEM_PROCESSOR STREQUAL "i686")
  # A 64-bit x86 runs these itself, if they find their C library.
  set(CMAKE_EXE_LINKER_FLAGS_INIT
      "-Wl,--dynamic-linker=${CMAKE_FIND_ROOT_PATH}/lib/ld-linux.so.2,-rpath,${CMAKE_FIND_ROOT_PATH}/lib")
else()
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${CMAKE_SYSTEM_PROCESSOR} -L ${CMAKE_FIND_ROOT_PATH})
endif()
