/* loopmsg merge: what it does with documents, and what it reports of other files. merge_halves.py proves the sums. */
#include "apps/program.h"
#include "pal/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Files in the test's working directory, for merge. */
#define FILE_A "merge_test_a.json"
#define FILE_B "merge_test_b.json"
#define FILE_PAGE "merge_test.html"
#define FILE_HGRM "merge_test.hgrm"

/* The smallest document: a closed loop of a second, three messages answered, the time of one of them just over 4 us. */
#define NO_HISTOGRAM                                                                                                               \
    "{\"total\":0,\"min_ns\":null,\"max_ns\":null,\"mean_ns\":null,\"p50_ns\":null,\"p90_ns\":null,\"p99_ns\":null,"               \
    "\"p99_9_ns\":null,\"p99_99_ns\":null,\"buckets\":[]}"
#define HISTOGRAM                                                                                                                  \
    "{\"total\":3,\"min_ns\":1000,\"max_ns\":4097,\"mean_ns\":2381,\"p50_ns\":2049,\"p90_ns\":4097,\"p99_ns\":4097,"               \
    "\"p99_9_ns\":4097,\"p99_99_ns\":4097,\"buckets\":[[1000,1],[2048,1],[4096,1]]}"
#define ERRORS                                                                                                                     \
    "{\"refused\":0,\"connect_timed_out\":0,\"connect_failed\":0,\"closed\":0,\"reset\":0,\"timed_out\":0,\"wrong\":0,"            \
    "\"broken\":0,\"total\":0}"
#define PHASE(begin_ns, elapsed_ns, answered, histogram)                                                                           \
    "{\"begin\":null,\"begin_ns\":" begin_ns ",\"elapsed_ns\":" elapsed_ns ",\"processor_ns\":1,\"due\":" answered                 \
    ",\"sent\":" answered ",\"answered\":" answered                                                                                \
    ",\"lost\":0,\"bytes_sent\":0,\"bytes_received\":0,\"connected\":4,\"rate\":3,"                                                \
    "\"errors\":" ERRORS ",\"last_error\":null,\"wrong\":null,\"connect\":" NO_HISTOGRAM ",\"response\":" histogram                \
    ",\"service\":" histogram ",\"lateness\":" NO_HISTOGRAM "}"

static const char document[] =
    "{\"format\":1,\"kind\":\"bench\",\"version\":\"0.1.0\",\"system\":\"Other 1\",\"poller\":\"none\",\"commands\":[\"loopmsg "
    "bench\"],"
    "\"settings\":{\"connections\":4,\"workers\":1,\"duration_ns\":1000000000,\"messages\":null,\"warmup_ns\":0,\"rate\":null,"
    "\"connect_rate\":null,\"size_min_bytes\":64,\"size_max_bytes\":64,\"pipeline\":1,\"timeout_ns\":10000000000,"
    "\"interval_ns\":1000000000,\"seed\":\"1\",\"framing\":\"auto\",\"greeting\":\"hello\",\"reply\":\"{message}\",\"verify\":true,"
    "\"reconnect\":true},"
    "\"servers\":[{\"address\":\"host:1\",\"limited_by_generator\":null,"
    "\"connect\":" PHASE("\"1700000000000000000\"", "1000", "0", NO_HISTOGRAM) ",\"warmup\":" PHASE(
        "null", "0", "0",
        NO_HISTOGRAM) ",\"measured\":" PHASE("\"1700000001000000000\"", "1000000000", "3",
                                             HISTOGRAM) ",\"slices\":[{\"begin_ns\":0,\"length_ns\":1000000000,\"answered\":3,"
                                                        "\"errors\":0,\"open\":4,\"p50_ns\":2049,\"p99_ns\":4097,"
                                                        "\"max_ns\":4097}]}],"
                                                        "\"ratios\":null,\"checks\":[],\"interrupted\":false,\"failure\":null,"
                                                        "\"exit_code\":0}\n";

static void bytes_write(const char *path, const void *bytes, size_t size) {
    pal_file file;
    assert_ok(pal_file_open(&file, path, PAL_FILE_WRITE));
    assert_ok(pal_file_truncate(&file));
    assert_ok(pal_file_write(&file, bytes, size));
    assert_ok(pal_file_close(&file));
}

