/* One connection of the load generator: opened, greeted, then messages out and answers in. Private to core/; its worker's thread. */
#ifndef LOOPMSG_LOAD_CONNECTION_H
#define LOOPMSG_LOAD_CONNECTION_H

#include "load/state.h"
#include "loopmsg/connector.h"

#include <stdbool.h>
#include <stdint.h>

/* Makes *CONNECTION, which is zero before. NUMBER is its own among all connections of the run. */
void lm_load_connection_init(lm_load_connection *connection, lm_load_worker *worker, uint64_t number);

/* What the connections of one worker share when they connect. */
lm_connector_plan lm_load_connection_plan(lm_load_worker *worker);

/* Begins to open a connection that is closed. */
void lm_load_connection_open(lm_load_connection *connection);

/* Sends what it may send now. */
void lm_load_connection_flush(lm_load_connection *connection);

/* Takes back what it may still send. */
void lm_load_connection_withdraw(lm_load_connection *connection);

/* Gives up what it has in flight and what it may still send. IS_ERROR counts a timeout if something was in flight. */
void lm_load_connection_abandon(lm_load_connection *connection, bool is_error);

/* Closes it for good; nothing is counted. */
void lm_load_connection_quit(lm_load_connection *connection);

#endif
