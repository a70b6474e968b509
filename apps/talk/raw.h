/* talk --framing raw: bytes go both ways unchanged. */
#ifndef APPS_TALK_RAW_H
#define APPS_TALK_RAW_H

#include "talk/session.h"

/* Sets the functions for a connected session and an expired timer. Returns the handler for lm_client_open. */
const lm_client_handler *talk_raw_prepare(talk *self);

#endif
