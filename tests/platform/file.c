/* The contract of pal/file.h. */
#include "pal/file.h"
#include "support/check.h"
#include "support/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "platform-file.tmp"
#define UTF8_NAME "platform-file-gr\xC3\xBC\xC3\x9F-\xE6\x97\xA5\xE6\x9C\xAC.tmp" /* made by the test platform.file.name */

static void file_write(const char *name, const void *bytes, size_t size) {
    pal_file file;
    assert_ok(pal_file_open(&file, name, PAL_FILE_WRITE));
    assert_ok(pal_file_truncate(&file));
    assert_ok(pal_file_write(&file, bytes, size));
    assert_ok(pal_file_close(&file));
}

/* Reads a file that must hold exactly TEXT. */
static void assert_content(const char *name, const char *text) {
    char bytes[64];
    size_t size = 0, count;
    pal_file file;
    assert_ok(pal_file_open(&file, name, PAL_FILE_READ));
    do {
        assert_true(size < sizeof bytes);
        assert_ok(pal_file_read(&file, bytes + size, sizeof bytes - size, &count));
        size += count;
    } while (count > 0);
    assert_ok(pal_file_close(&file));
    assert_int_equal(size, strlen(text));
    assert_memory_equal(bytes, text, size);
}

static void what_was_written_is_read_in_pieces(void **state) {
    (void)state;
    const size_t size = ((size_t)3 << 20) + 17;
    uint8_t *bytes = test_pattern_new(1, size);
    pal_file file;
    assert_ok(pal_file_open(&file, NAME, PAL_FILE_WRITE));
    assert_ok(pal_file_truncate(&file));
    for (size_t done = 0, piece = 1; done < size; done += piece, piece = piece * 5 < size - done ? piece * 5 : size - done)
        assert_ok(pal_file_write(&file, bytes + done, piece));
    assert_ok(pal_file_close(&file));
    memset(bytes, 0, size);

    size_t done = 0, count;
    assert_ok(pal_file_open(&file, NAME, PAL_FILE_READ));
    do {
        size_t piece = size - done < 1000000 ? size - done : 1000000;
        assert_ok(pal_file_read(&file, bytes + done, piece, &count));
        assert_true(count <= piece);
        done += count;
    } while (count > 0 && done < size);
    assert_int_equal(done, size);
    for (int i = 0; i < 2; i++) { /* the end stays */
        uint8_t beyond = 7;
        assert_ok(pal_file_read(&file, &beyond, 1, &count));
        assert_int_equal(count, 0);
        assert_int_equal(beyond, 7);
    }
    assert_ok(pal_file_close(&file));
    assert_true(test_pattern_matches(1, 0, bytes, size));
    free(bytes);
    remove(NAME);
}

static void a_file_keeps_its_content_until_it_is_truncated(void **state) {
    (void)state;
    file_write(NAME, "0123456789", 10);
    pal_file file;
    assert_ok(pal_file_open(&file, NAME, PAL_FILE_WRITE));
    assert_content(NAME, "0123456789"); /* others may read it meanwhile */
    assert_ok(pal_file_write(&file, "abc", 3));
    assert_ok(pal_file_close(&file));
    assert_content(NAME, "abc3456789");
    remove(NAME);
}

static void what_is_written_after_truncating_stands_at_the_begin(void **state) {
    (void)state;
    file_write(NAME, "0123456789", 10);
    pal_file file;
    assert_ok(pal_file_open(&file, NAME, PAL_FILE_WRITE));
    assert_ok(pal_file_write(&file, "abc", 3));
    assert_ok(pal_file_truncate(&file));
    assert_ok(pal_file_write(&file, "x", 1));
    assert_ok(pal_file_write(&file, "yz", 2));
    assert_ok(pal_file_write(&file, "", 0));
    assert_ok(pal_file_close(&file));
    assert_content(NAME, "xyz");
    remove(NAME);
}

