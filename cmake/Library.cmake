# The libraries, one file each: the platform and the protocol together. loopmsg::static, loopmsg::shared where there is one, and
# loopmsg::loopmsg for the one that BUILD_SHARED_LIBS asks for: the same names that an installed loopmsg has.

# Windows gets only the static library: a DLL needs a mark at each declaration, and for so small a library it is only one more file to lose. With
# a sanitizer, or when everything is linked statically, a shared library is of no use.
set(shared ON)
if(WIN32 OR LOOPMSG_SANITIZE OR "${CMAKE_C_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}" MATCHES "-static")
  set(shared OFF)
elseif(DEFINED BUILD_SHARED_LIBS)
  set(shared ${BUILD_SHARED_LIBS})
endif()
option(LOOPMSG_SHARED "Build the library as a shared one too" ${shared})

add_library(loopmsg_static STATIC $<TARGET_OBJECTS:loopmsg_pal> $<TARGET_OBJECTS:loopmsg_core>)
set_target_properties(loopmsg_static PROPERTIES EXPORT_NAME static)
set(libraries loopmsg_static)
if(LOOPMSG_SHARED)
  # While the major version is 0, any minor one may change the interface.
  add_library(loopmsg_shared SHARED $<TARGET_OBJECTS:loopmsg_pal_shared> $<TARGET_OBJECTS:loopmsg_core_shared>)
  set_target_properties(loopmsg_shared PROPERTIES EXPORT_NAME shared VERSION ${PROJECT_VERSION}
                                                  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  list(APPEND libraries loopmsg_shared)
endif()

# Names as short as pal/ do not belong in a folder that every compiler searches.
include(GNUInstallDirs)
set(header_folder ${CMAKE_INSTALL_INCLUDEDIR}/loopmsg-${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

# The system libraries that they need.
get_target_property(system_libraries loopmsg_pal LINK_LIBRARIES)
if(UNIX)
  find_package(Threads REQUIRED)
  list(APPEND system_libraries m)
elseif(MINGW AND "protector" IN_LIST LOOPMSG_HARDENED)
  list(APPEND system_libraries ssp) # what the stack protector calls
endif()
foreach(library IN LISTS libraries)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME loopmsg LINKER_LANGUAGE C)
  if(NOT LOOPMSG_INSTALL)
    set_target_properties(${library} PROPERTIES EXCLUDE_FROM_ALL ON) # built when something links it
  endif()
  target_include_directories(${library} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/core/include>
                                                  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/platform/include> $<INSTALL_INTERFACE:${header_folder}>)
  target_compile_features(${library} INTERFACE c_std_11) # what the headers want
  target_link_libraries(${library} PRIVATE ${system_libraries})
endforeach()

add_library(loopmsg::static ALIAS loopmsg_static)
if(LOOPMSG_SHARED)
  add_library(loopmsg::shared ALIAS loopmsg_shared)
endif()
if(LOOPMSG_SHARED AND BUILD_SHARED_LIBS)
  add_library(loopmsg::loopmsg ALIAS loopmsg_shared)
else()
  add_library(loopmsg::loopmsg ALIAS loopmsg_static)
endif()
