/* A peer that sends and never receives: the server's answers fill every buffer, and only the end of its drain closes the
 * connection. */
#include "sim/run.h"

#include "pal/container.h"

#include <string.h>

#define TALK_SIZE ((size_t)1 << 20) /* several times what the network holds, both ways */
#define TALK_MESSAGE 1000u

static uint8_t talk[TALK_SIZE];

static sim_mute *mute_of(pal_stream *stream) {
    return PAL_CONTAINER_OF(stream, sim_mute, stream);
}

static void mute_connected(pal_stream *stream, pal_error error) {
    sim_mute *mute = mute_of(stream);
    if (error.status == PAL_OK)
        pal_stream_send(stream, talk, TALK_SIZE);
    else
        pal_stream_close(stream);
    mute->is_sending = error.status == PAL_OK;
}

/* It may be read away by a server that has ended the conversation, when it was stopped or had no memory; otherwise nobody has room
 * for it. */
static void mute_sent(pal_stream *stream, pal_error error) {
    sim_mute *mute = mute_of(stream);
    if (!mute->is_sending)
        sim_fail(mute->run, "sent came without a send, to who never listens", 0);
    else if (error.status == PAL_OK && mute->run->stop_ns == 0 && (mute->run->settings.faults & 1u << PAL_SIM_MEMORY) == 0)
        sim_fail(mute->run, "the server went on answering who never listens", 0);
    mute->is_sending = false;
    pal_stream_close(stream);
}

static void mute_closed(pal_stream *stream) {
    sim_run_client_gone(mute_of(stream)->run);
}

static const pal_stream_handler handler = {.connected = mute_connected, .sent = mute_sent, .closed = mute_closed};

/* Messages of one size, one after the other, as each framing has them. */
static void talk_fill(lm_framing_kind framing) {
    memset(talk, 'A', sizeof talk);
    for (size_t begin = 0; begin + TALK_MESSAGE <= TALK_SIZE; begin += TALK_MESSAGE) {
        if (lm_framing_traits_of(framing)->has_count) {
            const uint8_t count[LM_COUNT_SIZE] = {0, 0, (TALK_MESSAGE - LM_COUNT_SIZE) >> 8, (TALK_MESSAGE - LM_COUNT_SIZE) & 0xff};
            memcpy(talk + begin, count, sizeof count);
        } else {
            talk[begin + TALK_MESSAGE - 1] = '\n';
        }
    }
}

void sim_mute_begin(sim_mute *mute, sim_run *run) {
    mute->run = run;
    talk_fill(run->server_settings.conversation.framing);
    if (pal_stream_connect(&mute->stream, &run->loop, &handler, &run->bound[0]).status != PAL_OK)
        sim_run_client_gone(run);
}
