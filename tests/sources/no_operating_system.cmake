# cmake -DSOURCE_DIR=... -P no_operating_system.cmake
# Outside platform/ no C file may know an operating system or compiler: it names none of their macros, and in angle brackets includes only
# headers of C17, CMocka and our own. The same rule holds for the headers of platform/include and for the simulation. The yardsticks of
# tests/bench are exempt, because they must not contain any of our code.
cmake_minimum_required(VERSION 3.25)

set(allowed_headers
    "assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio"
    "|stdlib|stdnoreturn|string|tgmath|time|uchar|wchar|wctype|cmocka|loopmsg/[a-z]+|pal/[a-z]+")
string(CONCAT allowed_headers ${allowed_headers})
set(forbidden_words
    "_?_?WIN(32|64)(_*|_WINNT)|__linux(__)?|__unix(__)?|__APPLE__|__MACH__|__[A-Za-z]*BSD__|__CYGWIN__|__MINGW(32|64)__|_MSC_VER"
    "|__GNUC__|__clang__|__attribute__|__declspec|_GNU_SOURCE|_BSD_SOURCE|_DEFAULT_SOURCE|_DARWIN_C_SOURCE|_POSIX_C_SOURCE|_XOPEN_SOURCE")
string(CONCAT forbidden_words ${forbidden_words})

file(
  GLOB_RECURSE files
  RELATIVE ${SOURCE_DIR}
  ${SOURCE_DIR}/core/*.[ch]
  ${SOURCE_DIR}/apps/*.[ch]
  ${SOURCE_DIR}/tests/*.[ch]
  ${SOURCE_DIR}/platform/include/*.h
  ${SOURCE_DIR}/platform/sim/*.[ch])
list(REMOVE_ITEM files tests/bench/bare_echo.c tests/bench/bare_load.c tests/bench/bare_timer.c)
list(LENGTH files count)
if(count LESS 20)
  message(FATAL_ERROR "only ${count} files in ${SOURCE_DIR}: that cannot be the source tree")
endif()

set(found 0)
foreach(file IN LISTS files)
  file(READ ${SOURCE_DIR}/${file} text)
  string(REGEX MATCHALL "#[ \t]*include[ \t]*<[^>\n]*>" includes "${text}")
  foreach(include IN LISTS includes)
    if(NOT include MATCHES "<(${allowed_headers})\\.h>")
      message(SEND_ERROR "${file}: ${include}")
      math(EXPR found "${found} + 1")
    endif()
  endforeach()
  string(REGEX MATCHALL "[A-Za-z0-9_]+" words "${text}")
  list(FILTER words INCLUDE REGEX "^(${forbidden_words})$")
  if(words)
    message(SEND_ERROR "${file}: ${words}")
    math(EXPR found "${found} + 1")
  endif()
endforeach()
message(STATUS "${count} files read, ${found} that know an operating system or compiler")
