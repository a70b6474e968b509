# cmake -DHEADER=... -DOUTPUT=... -P extract_example.cmake
# Writes the example in a header's first comment, from @code to @endcode, as C.
cmake_minimum_required(VERSION 3.25)
file(READ ${HEADER} text)
string(FIND "${text}" " * @code{.c}\n" begin)
string(FIND "${text}" " * @endcode" end)
if(begin EQUAL -1 OR end LESS begin)
  message(FATAL_ERROR "${HEADER} shows no example")
endif()
math(EXPR begin "${begin} + 12")
math(EXPR size "${end} - ${begin}")
string(SUBSTRING "${text}" ${begin} ${size} example)
string(REGEX REPLACE "(^|\n) \\* ?" "\\1" example "${example}")
file(WRITE ${OUTPUT} "${example}")