static void a_file_that_is_not_there_is_made_for_writing_only(void **state) {
    (void)state;
    remove(NAME);
    pal_file file;
    assert_status(pal_file_open(&file, NAME, PAL_FILE_READ), PAL_NAME_NOT_FOUND);
    assert_ok(pal_file_open(&file, NAME, PAL_FILE_WRITE));
    assert_ok(pal_file_close(&file));
    assert_content(NAME, "");
    remove(NAME);
}

static void a_folder_that_is_not_there_is_not_made(void **state) {
    (void)state;
    static const char *const names[] = {"no-such-folder/" NAME, "no-such-folder/another/" NAME, "/no-such-folder/" NAME, ""};
    for (size_t i = 0; i < TEST_COUNT(names); i++) {
        pal_file file;
        char text[PAL_ERROR_TEXT_SIZE];
        assert_status(pal_file_open(&file, names[i], PAL_FILE_READ), PAL_NAME_NOT_FOUND);
        pal_error error = pal_file_open(&file, names[i], PAL_FILE_WRITE);
        assert_status(error, PAL_NAME_NOT_FOUND);
        pal_error_text(error, text, sizeof text);
        assert_null(strstr(text, "nknown")); /* the system has words for it, which are no name server's */
        assert_null(strstr(text, "resol"));
    }
}

static void a_folder_is_no_file(void **state) {
    (void)state;
    pal_file file;
    assert_status(pal_file_open(&file, ".", PAL_FILE_READ), PAL_DENIED);
    assert_status(pal_file_open(&file, ".", PAL_FILE_WRITE), PAL_DENIED);
}

static void a_name_too_long_is_refused(void **state) {
    (void)state;
    static char name[200000];
    static const size_t lengths[] = {300, 5000, 40000, sizeof name - 1};
    for (size_t i = 0; i < TEST_COUNT(lengths); i++) {
        memset(name, 'x', lengths[i]);
        name[lengths[i]] = '\0';
        pal_file file;
        pal_status status = pal_file_open(&file, name, PAL_FILE_WRITE).status;
        assert_true(status == PAL_INVALID || status == PAL_NAME_NOT_FOUND); /* as the system sees it */
    }
}

static void a_file_open_for_reading_takes_no_write(void **state) {
    (void)state;
    file_write(NAME, "abc", 3);
    pal_file file;
    assert_ok(pal_file_open(&file, NAME, PAL_FILE_READ));
    assert_int_not_equal(pal_file_write(&file, "x", 1).status, PAL_OK);
    assert_ok(pal_file_close(&file));
    assert_content(NAME, "abc");
    remove(NAME);
}

static void a_device_is_left_as_it_is_by_truncating(void **state) {
    (void)state;
    pal_file file;
    if (pal_file_open(&file, "/dev/null", PAL_FILE_WRITE).status != PAL_OK)
        assert_ok(pal_file_open(&file, "NUL", PAL_FILE_WRITE)); /* its name on Windows */
    assert_ok(pal_file_truncate(&file));
    assert_ok(pal_file_write(&file, "abc", 3));
    assert_ok(pal_file_truncate(&file));
    assert_ok(pal_file_close(&file));
}

/* Another program made the file and wrote its name in its own way. So this cannot open another file with a garbled name. */
static void a_name_may_be_any_utf8(void **state) {
    (void)state;
    pal_file file;
    assert_ok(pal_file_open(&file, UTF8_NAME, PAL_FILE_READ));
    assert_ok(pal_file_close(&file));
    file_write(UTF8_NAME, "abc", 3);
    assert_content(UTF8_NAME, "abc");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_in_pieces),
        cmocka_unit_test(a_file_keeps_its_content_until_it_is_truncated),
        cmocka_unit_test(what_is_written_after_truncating_stands_at_the_begin),
        cmocka_unit_test(a_file_that_is_not_there_is_made_for_writing_only),
        cmocka_unit_test(a_folder_that_is_not_there_is_not_made),
        cmocka_unit_test(a_folder_is_no_file),
        cmocka_unit_test(a_name_too_long_is_refused),
        cmocka_unit_test(a_file_open_for_reading_takes_no_write),
        cmocka_unit_test(a_device_is_left_as_it_is_by_truncating),
        cmocka_unit_test(a_name_may_be_any_utf8),
    };
    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
