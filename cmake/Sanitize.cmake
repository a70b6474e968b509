# What watches a test build: sanitizers and assertions. Included before any target, so that every target, CMocka too, is built the same way.
set(LOOPMSG_SANITIZE "" CACHE STRING "Sanitizers of gcc and clang: \"address,undefined\" or \"thread\"")
option(LOOPMSG_ASSERTIONS "Keep assert() in optimised builds" OFF)

if(LOOPMSG_SANITIZE)
  # Without -fno-sanitize-recover, undefined behaviour would be printed and the test would still pass.
  add_compile_options(-fsanitize=${LOOPMSG_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LOOPMSG_SANITIZE})
endif()

if(LOOPMSG_ASSERTIONS)
  foreach(type RELEASE RELWITHDEBINFO MINSIZEREL)
    string(REGEX REPLACE "[-/]D *NDEBUG" "" CMAKE_C_FLAGS_${type} "${CMAKE_C_FLAGS_${type}}")
  endforeach()
endif()