/* The document with NEW in place of the first OLD, which is in it. The caller's to free. */
static char *edited(const char *text, const char *old, const char *new) {
    const char *place = strstr(text, old);
    assert_non_null(place);
    size_t before = (size_t)(place - text);
    size_t after = strlen(place) - strlen(old);
    char *result = malloc(before + strlen(new) + after + 1);
    assert_non_null(result);
    memcpy(result, text, before);
    memcpy(result + before, new, strlen(new));
    memcpy(result + before + strlen(new), place + strlen(old), after + 1);
    return result;
}

static void edited_write(const char *path, const char *old, const char *new) {
    char *text = edited(document, old, new);
    bytes_write(path, text, strlen(text));
    free(text);
}

static int files_remove(void **state) {
    static const char *const paths[] = {FILE_A, FILE_B, FILE_PAGE, FILE_HGRM};
    for (size_t i = 0; i < TEST_COUNT(paths); i++)
        (void)remove(paths[i]); /* most tests make only some of them */
    return programs_end(state);
}

#define LEVELS "[[[[[[[[[["

static const struct {
    const char *old, *new, *expected;
} refusals[] = {
    {"\"format\":1", "\"format\":2", "(format): the format is not the one that this loopmsg reads"},
    {"\"kind\":\"bench\"", "\"kind\":\"compare\"", "(kind): this is a comparison"},
    {"\"kind\":\"bench\"", "\"kind\":\"sing\"", "(kind): this word is unknown"},
    {"{\"format\"", "[\"format\"", "line 1, column 1: expected an object, found ["},
    {"{\"format\":1,", "{\"size\":1,\"format\":1,", "line 1, column 2 (size): this member is unknown"},
    {"\"format\":1,", "", "the member \"format\" is missing"},
    {"\"sent\":0,", "", "(servers[0].connect): the member \"sent\" is missing"},
    {"\"sent\":0,", "\"sent\":0,\"sent\":0,", "(servers[0].connect.sent): this member is given twice"},
    {"\"connections\":4", "\"connections\":\"4\"", "(settings.connections): expected a whole number from 1 to"},
    {"\"connections\":4", "\"connections\":-4", "expected a whole number from 1 to 72057594037927936, found -4"},
    {"\"connections\":4", "\"connections\":0", "expected a whole number from 1 to"},
    {"\"connections\":4", "\"connections\":4.5", "expected a whole number from 1 to"},
    {"\"connections\":4", "\"connections\":4e3", "expected a whole number from 1 to"},
    {"\"sent\":0", "\"sent\":01", "(servers[0].connect.sent): expected ',' or '}', found 1"},
    {"\"connections\":4", "\"connections\":72057594037927937", "expected a whole number from 1 to"},
    {"\"connections\":4", "\"connections\":100000000000000000000000000000000000000000", "expected a whole number from 1 to"},
    {"\"connections\":4", "\"connections\":null", "expected a whole number from 1 to"},
    {"\"sent\":0", "\"sent\":-1", "(servers[0].connect.sent): expected a whole number from 0 to"},
    {"\"address\":\"host:1\"", "\"address\":1", "(servers[0].address): expected a text, found 1"},
    {"\"address\":\"host:1\"", "\"address\":\"\xff\"", "(servers[0].address): the text is not valid UTF-8"},
    {"\"address\":\"host:1\"", "\"address\":\"\\ud800\"", "(servers[0].address): a surrogate pair is incomplete"},
    {"\"address\":\"host:1\"", "\"address\":\"\\u0000\"", "(servers[0].address): a text contains U+0000"},
    {"\"address\":\"host:1\"", "\"address\":\"a\nb\"", "(servers[0].address): a text contains a control character"},
    {"\"ratios\":null", "\"ratios\":" LEVELS LEVELS LEVELS LEVELS LEVELS LEVELS LEVELS, "nested deeper than"},
    {"\"ratios\":null", "\"ratios\":nothing", "(ratios): expected null, found nothing"},
    {"\"seed\":\"1\"", "\"seed\":\"18446744073709551616\"", "(settings.seed): the text is not a number of at most 64 bits"},
    {"\"seed\":\"1\"", "\"seed\":\"1x\"", "(settings.seed): the text is not a number"},
    {"\"seed\":\"1\"", "\"seed\":1", "(settings.seed): expected a text"},
    {"\"framing\":\"auto\"", "\"framing\":\"morse\"", "(settings.framing): this word is unknown"},
    {"\"verify\":true", "\"verify\":1", "(settings.verify): expected true or false"},
    {"\"begin_ns\":null", "\"begin_ns\":\"-5\"", "(servers[0].warmup.begin_ns): the text is not a number"},
    {"\"begin_ns\":null", "\"begin_ns\":\"9223372036854775808\"", "(servers[0].warmup.begin_ns): the text is not a number"},
    {"\"wrong\":null", "\"wrong\":{\"got\":256}", "(servers[0].connect.wrong.got): expected a whole number from 0 to 255"},
    {"\"last_error\":null", "\"last_error\":{\"status\":\"tired\"}",
     "(servers[0].connect.last_error.status): this word is unknown"},
    {"[2048,1]", "[2049,1]", "(servers[0].measured.response.buckets[1][0]): no bucket begins with this value"},
    {"[2048,1]", "[1000,1]", "buckets[1][0]): the buckets do not ascend"},
    {"[2048,1]", "[500,1]", "buckets[1][0]): the buckets do not ascend"},
    {"[2048,1]", "[2048,0]", "buckets[1][1]): expected a whole number from 1 to"},
    {"[2048,1]", "[2048,-1]", "buckets[1][1]): expected a whole number from 1 to"},
    {"[2048,1]", "[2048]", "buckets[1]): the bucket has no count"},
    {"[2048,1]", "[]", "buckets[1]): the bucket has no value"},
    {"[2048,1]", "[2048,1,1]", "the bucket has more than a value and a count"},
    {"[4096,1]", "[3600000000001,1]", "buckets[2][0]): expected a whole number from 0 to 3600000000000"},
    {"[2048,1]", "[2048,2]", "(servers[0].measured.response): total, min_ns and max_ns are not those of the buckets"},
    {"[2048,1]", "[2048,72057594037927936]", "total, min_ns and max_ns are not those"},
    {"\"total\":3", "\"total\":4", "total, min_ns and max_ns are not those"},
    {"\"min_ns\":1000", "\"min_ns\":999", "total, min_ns and max_ns are not those"},
    {"\"min_ns\":1000", "\"min_ns\":null", "total, min_ns and max_ns are not those"},
    {"\"max_ns\":4097", "\"max_ns\":5000", "total, min_ns and max_ns are not those"},
    {"\"max_ns\":4097", "\"max_ns\":72057594037927936", "total, min_ns and max_ns are not those"},
    {"\"slices\":[", "\"slices\":[0,", "(servers[0].slices[0]): expected an object, found 0"},
    {"\"servers\":[", "\"servers\":[{},", "(servers[0]): the member \"address\" is missing"},
    {"}],\"ratios\"", "},{}],\"ratios\"", "(servers[1]): only a comparison has another server"},
    {"\"commands\":[\"loopmsg bench\"]", "\"commands\":[]", "(commands): there is no command"},
    {"\"exit_code\":0}", "\"exit_code\":0}{", "expected the end of the file, found {"},
    {"\"exit_code\":0}", "\"exit_code\":256}", "(exit_code): expected a whole number from 0 to 255"},
};

