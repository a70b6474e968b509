#include <ctype.h>
#include <loopmsg/lookup.h>
#include <loopmsg/server.h>

static void shout(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    (void)context, (void)peer;
    for (size_t i = 0; i < message->size; i++) {
        uint8_t letter = (uint8_t)toupper(message->bytes[i]);
        lm_buffer_append(answer, &letter, 1);
    }
}

int main(void) {
    lm_endpoint endpoint;
    pal_address addresses[LM_ADDRESSES_MAX];
    lm_server_settings settings = lm_server_defaults();
    settings.answer = shout;
    settings.addresses = addresses;
    lm_endpoint_parse(&endpoint, "localhost:9999");
    lm_endpoint_listen_addresses(&endpoint, PAL_ANY_FAMILY, addresses, LM_ADDRESSES_MAX, &settings.address_count);

    lm_server *server;
    if (lm_server_open(&server, &settings, NULL).status != PAL_OK)
        return 1;
    lm_server_run(server);
    lm_server_close(server);
    return 0;
}
