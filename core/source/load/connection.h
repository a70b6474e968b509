/* One connection of the load generator: opens, receives the greeting, then sends messages and receives answers. Private to core/.
 * On its worker's thread. */
#ifndef LOOPMSG_LOAD_CONNECTION_H
#define LOOPMSG_LOAD_CONNECTION_H

#include "load/state.h"
#include "loopmsg/connector.h"

#include <stdbool.h>
#include <stdint.h>

/* Initialises *CONNECTION, which must be all zero. NUMBER is its number among all connections of the run. */
void lm_load_connection_init(lm_load_connection *connection, lm_load_worker *worker, uint64_t number);

/* Returns what the connectors of one worker share. */
lm_connector_plan lm_load_connection_plan(lm_load_worker *worker);

/* Starts to open a closed connection. */
void lm_load_connection_open(lm_load_connection *connection);

/* Sends the messages that it may send now. */
void lm_load_connection_flush(lm_load_connection *connection);

/* Withdraws the messages that it may still send. */
void lm_load_connection_withdraw(lm_load_connection *connection);

/* Gives up the messages in flight and those that it may still send. IS_ERROR counts a timeout if any was in flight. */
void lm_load_connection_abandon(lm_load_connection *connection, bool is_error);

/* Closes it for good, without counting anything. */
void lm_load_connection_quit(lm_load_connection *connection);

#endif
