#ifndef APPS_TALK_TALK_H
#define APPS_TALK_TALK_H

#include "command_line/options.h"

extern const command_row talk_command;

#endif
