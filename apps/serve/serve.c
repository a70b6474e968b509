/* loopmsg serve: answers on one or more addresses until it is interrupted. */
#include "serve/serve.h"

#include "command_line/exit_codes.h"
#include "loopmsg/conversation.h"
#include "loopmsg/endpoint.h"
#include "loopmsg/framing.h"
#include "loopmsg/server.h"
#include "loopmsg/template.h"
#include "network/interrupt.h"
#include "network/spoken.h"
#include "network/targets.h"
#include "network/trace.h"
#include "output/output.h"
#include "pal/console.h"
#include "pal/interface.h"
#include "pal/system.h"
#include "pal/thread.h"
#include "serve/service.h"
#include "serve/transcript.h"

#define BACKLOG_MAX 65535

typedef struct serve_settings {
    const char *greeting, *reply, *farewell;
    int framing;
    uint64_t max_message;
    uint64_t delay_ns, idle_timeout_ns, drain_ns;
    uint64_t backlog, max_connections, threads;
    bool is_quiet, has_json, is_service;
    int trace;
    target_families families;
} serve_settings;

/* Shared by the interrupt thread and the main thread. Static, because that thread lives as long as the process. */
typedef struct serve_interrupt {
    pal_mutex mutex;
    bool is_over;      /* print no more notices */
    lm_server *server; /* NULL before it opens and after it has run */
    uint64_t drain_ns;
} serve_interrupt;

static serve_interrupt interrupt;

typedef struct serve {
    lm_server_settings server;
    lm_template reply;
    serve_transcript transcript;
} serve;

/* Static because the lanes of the transcript are large. */
static serve serving;

/* Stops the server if there is one. Called with the mutex held: the manager is notified of the stop before the end. */
static void serve_stop(void) {
    if (interrupt.server == NULL)
        return;
    lm_server_stop(interrupt.server);
    transcript_hurry(&serving.transcript); /* the server's threads may be waiting for its reader */
    service_notify_stopping(interrupt.drain_ns);
}

static void serve_interrupted(void) {
    pal_mutex_lock(&interrupt.mutex);
    if (!interrupt.is_over)
        notice_line("stopping: finishing the answers in flight; interrupt again to exit immediately");
    serve_stop();
    pal_mutex_unlock(&interrupt.mutex);
}

/* Lets an interrupt stop SERVER, and stops it now if there was one before. */
static void interrupt_set_server(lm_server *server) {
    pal_mutex_lock(&interrupt.mutex);
    interrupt.server = server;
    if (interrupt_has_come())
        serve_stop();
    pal_mutex_unlock(&interrupt.mutex);
}

static void serve_answer(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    const serve *self = context;
    (void)peer;
    lm_template_append(&self->reply, answer, message->bytes, message->size);
}

static void serve_event(void *context, const lm_event *event) {
    serve *self = context;
    transcript_event(&self->transcript, event);
}

static void serve_events_done(void *context, unsigned lane) {
    serve *self = context;
    transcript_events_done(&self->transcript, lane);
}

/* Reports options that contradict each other; then false. */
static bool options_check(const command_line *line, const serve_settings *settings) {
    static const char *const spoken[] = {"greeting", "reply", "farewell", "max-message", NULL};
    const char *given = option_first_given(line, spoken);
    const lm_framing_traits *traits = framing_chosen(settings->framing);
    if (!traits->has_messages && given != NULL) {
        error_line("--", given, " cannot go with --framing ", traits->name, ", which has no messages: it sends back every byte");
        return false;
    }
    if (settings->is_quiet && settings->has_json) {
        error_line("--quiet and --json cannot go together: one hides the events that the other prints");
        return false;
    }
    static const char *const printed[] = {"json", "trace", NULL};
    given = option_first_given(line, printed);
    if (settings->is_service && given != NULL) {
        error_line("--service and --", given, " cannot go together: nobody sees what a service prints");
        return false;
    }
    if (traits->turns_to_lines) /* the greeting is unframed, and the rest follows the client */
        return true;
    return spoken_line_check(traits, "--greeting", settings->greeting) && spoken_line_check(traits, "--reply", settings->reply) &&
           spoken_line_check(traits, "--farewell", settings->farewell);
}

