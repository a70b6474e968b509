/* The simulated system: an in-memory network, threads that run one at a time, and a virtual clock, all driven by one seed. It is
 * the third implementation of pal/, linked in place of the real platform.
 *
 * The same seed, faults and program give the same run, event by event. Waiting costs no real time: when no thread can continue, the
 * clock jumps to the next event. When there is none, that is a deadlock: the process prints the last events and aborts.
 *
 * One simulation is open at a time. If a program opens none, its first call of pal/ opens one without faults, with the seed in
 * LOOPMSG_SIM_SEED of the environment (or 1). */
#ifndef PAL_SIM_H
#define PAL_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What may go wrong. Each seed draws how often each fault strikes. */
typedef enum pal_sim_fault {
    PAL_SIM_SLICES,   /* bytes arrive in slices of any size, and receives take less than is there */
    PAL_SIM_PARTS,    /* the system takes a send in parts */
    PAL_SIM_BUFFERS,  /* the system's buffers hold a few bytes only */
    PAL_SIM_DELAYS,   /* the network takes up to seconds */
    PAL_SIM_RESETS,   /* a connection breaks at any moment */
    PAL_SIM_REFUSALS, /* a connect is refused although somebody listens */
    PAL_SIM_TIMEOUTS, /* a connect gets no answer until the system gives up */
    PAL_SIM_ACCEPTS,  /* accepting fails: out of descriptors */
    PAL_SIM_MEMORY,   /* an allocation fails: streams, the rest of a send, loops, threads, and pal_sim_malloc */
    PAL_SIM_CANCELS,  /* a request that close cancels has already taken effect; the system releases requests late and one by one */
    PAL_SIM_FAULT_COUNT
} pal_sim_fault;

#define PAL_SIM_NO_FAULTS 0u
#define PAL_SIM_ALL_FAULTS ((1u << PAL_SIM_FAULT_COUNT) - 1)

typedef struct pal_sim_report {
    uint64_t events;    /* in the log */
    uint64_t digest;    /* of all events: equal for equal runs, different for others (except by chance) */
    uint64_t passed_ns; /* on the virtual clock, since the simulation was opened */
    uint64_t switches;  /* from one thread to another */
    uint64_t injected[PAL_SIM_FAULT_COUNT];

    /* What is still open; all 0 when nothing leaked. */
    uint64_t sockets; /* connected: streams, and sockets that no stream owns */
    uint64_t listeners;
    uint64_t loops;
    uint64_t threads;       /* not joined */
    uint64_t blocks;        /* of pal_sim_malloc, _calloc and _realloc */
    uint64_t dropped_posts; /* had not run when their loop was closed */
} pal_sim_report;

/* Returns the fault's name, such as "slices"; NULL past the last. Static storage. */
const char *pal_sim_fault_name(pal_sim_fault fault);

/* Starts a simulation; the calling thread is its first. The clock, the ports and the draws start anew. FAULTS is a set of
 * 1u << pal_sim_fault. No loop, socket or thread of an earlier simulation may be left. PRINTS_LOG prints each event on standard
 * error. */
void pal_sim_open(uint64_t seed, uint32_t faults, bool prints_log);

/* Returns the report so far. Like every function here, only on the thread that has the turn. */
pal_sim_report pal_sim_report_now(void);

/* Returns true when REPORT shows nothing left open and no post dropped. */
bool pal_sim_is_balanced(const pal_sim_report *report);

/* Draws whether the fault strikes here, and counts it if so. For the simulation, and for a program with faults of its own. */
bool pal_sim_strikes(pal_sim_fault fault);

/* malloc(3) and its relatives, counted and with faults. A program is compiled with these names in place of the standard ones. */
void *pal_sim_malloc(size_t size);
void *pal_sim_calloc(size_t count, size_t size);
void *pal_sim_realloc(void *block, size_t size);
void pal_sim_free(void *block);

/* From now on, only these faults strike. So a test can prepare and finish without faults. */
void pal_sim_set_faults(uint32_t faults);

/* Writes an event of the program's own into the log. WHAT must have static storage. */
void pal_sim_note(const char *what, uint64_t number, uint64_t value);

/* Prints the last events on standard error: at most COUNT, and at most a thousand. */
void pal_sim_print_log(size_t count);

/* Ends the simulation, frees its memory and returns the last report. All other threads must have been joined. */
pal_sim_report pal_sim_close(void);

#endif
