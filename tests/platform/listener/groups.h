/* The groups of the listener suite, one a file: each runs its tests and returns how many failed. */
#ifndef TEST_PLATFORM_LISTENER_GROUPS_H
#define TEST_PLATFORM_LISTENER_GROUPS_H

int listener_accept_run(void);
int listener_addresses_run(void);
int listener_adopt_run(void);
int listener_handover_run(void);

#endif
