#include "command_line/exit_codes.h"

#include <assert.h>

const exit_code exit_codes[] = {
    {EXIT_DONE, "done"},
    {EXIT_FAILED, "a limit of --fail-if was exceeded, output could not be written, or another failure"},
    {EXIT_USAGE, "usage: an option or argument is wrong"},
    {EXIT_NOT_FOUND, "name not found"},
    {EXIT_REFUSED, "refused or unreachable, or the address cannot be listened on"},
    {EXIT_TIMED_OUT, "timed out"},
    {EXIT_RESET, "the connection was reset or closed early"},
    {EXIT_WRONG, "a wrong byte in an answer or greeting"},
    {EXIT_INTERRUPTED, "interrupted"},
    {0, NULL},
};

int exit_code_of(pal_error error) {
    assert(error.status != PAL_OK);
    switch (error.status) {
    case PAL_NAME_NOT_FOUND:
        return EXIT_NOT_FOUND;
    case PAL_REFUSED:
    case PAL_UNREACHABLE:
    case PAL_ADDRESS_IN_USE:
    case PAL_ADDRESS_UNAVAILABLE:
    case PAL_DENIED:
        return EXIT_REFUSED;
    case PAL_TIMED_OUT:
        return EXIT_TIMED_OUT;
    case PAL_END:
    case PAL_RESET:
        return EXIT_RESET;
    case PAL_OK:
    case PAL_CANCELLED:
    case PAL_NO_DESCRIPTORS:
    case PAL_NO_MEMORY:
    case PAL_INVALID:
    case PAL_UNSUPPORTED:
    case PAL_OTHER:
        break;
    }
    return EXIT_FAILED;
}