static void what_is_no_document_is_refused_with_its_place(void **state) {
    (void)state;
    for (size_t i = 0; i < TEST_COUNT(refusals); i++) {
        edited_write(FILE_A, refusals[i].old, refusals[i].new);
        pal_process *merge = program_run(2, NULL, 0, "merge", "--json", FILE_A);
        program_expect_error_line(merge, "'" FILE_A "' is not output of 'loopmsg bench --json': line 1, column ");
        program_expect_part(merge, PAL_PROCESS_ERROR, refusals[i].expected);
        program_expect(merge, PAL_PROCESS_OUTPUT, "");
        programs_end(NULL);
    }
}

static void a_document_cut_anywhere_is_refused(void **state) {
    (void)state;
    size_t size = sizeof document - 2; /* without the line ending, which may be missing */
    for (size_t i = 0; i < 12; i++) {
        bytes_write(FILE_A, document, size * i / 12);
        pal_process *merge = program_run(2, NULL, 0, "merge", FILE_A);
        program_expect_error_line(merge, ": expected ");
        programs_end(NULL);
    }
    bytes_write(FILE_A, document, size - 1);
    program_expect_error_line(program_run(2, NULL, 0, "merge", FILE_A),
                              "(exit_code): expected ',' or '}', found the end of the file");
    bytes_write(FILE_A, document, size);
    program_run(0, NULL, 0, "merge", FILE_A);
}

