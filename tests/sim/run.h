/* One run of the real server and its clients on the simulation: everything that a seed decides, and what must always hold. */
#ifndef TEST_SIM_RUN_H
#define TEST_SIM_RUN_H

#include "loopmsg/client.h"
#include "loopmsg/server.h"
#include "pal/listener.h"
#include "pal/loop.h"
#include "pal/sim.h"
#include "pal/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_MESSAGES_MAX 12
#define SIM_MESSAGE_SIZE_MAX 9000u
#define SIM_CONVERSATIONS_MAX 5000
#define SIM_BOUND_MAX 2     /* addresses of the server */
#define SIM_ADDRESSES_MAX 5 /* of a client */

/* What the command line asks for. */
typedef struct sim_settings {
    uint64_t seed;
    uint32_t conversations; /* 1 to SIM_CONVERSATIONS_MAX */
    uint32_t faults;
    bool prints_log;
} sim_settings;

/* The results of runs, added up. */
typedef struct sim_totals {
    uint64_t runs, failures;
    uint64_t conversations, completed, ended_early, abandoned;
    uint64_t exchanges;                 /* messages whose answer came whole and right */
    uint64_t attempts, attempts_failed; /* to connect, of the clients */
    uint64_t raced;                     /* begun while another one was under way */
    uint64_t given_up;                  /* under way when another one won */
    uint64_t events, switches;
    uint64_t digest; /* of all runs: the same wherever they run */
    uint64_t virtual_ns;
    uint64_t injected[PAL_SIM_FAULT_COUNT];
} sim_totals;

typedef struct sim_run sim_run;

/* How a conversation ends. Drawn before it begins. */
typedef enum sim_ending {
    SIM_END_FAREWELL,
    SIM_END_SHUTDOWN,
    SIM_END_ABANDON, /* leaves in the middle */
    SIM_END_NEVER    /* stays until the server closes */
} sim_ending;

typedef struct sim_attempt {
    uint64_t begun_ns, failed_ns;
    bool has_failed;
} sim_attempt;

/* A client's attempts to connect. */
typedef struct sim_race {
    sim_run *run;
    pal_address addresses[SIM_ADDRESSES_MAX]; /* as the client is given them */
    uint32_t expected[SIM_ADDRESSES_MAX];     /* the order in which they are to be tried */
    sim_attempt attempts[SIM_ADDRESSES_MAX];  /* in that order */
    uint32_t count, begun, in_flight;
    uint64_t timeout_ns;
    bool is_over; /* connected, or given up */
} sim_race;

typedef struct sim_client {
    lm_client client;
    sim_run *run;
    sim_race race;
    uint32_t number;
    uint64_t random;
    pal_timer begin; /* when it connects, and when it walks away */
    sim_ending ending;
    uint32_t message_count, sent_count, answered_count;
    uint32_t sizes[SIM_MESSAGES_MAX];
    bool is_pipelined; /* does not wait for answers */
    bool is_sending;
    bool is_greeted;
    bool is_open, is_connected, has_said_all, has_ended, is_closing, is_gone;
    bool is_cut;  /* it ended before its time */
    bool is_torn; /* half a message came: the last one */

    /* where messages have no bounds: what is coming */
    uint8_t part;
    size_t text_offset; /* in greeting or reply */
    size_t offset;      /* in the message that is answered */
} sim_client;

typedef struct sim_mute {
    pal_stream stream;
    sim_run *run;
    bool is_sending;
} sim_mute;

typedef struct sim_hole {
    pal_stream filler;
    pal_listener listener;
    pal_address address;
    sim_run *run;
    bool is_open;
} sim_hole;

struct sim_run {
    sim_settings settings;
    uint64_t random;   /* the run's own part of the seed: the simulation draws apart from it */
    char failure[200]; /* "" while everything holds */

    lm_server_settings server_settings;
    lm_server *server;
    pal_address addresses[SIM_BOUND_MAX], bound[SIM_BOUND_MAX];
    uint32_t bound_count;
    sim_hole hole;
    bool may_break; /* conversations may end early */
    bool stops_early;
    pal_timer stop;   /* ... then */
    uint64_t stop_ns; /* when the server was asked to stop, and when it had; 0 before */
    uint64_t stopped_ns;

    /* the server's, by the port of its peer */
    bool *is_serving;
    uint64_t serving_count, accepted_count, ended_count;

    pal_loop loop; /* the clients' */
    sim_client *clients;
    sim_mute mute; /* where the server stops early */
    uint32_t gone_count, guest_count;
    pal_timer patience;
    sim_totals *totals;
};

/* Runs it and adds to TOTALS; false when something did not hold, which it prints on standard error. */
bool sim_run_once(const sim_settings *settings, sim_totals *totals);

/* Notes what did not hold; the first is kept. */
void sim_fail(sim_run *run, const char *text, uint64_t number);

/* A client is closed: its memory is free. */
void sim_run_client_gone(sim_run *run);

/* -- client.c -- */

/* Draws what the client will do, and starts its timer. */
void sim_client_begin(sim_client *client, sim_run *run, uint32_t number);

/* Ends it whatever it is doing. */
void sim_client_end(sim_client *client);

/* -- race.c -- */

/* Draws the addresses of a client: the server's, and dead ones among them. */
void sim_race_draw(sim_race *race, sim_run *run, uint64_t *random);

/* What the client hears. */
void sim_race_begun(sim_race *race, const pal_address *address);
void sim_race_failed(sim_race *race, const pal_address *address, pal_error error);
void sim_race_connected(sim_race *race, pal_error error, const pal_address *address);

/* -- hole.c -- */

/* Opens an address that never answers. Both run the clients' loop. */
void sim_hole_open(sim_hole *hole, sim_run *run);
void sim_hole_close(sim_hole *hole);

/* -- load.c -- */

/* Lets the load generator measure the server, if the framing allows to know the answers. Blocks. */
void sim_load(sim_run *run);

/* -- mute.c -- */

/* Connects, and closes when the server has broken the connection. */
void sim_mute_begin(sim_mute *mute, sim_run *run);

#endif
