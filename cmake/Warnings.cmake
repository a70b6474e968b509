# The warnings of all our targets. Only the presets of tests make them errors: a newer compiler may know more of them, and must still build
# the program.
option(LOOPMSG_WERROR "Treat warnings as errors, Doxygen's too" OFF)

function(loopmsg_warnings target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /utf-8 $<$<BOOL:${LOOPMSG_WERROR}>:/WX>)
    target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS)
  else()
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla
                                             $<$<BOOL:${LOOPMSG_WERROR}>:-Werror>)
  endif()
endfunction()
