#include "loopmsg/payload.h"
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

static lm_payload payload_of(uint64_t seed, uint32_t size, bool is_text, uint64_t connection, uint64_t message) {
    const lm_payload_settings settings = {.seed = seed, .size_min = size, .size_max = size, .is_text = is_text};
    return lm_payload_of(&settings, connection, message);
}

/* The numbers come from a second implementation, in another language. */
static void the_bytes_are_the_same_on_every_machine_and_in_every_version(void **state) {
    (void)state;
    uint8_t bytes[20];
    lm_payload payload = payload_of(1, 20, false, 0, 0);
    lm_payload_copy(&payload, 0, bytes, 20);
    assert_memory_equal(bytes, "\xb3\x6f\x1e\xab\x7d\x16\x47\x5f\xc3\xfd\x2d\x16\x88\x09\xde\x5a\xca\x3f\xbe\xc0", 20);
    payload = payload_of(1, 20, true, 0, 0);
    lm_payload_copy(&payload, 0, bytes, 20);
    assert_memory_equal(bytes, "c_N[mF7O3m]F89NJ:on0", 20);
    payload = payload_of(UINT64_MAX, 11, true, 12345, UINT64_C(1) << 40);
    lm_payload_copy(&payload, 0, bytes, 11);
    assert_memory_equal(bytes, "cR]Nbi[EOb`", 11);

    const lm_payload_settings mix = {.seed = 7, .size_min = 0, .size_max = 1000};
    assert_int_equal(lm_payload_of(&mix, 3, 2).size, 143);
    assert_int_equal(lm_payload_of(&mix, 3, 3).size, 823);
    assert_int_equal(lm_payload_of(&mix, 3, 4).size, 869);
    const lm_payload_settings any = {.seed = 42, .size_min = 0, .size_max = UINT32_MAX};
    assert_int_equal(lm_payload_of(&any, 1, 1).size, UINT32_C(2721104620));
}

static void every_slice_of_a_message_is_the_same_as_in_the_whole(void **state) {
    (void)state;
    enum { SIZE = 43 };
    for (int is_text = 0; is_text < 2; is_text++) {
        lm_payload payload = payload_of(5, SIZE, is_text != 0, 6, 7);
        uint8_t whole[SIZE], slice[SIZE + 2];
        lm_payload_copy(&payload, 0, whole, SIZE);
        for (size_t offset = 0; offset <= SIZE; offset++) {
            for (size_t size = 0; size <= SIZE - offset; size++) {
                memset(slice, 0x20, sizeof slice);
                lm_payload_copy(&payload, offset, slice + 1, size);
                for (size_t i = 0; i < size; i++)
                    assert_int_equal(slice[1 + i], whole[offset + i]);
                assert_int_equal(slice[0], 0x20);
                assert_int_equal(slice[1 + size], 0x20);
            }
        }
    }
}

static void a_shorter_message_begins_like_a_longer_one(void **state) {
    (void)state;
    uint8_t longer[100], shorter[100];
    lm_payload payload = payload_of(1, 100, false, 2, 3);
    lm_payload_copy(&payload, 0, longer, 100);
    for (uint32_t size = 0; size < 100; size++) {
        payload = payload_of(1, size, false, 2, 3);
        assert_int_equal(payload.size, size);
        lm_payload_copy(&payload, 0, shorter, size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(shorter[i], longer[i]);
    }
}

/* In how many bits two messages differ. */
static size_t difference_bits(const lm_payload *one, const lm_payload *other) {
    uint8_t left[128], right[128];
    assert_true(one->size == sizeof left && other->size == sizeof right);
    lm_payload_copy(one, 0, left, sizeof left);
    lm_payload_copy(other, 0, right, sizeof right);
    size_t count = 0;
    for (size_t i = 0; i < sizeof left; i++) {
        for (unsigned differing = left[i] ^ right[i]; differing != 0; differing &= differing - 1)
            count++;
    }
    return count;
}

/* Of 1,024 bits, half differ, give or take 16 (one standard deviation); the bound is eight of them. */
static void assert_unlike(lm_payload one, lm_payload other) {
    assert_between(difference_bits(&one, &other), 512 - 128, 512 + 128);
}

static void messages_of_another_seed_connection_or_number_have_nothing_in_common(void **state) {
    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        lm_payload here = payload_of(i, 128, false, i, i);
        for (unsigned bit = 0; bit < 64; bit++) {
            uint64_t other = i ^ UINT64_C(1) << bit;
            assert_unlike(here, payload_of(other, 128, false, i, i));
            assert_unlike(here, payload_of(i, 128, false, other, i));
            assert_unlike(here, payload_of(i, 128, false, i, other));
        }
        assert_unlike(payload_of(1, 128, false, i, i + 1), payload_of(1, 128, false, i + 1, i)); /* the numbers have an order */
    }
}

static int key_compare(const void *one, const void *other) {
    uint64_t left = *(const uint64_t *)one, right = *(const uint64_t *)other;
    return left < right ? -1 : left > right;
}

