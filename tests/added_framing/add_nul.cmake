# cmake -DHEADER=framing.h -DSOURCE=framing.c -DOUTPUT=folder -P add_nul.cmake
# Writes OUTPUT/loopmsg/framing.h with one more kind, and OUTPUT/framing.c with one more row.

# Reads FILE into VARIABLE with INSERTION at ANCHOR, before or after it.
function(insert variable file place anchor insertion)
  file(READ ${file} text)
  string(FIND "${text}" "${anchor}" first)
  string(FIND "${text}" "${anchor}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${file} does not contain '${anchor}' exactly once")
  endif()
  if(place STREQUAL after)
    string(LENGTH "${anchor}" size)
    math(EXPR first "${first} + ${size}")
  endif()
  string(SUBSTRING "${text}" 0 ${first} head)
  string(SUBSTRING "${text}" ${first} -1 tail)
  set(${variable} "${head}${insertion}${tail}" PARENT_SCOPE)
endfunction()

insert(text ${HEADER} before "LM_FRAMING_COUNT " "LM_FRAMING_NUL, /* up to a NUL */\n    ")
file(WRITE ${OUTPUT}/loopmsg/framing.h "${text}")

set(table "static const framing_row rows[LM_FRAMING_COUNT] = {")
insert(text ${SOURCE} after "${table}" "\n    [LM_FRAMING_NUL] = NUL_ROW,")
file(WRITE ${OUTPUT}/framing.c "${text}")
insert(text ${OUTPUT}/framing.c before "${table}" "#include \"nul.inc\"\n\n")
file(WRITE ${OUTPUT}/framing.c "${text}")