static void a_document_may_be_laid_out_and_ordered_otherwise(void **state) {
    (void)state;
    char *text = edited(document, "\"exit_code\":0}", "\"kind\":\"bench\"}");
    char *moved = edited(text, "\"kind\":\"bench\",", "\r\n\t\"exit_code\": 0 ,\n");
    char *marked = edited(moved, "{\"format\"", "\xef\xbb\xbf {\"format\"");
    bytes_write(FILE_A, marked, strlen(marked));
    bytes_write(FILE_B, document, sizeof document - 1);
    pal_process *merge = program_run(0, NULL, 0, "merge", "--json", FILE_A, FILE_B);
    program_expect_part(merge, PAL_PROCESS_OUTPUT, "\"answered\":6");
    char *wrong = edited(marked, "\"version\":", "\n \"version\":?");
    bytes_write(FILE_A, wrong, strlen(wrong));
    program_expect_error_line(program_run(2, NULL, 0, "merge", FILE_A), "line 4, column 12 (version): expected a text, found ?");
    free(text);
    free(moved);
    free(marked);
    free(wrong);
}

static void a_file_of_another_encoding_is_reported_as_such(void **state) {
    (void)state;
    bytes_write(FILE_A, "\xff\xfe{\0", 4);
    program_expect_error_line(program_run(2, NULL, 0, "merge", FILE_A), "'" FILE_A "' is UTF-16");
}

static void what_cannot_be_read_is_reported(void **state) {
    (void)state;
    program_expect_error_line(program_run(1, NULL, 0, "merge", "merge_test_missing.json"), "cannot read 'merge_test_missing.json'");
    pal_process *folder = program_run(1, NULL, 0, "merge", ".");
    program_expect_error_line(folder, "cannot read '.'");
    program_expect(folder, PAL_PROCESS_OUTPUT, "");
}

static void a_run_given_twice_does_not_count_twice(void **state) {
    (void)state;
    bytes_write(FILE_A, document, sizeof document - 1);
    bytes_write(FILE_B, document, sizeof document - 1);
    program_expect_error_line(program_run(2, NULL, 0, "merge", FILE_A, FILE_B), "'" FILE_B "' is the same run as '" FILE_A "'");
}

static void loops_of_both_kinds_are_not_added(void **state) {
    (void)state;
    bytes_write(FILE_A, document, sizeof document - 1);
    edited_write(FILE_B, "\"rate\":null", "\"rate\":100");
    pal_process *merge = program_run(2, NULL, 0, "merge", "--json", FILE_A, FILE_B);
    program_expect_error_line(merge, "'" FILE_B "' was measured in an open loop and '" FILE_A "' in a closed one");
    program_expect(merge, PAL_PROCESS_OUTPUT, "");
}

static void what_runs_differ_in_is_reported(void **state) {
    (void)state;
    static const struct {
        const char *old, *new;
        const char *expected; /* NULL for nothing */
    } cases[] = {
        {"\"seed\":\"1\"", "\"seed\":\"2\"", NULL},
        {"\"connections\":4", "\"connections\":5", NULL},
        {"\"address\":\"host:1\"", "\"address\":\"host:2\"", "the address host:2, '" FILE_A "' with the address host:1"},
        {"\"framing\":\"auto\"", "\"framing\":\"length\"", "--framing length, '" FILE_A "' with --framing auto"},
        {"\"greeting\":\"hello\"", "\"greeting\":\"\"", "the greeting "},
        {"\"reply\":\"{message}\"", "\"reply\":\"ok\"", "the reply ok"},
        {"\"size_max_bytes\":64", "\"size_max_bytes\":128", "--size 64-128, '" FILE_A "' with --size 64-64"},
        {"\"pipeline\":1", "\"pipeline\":8", "--pipeline 8"},
        {"\"duration_ns\":1000000000", "\"duration_ns\":1500000000", "--duration 1500ms, '" FILE_A "' with --duration 1s"},
        {"\"duration_ns\":1000000000", "\"duration_ns\":null", "no --duration, '" FILE_A "' with 1s"},
        {"\"warmup_ns\":0", "\"warmup_ns\":2000000000", "--warmup 2s, '" FILE_A "' with --warmup 0"},
        {"\"timeout_ns\":10000000000", "\"timeout_ns\":1000000000", "--timeout 1s"},
        {"\"interval_ns\":1000000000", "\"interval_ns\":500000000", "slices of different length cannot be added"},
        {"\"verify\":true", "\"verify\":false", "--no-verify, '" FILE_A "' with every byte compared"},
        {"\"reconnect\":true", "\"reconnect\":false", "--no-reconnect, '" FILE_A "' with connections opened again"},
        {"\"interrupted\":false", "\"interrupted\":true", "'" FILE_B "': the run was interrupted"},
        {"\"failure\":null", "\"failure\":\"it broke\\nand burnt\"", "'" FILE_B "': and burnt"},
        {"\"limited_by_generator\":null", "\"limited_by_generator\":\"it was slow\"", "the generator was the limit: it was slow"},
        {"\"1700000001000000000\"", "\"1700000001999999999\"", NULL},
        {"\"1700000001000000000\"", "\"1700000002000000000\"", "'" FILE_B "' began when '" FILE_A "' had ended"},
        {"\"1700000001000000000\"", "\"1700000000000000000\"", "'" FILE_A "' began when '" FILE_B "' had ended"},
    };
    bytes_write(FILE_A, document, sizeof document - 1);
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        edited_write(FILE_B, cases[i].old, cases[i].new);
        pal_process *merge = program_run(0, NULL, 0, "merge", "--json", FILE_A, FILE_B);
        if (cases[i].expected != NULL)
            program_expect_part(merge, PAL_PROCESS_ERROR, cases[i].expected);
        else
            program_expect(merge, PAL_PROCESS_ERROR, "");
        program_expect_part(merge, PAL_PROCESS_OUTPUT, "\"total\":6,\"min_ns\":1000,\"max_ns\":4097");
        programs_end(NULL);
    }
}

