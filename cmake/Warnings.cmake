# The warnings every target of ours is built with. LOOPMSG_WERROR (on by default) makes them errors.
option(LOOPMSG_WERROR "Treat warnings as errors" ON)

function(loopmsg_warnings target)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /utf-8 $<$<BOOL:${LOOPMSG_WERROR}>:/WX>)
    target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS)
  else()
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla
                                             $<$<BOOL:${LOOPMSG_WERROR}>:-Werror>)
  endif()
endfunction()
