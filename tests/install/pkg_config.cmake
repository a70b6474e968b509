# cmake -DPREFIX=... -DFILES=... -DFOLDER=... -DSOURCE=... -DCOMPILER=... -DFLAGS=... -DEMULATOR=... -DVERSION=... -DSHARED=... -P pkg_config.cmake
# Builds a program with what pkg-config says of the installed library in PREFIX, and runs it: with the shared library, with the static one,
# and with nothing but static ones.
cmake_minimum_required(VERSION 3.25)
find_program(PKG_CONFIG NAMES pkg-config pkgconf)
if(NOT PKG_CONFIG)
  message(NOTICE "skipped: there is no pkg-config on this machine")
  return()
endif()
set(ENV{PKG_CONFIG_LIBDIR} ${FILES})
unset(ENV{PKG_CONFIG_PATH})
file(MAKE_DIRECTORY ${FOLDER})
separate_arguments(flags NATIVE_COMMAND "${FLAGS}")

execute_process(COMMAND ${PKG_CONFIG} --modversion loopmsg OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(NOT answer STREQUAL VERSION)
  message(FATAL_ERROR "pkg-config says version ${answer}, not ${VERSION}")
endif()

# converse(NAME OPTION... FLAGS ...): the options go to pkg-config, the flags to the compiler. Only with_shared may need the shared
# library, which is there for all of them.
function(converse name)
  cmake_parse_arguments(arg "" "" "FLAGS" ${ARGN})
  set(program ${FOLDER}/${name})
  execute_process(COMMAND ${PKG_CONFIG} --cflags --libs ${arg_UNPARSED_ARGUMENTS} OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE
                          COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(answer NATIVE_COMMAND "${answer}")
  execute_process(COMMAND ${COMPILER} -std=c17 ${flags} ${SOURCE} -o ${program} ${answer} ${arg_FLAGS} COMMAND_ECHO STDOUT
                          COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${EMULATOR} ${program} TIMEOUT 60 COMMAND_ERROR_IS_FATAL ANY)
  # A program contains the names of the libraries that it loads.
  file(STRINGS ${program} names REGEX "libloopmsg[.0-9]*\\.(so|dylib)")
  if(names AND NOT name STREQUAL "with_shared")
    message(FATAL_ERROR "${name} must contain the library, but needs ${names}")
  elseif(NOT names AND name STREQUAL "with_shared")
    message(FATAL_ERROR "${name} does not need the shared library")
  endif()
endfunction()

converse(with_static loopmsg-static)
if(SHARED)
  execute_process(COMMAND ${PKG_CONFIG} --variable=libdir loopmsg OUTPUT_VARIABLE libdir OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  converse(with_shared loopmsg FLAGS -Wl,-rpath,${libdir})
  converse(static_as_a_whole --static loopmsg FLAGS -static)
else()
  converse(without_shared loopmsg)
endif()
