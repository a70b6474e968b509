/* The timers against a model of them. */
#ifndef TEST_PLATFORM_LOOP_TIMERS_MODEL_H
#define TEST_PLATFORM_LOOP_TIMERS_MODEL_H

/* A CMocka test. */
void timers_agree_with_a_sorted_list(void **state);

#endif