static void slices_of_different_length_are_left_out_for_good(void **state) {
    (void)state;
    bytes_write(FILE_A, document, sizeof document - 1);
    edited_write(FILE_B, "\"interval_ns\":1000000000", "\"interval_ns\":500000000");
    pal_process *merge = program_run(0, NULL, 0, "merge", "--json", FILE_A, FILE_B);
    program_expect_part(merge, PAL_PROCESS_OUTPUT, "\"slices\":[]");
    size_t size;
    char *merged = pal_process_text(merge, PAL_PROCESS_OUTPUT, &size);
    assert_non_null(merged);
    bytes_write(FILE_B, merged, size);
    free(merged);
    merge = program_run(0, NULL, 0, "merge", "--json", FILE_B, FILE_A);
    program_expect_part(merge, PAL_PROCESS_OUTPUT, "\"slices\":[]");
    program_expect_part(merge, PAL_PROCESS_OUTPUT, "\"answered\":9");
}

static void an_unverified_part_makes_the_sum_unverified(void **state) {
    (void)state;
    bytes_write(FILE_A, document, sizeof document - 1);
    edited_write(FILE_B, "\"verify\":true", "\"verify\":false");
    program_expect_part(program_run(0, NULL, 0, "merge", "--json", FILE_A, FILE_B), PAL_PROCESS_OUTPUT, "\"verify\":false");
    program_expect_part(program_run(0, NULL, 0, "merge", "--json", FILE_B, FILE_A), PAL_PROCESS_OUTPUT, "\"verify\":false");
}

static void the_code_of_another_system_is_not_explained_by_this_one(void **state) {
    (void)state;
    edited_write(FILE_A, "\"last_error\":null", "\"last_error\":{\"status\":\"refused\",\"system_code\":10061,\"text\":\"?\"}");
    pal_process *merge = program_run(0, NULL, 0, "merge", "--json", FILE_A);
    program_expect_part(merge, PAL_PROCESS_OUTPUT,
                        "\"last_error\":{\"status\":\"refused\",\"system_code\":0,\"text\":\"connection refused\"}");
}

