/* Lists of interfaces. Each backend makes them. */
#include "pal/interface.h"

#include <stdlib.h>

void pal_interface_list_free(pal_interface *interfaces, size_t count) {
    for (size_t i = 0; i < count; i++)
        free(interfaces[i].addresses);
    free(interfaces);
}
