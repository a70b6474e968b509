#ifndef APPS_ADDRESSES_H
#define APPS_ADDRESSES_H

#include "command_line/options.h"

extern const command_row addresses_command;

#endif
