/* Names and texts of statuses. */
#include "common/backend.h"

#include <stdio.h>

static const struct {
    const char *name;
    const char *text;
} status_table[] = {
    [PAL_OK] = {"ok", "success"},
    [PAL_END] = {"end", "end of stream"},
    [PAL_CANCELLED] = {"cancelled", "cancelled"},
    [PAL_REFUSED] = {"refused", "connection refused"},
    [PAL_RESET] = {"reset", "connection broken"},
    [PAL_TIMED_OUT] = {"timed_out", "timed out"},
    [PAL_UNREACHABLE] = {"unreachable", "host or network unreachable"},
    [PAL_ADDRESS_IN_USE] = {"address_in_use", "address already in use"},
    [PAL_ADDRESS_UNAVAILABLE] = {"address_unavailable", "address not available on this machine"},
    [PAL_DENIED] = {"denied", "permission denied"},
    [PAL_NO_DESCRIPTORS] = {"no_descriptors", "out of descriptors"},
    [PAL_NO_MEMORY] = {"no_memory", "out of memory"},
    [PAL_NAME_NOT_FOUND] = {"name_not_found", "name not found"},
    [PAL_INVALID] = {"invalid", "invalid request"},
    [PAL_UNSUPPORTED] = {"unsupported", "not supported by this system"},
    [PAL_OTHER] = {"other", "system error"},
};

pal_error pal_ok(void) {
    return (pal_error){PAL_OK, 0};
}

pal_error pal_error_of(pal_status status) {
    return (pal_error){status, 0};
}

const char *pal_status_name(pal_status status) {
    return status_table[status].name;
}

const char *pal_error_text(pal_error error, char *buffer, size_t size) {
    const char *text = status_table[error.status].text;
    char system_text[PAL_ERROR_TEXT_SIZE * 2 / 3] = "";
    if (error.os_code != 0)
        pal_os_error_text(error, system_text, sizeof system_text);
    if (error.os_code == 0)
        snprintf(buffer, size, "%s", text);
    else if (system_text[0] == '\0')
        snprintf(buffer, size, "%s (system error %d)", text, error.os_code);
    else if (error.status == PAL_OTHER) /* there is no better text */
        snprintf(buffer, size, "%s (system error %d)", system_text, error.os_code);
    else
        snprintf(buffer, size, "%s (system error %d: %s)", text, error.os_code, system_text);
    return buffer;
}
