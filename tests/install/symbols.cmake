# cmake -DNM=... -DARCHIVE=... -P symbols.cmake
# Requires that all global names of the static library begin with lm_ or pal_: every other name is for its users.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${NM} -g --defined-only ${ARCHIVE} OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[0-9a-fA-F]+ [A-Z] [^\r\n]+" symbols "${listed}")
list(TRANSFORM symbols REPLACE "^.* " "")
list(FILTER symbols EXCLUDE REGEX "^(\\.|__)") # the compiler's
list(REMOVE_DUPLICATES symbols)
list(LENGTH symbols count)
if(count LESS 100)
  message(FATAL_ERROR "${count} symbols cannot be all of ${ARCHIVE}")
endif()
set(strange ${symbols})
list(FILTER strange EXCLUDE REGEX "^_?(lm|pal)_") # some systems put an underscore before each name of C
if(strange)
  list(JOIN strange " " strange)
  message(FATAL_ERROR "without the library's prefixes: ${strange}")
endif()
message(STATUS "${count} symbols, all with a prefix of the library")
