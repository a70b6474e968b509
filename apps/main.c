/* loopmsg. */
#include "command_line/exit_codes.h"
#include "output/output.h"
#include "pal/console.h"
#include "program.h"

int main(int argc, char **argv) {
    pal_error error = pal_console_open(&argc, &argv);
    if (error.status != PAL_OK) {
        error_line("cannot prepare the console: ", error_text(error));
        return EXIT_FAILED;
    }
    return argc > 1 ? program_main(argc - 1, argv + 1) : program_main(0, argv);
}