static lm_server_settings server_settings_of(const command_line *line, const serve_settings *settings, serve *self) {
    lm_server_settings server = lm_server_defaults();
    server.conversation = (lm_conversation_settings){.framing = (lm_framing_kind)settings->framing,
                                                     .max_message = (uint32_t)settings->max_message,
                                                     .greeting = settings->greeting,
                                                     .farewell = settings->farewell};
    if (option_is_given(line, "reply"))
        server.answer = serve_answer;
    server.event = serve_event;
    if (!settings->is_quiet && !settings->is_service) /* without a transcript, the calls would cost time for nothing */
        server.events_done = serve_events_done;
    server.context = self;
    server.delay_ns = settings->delay_ns;
    server.idle_timeout_ns = settings->idle_timeout_ns;
    server.drain_ns = settings->drain_ns;
    server.max_connections = settings->max_connections;
    server.backlog = (unsigned)settings->backlog;
    server.threads = (unsigned)settings->threads;
    return server;
}

static void open_failure_report(pal_error error, const pal_address *failed) {
    char address[PAL_ADDRESS_TEXT_SIZE];
    if (failed->family == PAL_ANY_FAMILY) {
        if (error.status == PAL_UNSUPPORTED)
            loop_error_line(error);
        else
            error_line("cannot start the server: ", error_text(error));
        return;
    }
    const char *advice = error.status == PAL_ADDRESS_IN_USE        ? "; choose another port, or 0 for any free one"
                         : error.status == PAL_ADDRESS_UNAVAILABLE ? "; 'loopmsg addresses' lists those of this machine"
                         : error.status == PAL_DENIED              ? "; the system reserves this port; choose another one"
                                                                   : "";
    error_line("cannot listen on ", pal_address_format(failed, address, sizeof address), ": ", error_text(error), advice);
}

/* Prints a line for each address that a client can use: for "every address" (0.0.0.0, ::), each one of this machine that is up. */
static void listening_print(const pal_address *addresses, size_t count) {
    char text[PAL_ADDRESS_TEXT_SIZE];
    pal_interface *interfaces = NULL;
    size_t interface_count = 0;
    pal_error error = pal_interface_list(&interfaces, &interface_count);
    for (size_t i = 0; i < count; i++) {
        bool is_printed = false;
        bool is_any = error.status == PAL_OK && pal_address_kind_of(&addresses[i]) == PAL_KIND_ANY;
        for (size_t j = 0; is_any && j < interface_count; j++) {
            for (size_t k = 0; interfaces[j].up && k < interfaces[j].address_count; k++) {
                pal_address address = interfaces[j].addresses[k].address;
                address.port = addresses[i].port;
                if (address.family != addresses[i].family)
                    continue;
                notice_line("listening on ", pal_address_format(&address, text, sizeof text));
                is_printed = true;
            }
        }
        if (!is_printed)
            notice_line("listening on ", pal_address_format(&addresses[i], text, sizeof text));
    }
    if (error.status == PAL_OK)
        pal_interface_list_free(interfaces, interface_count);
}

/* Opens the server, runs it until it ends, and returns the exit code. */
static int server_run(serve *self) {
    lm_server *server = NULL;
    pal_address failed = {0};
    pal_error error = lm_server_open(&server, &self->server, &failed);
    if (error.status != PAL_OK) {
        if (self->server.socket_count > 0)
            service_unusable_report(error);
        else
            open_failure_report(error, &failed);
        return exit_code_of(error);
    }
    pal_address addresses[LM_ADDRESSES_MAX];
    size_t count = lm_server_addresses(server, addresses, LM_ADDRESSES_MAX);
    transcript_begin(&self->transcript, addresses, count);
    listening_print(addresses, count);
    service_notify_ready();
    interrupt_set_server(server);
    lm_server_run(server);
    interrupt_set_server(NULL);
    lm_server_close(server);
    return EXIT_DONE;
}

/* From here on the server does not wait for the reader of standard error, except with --trace, which drops nothing. The mutex
 * delays the notice of an interrupt until then. */
static int interrupts_watch(const command_line *line) {
    const serve_settings *settings = line->settings;
    pal_mutex_open(&interrupt.mutex);
    pal_mutex_lock(&interrupt.mutex);
    interrupt.drain_ns = settings->drain_ns;
    int code = service_watch(settings->is_service, serve_interrupted);
    if (code == EXIT_DONE && !option_is_given(line, "trace")) {
        pal_error error = error_lines_detach();
        if (error.status != PAL_OK) {
            error_line("cannot start the thread that writes to standard error: ", error_text(error));
            code = EXIT_FAILED;
        }
    }
    pal_mutex_unlock(&interrupt.mutex);
    return code;
}

