# The warnings every target of ours is built with. Only the presets of tests make them errors: a newer compiler may know more of them, and that
# must not keep anybody from the program.
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
