/* loopmsg addresses: where this machine can be reached. */
#include "addresses.h"

#include "command_line/exit_codes.h"
#include "output/append.h"
#include "output/json.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/interface.h"
#include "pal/system.h"

#include <stdio.h>
#include <string.h>

#define MAC_TEXT_SIZE 32 /* eight pairs of digits, their separators, and the terminator */

typedef struct addresses_settings {
    bool has_json;
} addresses_settings;

static const char *mac_format(const pal_interface *interface, char *buffer) {
    buffer[0] = '\0';
    for (size_t i = 0; i < interface->mac_size && i < sizeof interface->mac; i++)
        (void)snprintf(buffer + strlen(buffer), 4, "%s%02x", i > 0 ? ":" : "", (unsigned)interface->mac[i]);
    return buffer;
}

static void interface_append_text(lm_buffer *output, const pal_interface *interface) {
    char mac[MAC_TEXT_SIZE], number[UNIT_TEXT_SIZE], host[PAL_ADDRESS_TEXT_SIZE];
    bool has_mtu = interface->mtu_bytes != 0;
    line_append(output, interface->name, ": ", interface->up ? "up" : "down", interface->mac_size > 0 ? ", MAC " : "",
                mac_format(interface, mac), has_mtu ? ", MTU " : "", has_mtu ? number_format(interface->mtu_bytes, number) : "");
    for (size_t i = 0; i < interface->address_count; i++) {
        const pal_interface_address *entry = &interface->addresses[i];
        line_append(output, "    ", pal_address_format_host(&entry->address, host, sizeof host), "/",
                    number_format(entry->prefix_bits, number), " ", pal_address_kind_name(pal_address_kind_of(&entry->address)));
    }
}

static void interface_append_json(json *writer, const pal_interface *interface) {
    char mac[MAC_TEXT_SIZE], host[PAL_ADDRESS_TEXT_SIZE];
    json_object_begin(writer, NULL);
    json_text(writer, "name", interface->name);
    json_boolean(writer, "up", interface->up);
    if (interface->mac_size > 0)
        json_text(writer, "mac", mac_format(interface, mac));
    if (interface->mtu_bytes != 0)
        json_number(writer, "mtu", interface->mtu_bytes);
    json_array_begin(writer, "addresses");
    for (size_t i = 0; i < interface->address_count; i++) {
        const pal_interface_address *entry = &interface->addresses[i];
        json_object_begin(writer, NULL);
        json_text(writer, "address", pal_address_format_host(&entry->address, host, sizeof host));
        json_number(writer, "prefix", entry->prefix_bits);
        json_text(writer, "kind", pal_address_kind_name(pal_address_kind_of(&entry->address)));
        json_object_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static int addresses_run(const command_line *line) {
    const addresses_settings *settings = line->settings;
    char name[256];
    pal_error error = pal_host_name(name, sizeof name);
    if (error.status != PAL_OK) {
        error_line("cannot get this machine's name: ", error_text(error));
        return EXIT_FAILED;
    }
    pal_interface *interfaces;
    size_t count;
    error = pal_interface_list(&interfaces, &count);
    if (error.status != PAL_OK) {
        error_line("cannot list this machine's interfaces: ", error_text(error));
        return EXIT_FAILED;
    }
    lm_buffer output = {0};
    json writer = {.output = &output};
    if (settings->has_json) {
        json_object_begin(&writer, NULL);
        json_text(&writer, "host_name", name);
        json_array_begin(&writer, "interfaces");
    } else {
        line_append(&output, "host name: ", name);
    }
    for (size_t i = 0; i < count; i++) {
        if (settings->has_json)
            interface_append_json(&writer, &interfaces[i]);
        else
            interface_append_text(&output, &interfaces[i]);
    }
    if (settings->has_json) {
        json_array_end(&writer);
        json_object_end(&writer);
        lm_buffer_append_text(&output, "\n");
    }
    pal_interface_list_free(interfaces, count);
    bool written = output_write(&output);
    lm_buffer_free(&output);
    return written ? EXIT_DONE : EXIT_FAILED;
}

static const option addresses_options[] = {
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(addresses_settings, has_json),
     .help = "print one JSON object: host_name, and interfaces with name, up, mac, mtu and addresses (address, prefix, kind)"},
    OPTION_HELP_ROW,
};

static const char *const addresses_examples[] = {
    "loopmsg addresses",
    "find the address to which other machines can connect",
    "loopmsg addresses --json",
    "print the same for a program",
    NULL,
};

const command_row addresses_command = {
    .name = "addresses",
    .summary = "print this machine's name, interfaces and addresses",
    .arguments = "",
    .description =
        "Prints the machine's host name, and the name, state, MAC, MTU and addresses of each network interface. "
        "Each address is printed with its prefix length and its kind: loopback, link-local, private, multicast or global.",
    .examples = addresses_examples,
    .options = addresses_options,
    .option_count = sizeof addresses_options / sizeof addresses_options[0],
    .settings_size = sizeof(addresses_settings),
    .run = addresses_run,
};
