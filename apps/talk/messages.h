/* talk with messages: one after the other, or as a person types them. */
#ifndef APPS_TALK_MESSAGES_H
#define APPS_TALK_MESSAGES_H

#include "talk/session.h"

/* Sets the functions for a connected session and an expired timer. Returns the handler for lm_client_open. */
const lm_client_handler *talk_messages_prepare(talk *self);

#endif