/* Returns CODE; if nobody reads standard error, ends the process with it instead. */
static int serve_end(int code) {
    service_notify_ended(code);
    pal_mutex_lock(&interrupt.mutex);
    interrupt.is_over = true;
    pal_mutex_unlock(&interrupt.mutex);
    if (!error_lines_attach())
        pal_process_exit(code);
    return code;
}

/* Runs the server with a transcript until both end. */
static int server_run_with_transcript(serve *self, const command_line *line) {
    const serve_settings *settings = line->settings;
    transcript_style style = settings->is_quiet || settings->is_service ? TRANSCRIPT_QUIET
                             : settings->has_json                       ? TRANSCRIPT_JSON
                                                                        : TRANSCRIPT_TEXT;
    pal_error error = transcript_open(&self->transcript, style, &self->server);
    if (error.status != PAL_OK) {
        error_line("cannot start the transcript: ", error_text(error));
        return serve_end(EXIT_FAILED);
    }
    bool is_whole = true;
    trace_begin(line, settings->trace);
    int code = server_run(self);
    trace_end();
    bool has_ended = transcript_close(&self->transcript, &is_whole);
    if (code == EXIT_DONE && !is_whole)
        code = EXIT_FAILED;
    code = serve_end(code);
    if (!has_ended)
        pal_process_exit(code);
    return code;
}

/* Serves on SOCKETS; if there are none, on ADDRESS. */
static int serve_on(const command_line *line, serve *self, const pal_socket *sockets, size_t socket_count) {
    const serve_settings *settings = line->settings;
    pal_address addresses[LM_ADDRESSES_MAX];
    size_t address_count = 0;
    const char *target = line->positional_count > 0 ? line->positionals[0] : LM_HOST;
    int code = EXIT_DONE;
    if (socket_count == 0)
        code = target_find(target, TARGET_LISTEN, settings->families, addresses, &address_count);
    if (code != EXIT_DONE)
        return serve_end(code);
    (void)pal_system_raise_descriptor_limit();
    self->server = server_settings_of(line, settings, self);
    self->server.addresses = addresses;
    self->server.address_count = address_count;
    self->server.sockets = sockets;
    self->server.socket_count = socket_count;
    return server_run_with_transcript(self, line);
}

static int serve_run(const command_line *line) {
    const serve_settings *settings = line->settings;
    serve *self = &serving;
    pal_socket sockets[LM_ADDRESSES_MAX];
    size_t socket_count;
    if (!options_check(line, settings) || !spoken_reply_read(settings->reply, &self->reply))
        return EXIT_USAGE;
    int code = service_take_sockets(line, sockets, &socket_count);
    if (code != EXIT_DONE)
        return code;
    code = interrupts_watch(line);
    if (code != EXIT_DONE)
        return serve_end(code);
    return serve_on(line, self, sockets, socket_count);
}

