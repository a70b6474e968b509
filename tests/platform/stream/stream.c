/* The contract of pal/stream.h. */
#include "platform/stream/groups.h"

int main(void) {
    int failed = 0;
    failed += stream_requests_run();
    failed += stream_close_run();
    failed += stream_reuse_run();
    failed += stream_end_run();
    failed += stream_data_run();
    failed += stream_fair_run();
    failed += stream_many_run();
    return failed != 0;
}
