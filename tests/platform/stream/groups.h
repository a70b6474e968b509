/* The groups of the stream suite, one a file: each runs its tests and returns how many failed. */
#ifndef TEST_PLATFORM_STREAM_GROUPS_H
#define TEST_PLATFORM_STREAM_GROUPS_H

int stream_requests_run(void);
int stream_close_run(void);
int stream_reuse_run(void);
int stream_end_run(void);
int stream_data_run(void);
int stream_fair_run(void);
int stream_many_run(void);

#endif
