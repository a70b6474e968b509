#include <ctype.h>
#include <loopmsg/lookup.h>
#include <loopmsg/server.h>
#include <stdio.h>

static void shout(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    (void)context, (void)peer;
    for (size_t i = 0; i < message->size; i++) {
        uint8_t letter = (uint8_t)toupper(message->bytes[i]);
        lm_buffer_append(answer, &letter, 1);
    }
}

int main(void) {
    lm_endpoint endpoint;
    const char *wrong = lm_endpoint_parse(&endpoint, "localhost:9999");
    if (wrong != NULL) {
        fprintf(stderr, "localhost:9999: %s\n", wrong);
        return 2;
    }

    lm_server *server = NULL;
    lm_server_settings settings = lm_server_defaults();
    pal_address addresses[LM_ADDRESSES_MAX];
    settings.answer = shout;
    settings.addresses = addresses;
    pal_error error = lm_endpoint_listen_addresses(&endpoint, PAL_ANY_FAMILY, addresses, LM_ADDRESSES_MAX, &settings.address_count);
    if (error.status == PAL_OK)
        error = lm_server_open(&server, &settings, NULL);
    if (error.status != PAL_OK) {
        char text[PAL_ERROR_TEXT_SIZE];
        fprintf(stderr, "cannot listen on localhost:9999: %s\n", pal_error_text(error, text, sizeof text));
        return 1;
    }
    lm_server_run(server);
    lm_server_close(server);
    return 0;
}
