/* The simulated system: an in-memory network, threads that run one at a time, and a virtual clock, all driven by one seed. Linked in place
 * of the real platform, it is the third implementation of pal/.
 *
 * The same seed, the same faults and the same program give the same run to the last event. Whatever the program waits for costs no real
 * time: when no thread can go on, the clock jumps to what comes next; when nothing comes, that is a deadlock, and the process aborts with
 * the last events printed.
 *
 * One simulation is open at a time. A program that opens none is given one without faults, with the seed LOOPMSG_SIM_SEED of the
 * environment (or 1), by its first call of pal/. */
#ifndef PAL_SIM_H
#define PAL_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What may go wrong. Each seed draws for itself how often each of them does. */
typedef enum pal_sim_fault {
    PAL_SIM_SLICES,   /* what was sent arrives in slices of any size, and receives take less than there is */
    PAL_SIM_PARTS,    /* the system takes a send in parts */
    PAL_SIM_BUFFERS,  /* it has room for a few bytes only */
    PAL_SIM_DELAYS,   /* what crosses the network takes up to seconds */
    PAL_SIM_RESETS,   /* a connection breaks, whatever it is doing */
    PAL_SIM_REFUSALS, /* a connect is refused although somebody listens */
    PAL_SIM_TIMEOUTS, /* a connect gets no answer until the system gives up */
    PAL_SIM_ACCEPTS,  /* accepting fails: out of descriptors */
    PAL_SIM_MEMORY,   /* allocating fails: streams, the rest of a send, loops, threads, and what pal_sim_malloc is asked for */
    PAL_SIM_CANCELS,  /* what close cancels has taken effect already, and the system lets go of it late and one by one */
    PAL_SIM_FAULT_COUNT
} pal_sim_fault;

#define PAL_SIM_NO_FAULTS 0u
#define PAL_SIM_ALL_FAULTS ((1u << PAL_SIM_FAULT_COUNT) - 1)

typedef struct pal_sim_report {
    uint64_t events;    /* of the log */
    uint64_t digest;    /* of all of them: two runs are the same exactly when theirs are, but for chance */
    uint64_t passed_ns; /* of the virtual clock, since it was opened */
    uint64_t switches;  /* turns of a thread that another one had before */
    uint64_t injected[PAL_SIM_FAULT_COUNT];

    /* What is left open, all 0 where nothing was lost. */
    uint64_t sockets; /* connected ones: streams, and sockets that no stream took */
    uint64_t listeners;
    uint64_t loops;
    uint64_t threads;       /* not joined */
    uint64_t blocks;        /* of pal_sim_malloc and its like */
    uint64_t dropped_posts; /* that had not run when their loop was closed */
} pal_sim_report;

/* The fault's name, such as "slices"; NULL past the last. Static storage. */
const char *pal_sim_fault_name(pal_sim_fault fault);

/* Begins a simulation on the calling thread, which is its first: the clock, the ports and the draws start anew. FAULTS is a set of
 * 1u << pal_sim_fault. No loop, socket or thread of an earlier one may be left. PRINTS_LOG prints each event on standard error. */
void pal_sim_open(uint64_t seed, uint32_t faults, bool prints_log);

/* So far. On the thread that has the turn, as every call. */
pal_sim_report pal_sim_report_now(void);

/* Whether REPORT tells of nothing left open and no post dropped. */
bool pal_sim_is_balanced(const pal_sim_report *report);

/* Whether the fault strikes here, which counts it: the simulation asks wherever it can, a program may where it has faults of its own. */
bool pal_sim_strikes(pal_sim_fault fault);

/* malloc and its like, counted and with faults, for a program that is compiled with these names in place of the others. */
void *pal_sim_malloc(size_t size);
void *pal_sim_calloc(size_t count, size_t size);
void *pal_sim_realloc(void *block, size_t size);
void pal_sim_free(void *block);

/* From now on these faults and no others are drawn: so that what is not to fail can be made ready before, and brought to its end. */
void pal_sim_set_faults(uint32_t faults);

/* Writes an event of the program's own into the log. WHAT is of static storage. */
void pal_sim_note(const char *what, uint64_t number, uint64_t value);

/* Prints the last events on standard error, at most COUNT and at most a thousand. */
void pal_sim_print_log(size_t count);

/* Ends the simulation and frees what it holds itself; all other threads have been joined. */
pal_sim_report pal_sim_close(void);

#endif