static void the_exit_code_is_the_worst_of_all_runs(void **state) {
    (void)state;
    static const struct {
        const char *first, *second;
        const char *check; /* NULL for none */
        int code;
    } cases[] = {
        {"\"exit_code\":0", "\"exit_code\":0 ", NULL, 0},
        {"\"exit_code\":0", "\"exit_code\":4", NULL, 4},
        {"\"exit_code\":5", "\"exit_code\":4", NULL, 5},
        {"\"exit_code\":5", "\"exit_code\":8", NULL, 8},
        {"\"exit_code\":8", "\"exit_code\":5", NULL, 8},
        {"\"exit_code\":130", "\"exit_code\":0", NULL, 130},
        {"\"exit_code\":0", "\"exit_code\":0 ", "answered<6", 0},
        {"\"exit_code\":0", "\"exit_code\":0 ", "answered<7", 1},
        {"\"exit_code\":0", "\"exit_code\":0 ", "p50>2us", 1},
        {"\"exit_code\":8", "\"exit_code\":0 ", "answered<7", 8},
        {"\"exit_code\":130", "\"exit_code\":0 ", "answered<7", 1},
    };
    for (size_t i = 0; i < TEST_COUNT(cases); i++) {
        edited_write(FILE_A, "\"exit_code\":0", cases[i].first);
        edited_write(FILE_B, "\"exit_code\":0", cases[i].second);
        if (cases[i].check == NULL) {
            program_run(cases[i].code, NULL, 0, "merge", FILE_A, FILE_B);
        } else {
            pal_process *merge = program_run(cases[i].code, NULL, 0, "merge", FILE_A, FILE_B, "--fail-if", cases[i].check);
            if (cases[i].code != 0)
                program_expect_part(merge, PAL_PROCESS_ERROR, cases[i].check);
        }
        programs_end(NULL);
    }
}

static void what_is_asked_for_wrongly_is_found_before_anything_is_read(void **state) {
    (void)state;
    static const char missing[] = "merge_test_missing.json";
    program_expect_error_line(program_run(2, NULL, 0, "merge"), "no FILE given");
    program_expect_error_line(program_run(2, NULL, 0, "merge", "--fail-if", "p99>5", missing), "'p99>5'");
    program_expect_error_line(program_run(2, NULL, 0, "merge", "--fail-if", "rate_ratio<1", missing), "'rate_ratio<1'");
    program_expect_error_line(program_run(1, NULL, 0, "merge", "--report", ".", missing), "cannot write '.'");
    program_expect_error_line(program_run(1, NULL, 0, "merge", "--hgrm", "merge_test_no_folder/x", missing),
                              "cannot write 'merge_test_no_folder/x'");
    const char *arguments[132] = {LOOPMSG_PROGRAM, "merge"};
    for (size_t i = 2; i < 131; i++)
        arguments[i] = missing;
    program_expect_error_line(program_run_with(2, NULL, 0, arguments), "one file too many");
}

static void every_form_of_a_report_is_made_of_a_sum(void **state) {
    (void)state;
    bytes_write(FILE_A, document, sizeof document - 1);
    edited_write(FILE_B, "\"connections\":4", "\"connections\":6");
    pal_process *merge = program_run(0, NULL, 0, "merge", "--report", FILE_PAGE, "--hgrm", FILE_HGRM, FILE_A, FILE_B);
    program_expect_part(merge, PAL_PROCESS_OUTPUT, "4.10 us");
    program_expect(merge, PAL_PROCESS_ERROR, "");
    static const struct { const char *path, *part; } files[] = {{FILE_PAGE, "</html>"}, {FILE_HGRM, "TotalCount"}};
    for (size_t i = 0; i < TEST_COUNT(files); i++) {
        static char content[1 << 20];
        size_t size = 0, count = 1;
        pal_file file;
        assert_ok(pal_file_open(&file, files[i].path, PAL_FILE_READ));
        while (count > 0 && size < sizeof content - 1) {
            assert_ok(pal_file_read(&file, content + size, sizeof content - 1 - size, &count));
            size += count;
        }
        assert_ok(pal_file_close(&file));
        content[size] = '\0';
        assert_non_null(strstr(content, files[i].part));
    }
}

#define merge_case(function) cmocka_unit_test_teardown(function, files_remove)

int main(void) {
    const struct CMUnitTest tests[] = {
        merge_case(what_is_no_document_is_refused_with_its_place),
        merge_case(a_document_cut_anywhere_is_refused),
        merge_case(a_document_may_be_laid_out_and_ordered_otherwise),
        merge_case(a_file_of_another_encoding_is_reported_as_such),
        merge_case(what_cannot_be_read_is_reported),
        merge_case(a_run_given_twice_does_not_count_twice),
        merge_case(loops_of_both_kinds_are_not_added),
        merge_case(what_runs_differ_in_is_reported),
        merge_case(slices_of_different_length_are_left_out_for_good),
        merge_case(an_unverified_part_makes_the_sum_unverified),
        merge_case(the_code_of_another_system_is_not_explained_by_this_one),
        merge_case(the_exit_code_is_the_worst_of_all_runs),
        merge_case(what_is_asked_for_wrongly_is_found_before_anything_is_read),
        merge_case(every_form_of_a_report_is_made_of_a_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
