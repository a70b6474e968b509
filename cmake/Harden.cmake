# Makes memory errors harder to exploit. On by default, because this program talks to strangers; a project that includes this one has its own
# flags. Included before any target, and after Sanitize. Off under sanitizers: they see more than these, and fortified calls bypass them.
option(LOOPMSG_HARDEN "Stack protector, fortified calls, and what the linker can do against exploits" ${PROJECT_IS_TOP_LEVEL})

set(LOOPMSG_HARDENED "") # what the built program must show: tests/executable/hardened.py looks for it
if(NOT LOOPMSG_HARDEN OR LOOPMSG_SANITIZE)
  return()
endif()

if(MSVC)
  add_compile_options(/guard:cf /GS)
  add_link_options(/guard:cf /DYNAMICBASE /NXCOMPAT)
  set(LOOPMSG_HARDENED aslr nx guard)
  if(CMAKE_SIZEOF_VOID_P EQUAL 8)
    add_link_options(/HIGHENTROPYVA)
    list(APPEND LOOPMSG_HARDENED entropy)
  endif()
  return()
endif()

add_compile_options(-fstack-protector-strong)
add_link_options(-fstack-protector-strong) # mingw-w64 has its functions in a library
set(LOOPMSG_HARDENED protector)

# Only optimised code can be fortified. Level 3 also knows sizes at run time; older C libraries warn that they do not know it.
include(CheckCSourceCompiles)
set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3")
check_c_source_compiles("#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }" LOOPMSG_HAS_FORTIFY_3)
unset(CMAKE_REQUIRED_FLAGS)
set(level $<IF:$<BOOL:${LOOPMSG_HAS_FORTIFY_3}>,3,2>)
add_compile_options("$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=${level}>")
include(CheckSymbolExists)
check_symbol_exists(__GLIBC__ stdio.h LOOPMSG_HAS_GLIBC) # only glibc names its fortified calls

if(WIN32)
  add_link_options(-Wl,--dynamicbase,--nxcompat)
  list(APPEND LOOPMSG_HARDENED aslr nx)
  if(CMAKE_SIZEOF_VOID_P EQUAL 8)
    add_link_options(-Wl,--high-entropy-va)
    list(APPEND LOOPMSG_HARDENED entropy)
  endif()
elseif(NOT APPLE) # there programs are always position independent, and stacks hold no code
  add_link_options(-Wl,-z,relro,-z,now,-z,noexecstack)
  list(APPEND LOOPMSG_HARDENED relro nx)
  # A static program is loaded where it was linked.
  if(NOT "${CMAKE_C_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}" MATCHES "-static")
    add_compile_options($<$<NOT:$<BOOL:$<TARGET_PROPERTY:POSITION_INDEPENDENT_CODE>>>:-fPIE>) # a shared library's code has -fPIC
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)
    list(APPEND LOOPMSG_HARDENED pie now)
    if(LOOPMSG_HAS_GLIBC)
      list(APPEND LOOPMSG_HARDENED $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:fortify>)
    endif()
  endif()
endif()
