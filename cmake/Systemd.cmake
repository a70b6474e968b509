# The units of systemd, for the program on Linux. The folder is one where systemd looks below each of its prefixes, /usr/local among them.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  install(FILES ${PROJECT_SOURCE_DIR}/apps/serve/loopmsg.service ${PROJECT_SOURCE_DIR}/apps/serve/loopmsg.socket DESTINATION lib/systemd/system
          COMPONENT program)
endif()
