# cpack runs this when the files of a package are in place, before it packs them. Debian's policy wants a copyright file and a changelog in each package,
# manual pages compressed, and completions of zsh in a folder of their own.
cmake_minimum_required(VERSION 3.25)
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()

file(READ ${CPACK_RESOURCE_FILE_LICENSE} license)
string(REGEX MATCH "Copyright [^\n]*" copyright "${license}")
string(REGEX REPLACE "^.*${copyright}\n+" "" license "${license}")
string(REGEX REPLACE "\n\n" "\n.\n" license "${license}")
string(REGEX REPLACE "(^|\n)([^\n])" "\\1 \\2" license "${license}")
string(REGEX REPLACE "^Copyright (\\([cC]\\) )?" "" copyright "${copyright}")
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)

function(gzip)
  execute_process(COMMAND gzip -9nf ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  set(share ${CPACK_TEMPORARY_DIRECTORY}/${component}${CPACK_PACKAGING_INSTALL_PREFIX}/share)
  set(documents ${share}/doc/${package})
  file(REMOVE ${documents}/LICENSE) # its text is in the copyright file
  if(EXISTS ${share}/zsh/site-functions)
    file(RENAME ${share}/zsh/site-functions ${share}/zsh/vendor-completions) # where Debian's zsh looks
  endif()
  file(
    WRITE ${documents}/copyright
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: ${CPACK_PACKAGE_NAME}\n\n"
    "Files: *\nCopyright: ${copyright}\nLicense: Expat\n${license}")
  file(
    WRITE ${documents}/changelog.Debian
    "${package} (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium\n\n"
    "  * Packed by CPack from the sources of this version.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  file(GLOB pages ${share}/man/man*/*.[1-9])
  gzip(${documents}/changelog.Debian ${pages})
endforeach()