static const option serve_options[] = {
    {.name = "greeting",
     .kind = OPTION_TEXT,
     .offset = offsetof(serve_settings, greeting),
     .value_name = "TEXT",
     .default_value = LM_GREETING,
     .help = "send this to each client first; '' for nothing"},
    {.name = "reply",
     .kind = OPTION_TEXT,
     .offset = offsetof(serve_settings, reply),
     .value_name = "TEMPLATE",
     .default_value = LM_REPLY,
     .help = "answer with this; {message} stands for the message, {{ and }} for single braces"},
    {.name = "farewell",
     .kind = OPTION_TEXT,
     .offset = offsetof(serve_settings, farewell),
     .value_name = "TEXT",
     .default_value = LM_FAREWELL,
     .help = "the message that ends a conversation without an answer; '' for none"},
    FRAMING_OPTION_ROW(serve_settings, "how messages are separated in the stream"),
    {.name = "max-message",
     .kind = OPTION_SIZE,
     .offset = offsetof(serve_settings, max_message),
     .value_name = "SIZE",
     .default_words = "64k, and 1k to cut",
     .minimum = 1,
     .maximum = LM_MESSAGE_SIZE_MAX,
     .help = "end a conversation when a message is longer than SIZE; chunk, and auto before the first line, cut it instead"},
    {.name = "delay",
     .kind = OPTION_TIME,
     .offset = offsetof(serve_settings, delay_ns),
     .value_name = "TIME",
     .default_value = "0",
     .maximum = OPTION_TIME_MAX_NS,
     .help = "wait TIME before each answer"},
    {.name = "idle-timeout",
     .kind = OPTION_TIME,
     .offset = offsetof(serve_settings, idle_timeout_ns),
     .value_name = "TIME",
     .default_value = "0",
     .default_words = "0, never",
     .maximum = OPTION_TIME_MAX_NS,
     .help = "end a conversation when no message arrives for TIME"},
    {.name = "max-connections",
     .kind = OPTION_COUNT,
     .offset = offsetof(serve_settings, max_connections),
     .value_name = "COUNT",
     .default_words = "unlimited",
     .minimum = 1,
     .maximum = 100000000,
     .help = "close new connections beyond COUNT"},
    {.name = "backlog",
     .kind = OPTION_COUNT,
     .offset = offsetof(serve_settings, backlog),
     .value_name = "COUNT",
     .default_words = "the system's maximum",
     .minimum = 1,
     .maximum = BACKLOG_MAX,
     .help = "let at most COUNT connections wait to be accepted"},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .offset = offsetof(serve_settings, threads),
     .value_name = "COUNT",
     .default_words = "one per processor",
     .minimum = 1,
     .maximum = LM_THREADS_MAX,
     .help = "answer with COUNT threads"},
    {.name = "drain",
     .kind = OPTION_TIME,
     .offset = offsetof(serve_settings, drain_ns),
     .value_name = "TIME",
     .default_value = "5s",
     .maximum = OPTION_TIME_MAX_NS,
     .help = "after an interrupt, wait at most TIME for answers in flight and for the reader of the transcript"},
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_FLAG,
     .offset = offsetof(serve_settings, is_quiet),
     .help = "print no transcript, only failures"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(serve_settings, has_json),
     .help = "print each event as a line of JSON: time, "
             "event (listening, accepted, message, closed, turned_away, accept_failed), "
             "peer, bytes, text, sent_bytes, cause, error"},
    TRACE_OPTION_ROW(serve_settings),
    {.name = "service",
     .kind = OPTION_FLAG,
     .offset = offsetof(serve_settings, is_service),
     .help = "run as a service that the service control manager of Windows starts, and print no transcript"},
    FAMILY_OPTION_ROWS(serve_settings, "listen on"),
    OPTION_HELP_ROW,
};

static const char *const serve_examples[] = {
    "loopmsg serve",
    "answer this machine on 127.0.0.1 and ::1, port 9999",
    "loopmsg serve :9999 --framing line",
    "answer everybody on the network; each line is a message",
    "loopmsg serve localhost:0 --reply 'you said {message}'",
    "pick a free port, print it, and send another answer",
    "loopmsg serve --framing raw",
    "send every byte back (RFC 862)",
    NULL,
};

const command_row serve_command = {
    .name = "serve",
    .summary = "answer everybody who connects",
    .arguments = "[ADDRESS]",
    .description = "Listens on ADDRESS, greets every client and answers each of its messages, until it is "
                   "interrupted.\n\n" TARGET_WORDS " Only this machine reaches localhost (127.0.0.1 and ::1). "
                   "':9999', '0.0.0.0:9999' and '[::]:9999' open the port to the network. Port 0 picks a free one.\n\n"
                   "The transcript goes to standard output. Conversations wait for its reader, so that no line is lost. "
                   "Addresses and failures go to standard error, where lines that nobody reads are dropped.\n\n"
                   "The first Ctrl-C stops accepting, finishes the answers in flight and exits with 0. "
                   "The second exits immediately with 130.\n\n"
                   "A service manager such as systemd can pass sockets that listen already (LISTEN_FDS). "
                   "They replace ADDRESS, and the manager is notified when the server is ready and when it stops "
                   "(NOTIFY_SOCKET).\n\n" OPTION_TIME_WORDS "; " OPTION_SIZE_WORDS "; " OPTION_COUNT_WORDS ". " OPTION_LAST_WORDS,
    .examples = serve_examples,
    .options = serve_options,
    .option_count = sizeof serve_options / sizeof serve_options[0],
    .positional_max = 1,
    .settings_size = sizeof(serve_settings),
    .run = serve_run,
};
