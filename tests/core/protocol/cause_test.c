#include "loopmsg/cause.h"
#include "support/check.h"

#include <string.h>

static void every_cause_has_a_word_of_its_own(void **state) {
    (void)state;
    for (int cause = 0; cause <= (int)LM_CAUSE_NO_MEMORY; cause++) {
        const char *name = lm_cause_name((lm_cause)cause);
        assert_non_null(name);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
        for (int other = 0; other < cause; other++)
            assert_string_not_equal(name, lm_cause_name((lm_cause)other));
    }
    assert_string_equal(lm_cause_name(LM_CAUSE_TOO_LONG), "too_long");
    assert_null(lm_cause_name((lm_cause)((int)LM_CAUSE_NO_MEMORY + 1)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cause_has_a_word_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
