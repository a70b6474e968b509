/* The contract of pal/listener.h. */
#include "platform/listener/groups.h"

int main(void) {
    int failed = 0;
    failed += listener_accept_run();
    failed += listener_addresses_run();
    failed += listener_adopt_run();
    failed += listener_handover_run();
    return failed != 0;
}
