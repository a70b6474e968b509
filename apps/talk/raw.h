/* talk --framing raw: bytes go and come as they are. */
#ifndef APPS_TALK_RAW_H
#define APPS_TALK_RAW_H

#include "talk/session.h"

/* Sets what the session calls once it is connected and when its timer expires; gives the handler for lm_client_open. */
const lm_client_handler *talk_raw_prepare(talk *self);

#endif