static void no_two_of_a_hundred_thousand_messages_are_the_same(void **state) {
    (void)state;
    enum { CONNECTIONS = 1000, MESSAGES = 100, COUNT = CONNECTIONS * MESSAGES };
    uint64_t *first_bytes = calloc(COUNT, sizeof first_bytes[0]);
    assert_non_null(first_bytes);
    for (uint64_t i = 0; i < COUNT; i++) {
        lm_payload payload = payload_of(1, 8, false, i / MESSAGES, i % MESSAGES);
        uint8_t bytes[8];
        lm_payload_copy(&payload, 0, bytes, sizeof bytes);
        memcpy(&first_bytes[i], bytes, sizeof bytes);
    }
    qsort(first_bytes, COUNT, sizeof first_bytes[0], key_compare);
    for (size_t i = 1; i < COUNT; i++)
        assert_true(first_bytes[i - 1] != first_bytes[i]);
    free(first_bytes);
}

static void text_is_made_of_all_64_characters_and_of_no_other(void **state) {
    (void)state;
    static uint8_t bytes[64 * 1000];
    size_t counts[256] = {0};
    lm_payload payload = payload_of(9, sizeof bytes, true, 1, 1);
    lm_payload_copy(&payload, 0, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        counts[bytes[i]]++;
    for (size_t i = 0; i < 256; i++) { /* 1,000 each, with a standard deviation of 31 */
        if (i >= '0' && i <= 'o')
            assert_between(counts[i], 1000 - 200, 1000 + 200);
        else
            assert_int_equal(counts[i], 0);
    }
}

static void the_first_binary_byte_is_no_ascii_and_the_others_are_any(void **state) {
    (void)state;
    bool has_seen[2][256] = {{false}};
    for (uint64_t message = 0; message < 10000; message++) {
        uint8_t bytes[9];
        lm_payload payload = payload_of(3, sizeof bytes, false, 0, message);
        lm_payload_copy(&payload, 0, bytes, sizeof bytes);
        assert_true(bytes[0] >= 0x80);
        has_seen[0][bytes[0]] = true;
        has_seen[1][bytes[8]] = true;
    }
    for (size_t i = 0; i < 256; i++) {
        assert_int_equal(has_seen[0][i], i >= 0x80);
        assert_true(has_seen[1][i]);
    }
}

static void sizes_are_spread_evenly_from_the_smallest_to_the_largest(void **state) {
    (void)state;
    enum { SIZES = 16, EACH = 1000, MESSAGES = SIZES * EACH };
    const lm_payload_settings settings = {.seed = 11, .size_min = 100, .size_max = 100 + SIZES - 1};
    size_t counts[SIZES] = {0};
    for (uint64_t message = 0; message < MESSAGES; message++) {
        uint32_t size = lm_payload_of(&settings, message % 10, message / 10).size;
        assert_between(size, settings.size_min, settings.size_max);
        counts[size - settings.size_min]++;
    }
    /* Chi-square with 15 degrees of freedom is over 50 once in 80,000 times. */
    double chi_square = 0;
    for (size_t i = 0; i < SIZES; i++) {
        double surplus = (double)counts[i] - (double)EACH;
        chi_square += surplus * surplus / (double)EACH;
    }
    assert_true(chi_square < 50);
}

static void sizes_of_the_largest_range_are_spread_evenly(void **state) {
    (void)state;
    enum { PARTS = 16, MESSAGES = 16000 };
    const lm_payload_settings settings = {.seed = 12, .size_min = 0, .size_max = UINT32_MAX};
    size_t counts[PARTS] = {0}, odd_count = 0;
    for (uint64_t message = 0; message < MESSAGES; message++) {
        uint32_t size = lm_payload_of(&settings, 0, message).size;
        counts[size >> 28]++;
        odd_count += size & 1;
    }
    for (size_t i = 0; i < PARTS; i++)
        assert_between(counts[i], 1000 - 200, 1000 + 200);
    assert_between(odd_count, MESSAGES / 2 - 500, MESSAGES / 2 + 500);
}

static void the_size_of_a_message_reveals_nothing_of_its_bytes(void **state) {
    (void)state;
    const lm_payload_settings settings = {.seed = 13, .size_min = 8, .size_max = 9};
    size_t larger_count = 0, alike_count = 0;
    for (uint64_t message = 0; message < 10000; message++) {
        lm_payload payload = lm_payload_of(&settings, 0, message);
        uint8_t byte;
        lm_payload_copy(&payload, 7, &byte, 1);
        larger_count += payload.size == 9;
        alike_count += (payload.size == 9) == (byte >= 0x80);
    }
    assert_between(larger_count, 5000 - 400, 5000 + 400); /* the standard deviation is 50 */
    assert_between(alike_count, 5000 - 400, 5000 + 400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_are_the_same_on_every_machine_and_in_every_version),
        cmocka_unit_test(every_slice_of_a_message_is_the_same_as_in_the_whole),
        cmocka_unit_test(a_shorter_message_begins_like_a_longer_one),
        cmocka_unit_test(messages_of_another_seed_connection_or_number_have_nothing_in_common),
        cmocka_unit_test(no_two_of_a_hundred_thousand_messages_are_the_same),
        cmocka_unit_test(text_is_made_of_all_64_characters_and_of_no_other),
        cmocka_unit_test(the_first_binary_byte_is_no_ascii_and_the_others_are_any),
        cmocka_unit_test(sizes_are_spread_evenly_from_the_smallest_to_the_largest),
        cmocka_unit_test(sizes_of_the_largest_range_are_spread_evenly),
        cmocka_unit_test(the_size_of_a_message_reveals_nothing_of_its_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
