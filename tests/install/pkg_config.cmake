# cmake -DPREFIX=... -DFILES=... -DFOLDER=... -DSOURCE=... -DCOMPILER=... -DFLAGS=... -DEMULATOR=... -DVERSION=... -DSHARED=... -P pkg_config.cmake
# Builds a program with what pkg-config tells of the installed library in PREFIX, and runs it: with the shared library, and with the static one.
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

execute_process(COMMAND ${PKG_CONFIG} --modversion loopmsg OUTPUT_VARIABLE told OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
if(NOT told STREQUAL VERSION)
  message(FATAL_ERROR "pkg-config tells version ${told}, not ${VERSION}")
endif()

# converse(NAME QUESTION OPTION...): QUESTION goes to pkg-config, the options to the compiler.
function(converse name question)
  execute_process(COMMAND ${PKG_CONFIG} ${question} --cflags --libs loopmsg OUTPUT_VARIABLE told OUTPUT_STRIP_TRAILING_WHITESPACE
                          COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(told NATIVE_COMMAND "${told}")
  execute_process(COMMAND ${COMPILER} -std=c17 ${flags} ${SOURCE} -o ${FOLDER}/${name} ${told} ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${EMULATOR} ${FOLDER}/${name} TIMEOUT 60 COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(SHARED)
  execute_process(COMMAND ${PKG_CONFIG} --variable=libdir loopmsg OUTPUT_VARIABLE libdir OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  converse(with_shared "" -Wl,-rpath,${libdir})
  # Linked statically as a whole, so that nothing can be found by chance.
  converse(with_static --static -static)
else()
  converse(with_static "")
endif()
