/* Not part of the program: the build runs it to write the manual pages and completions. Exits with 0 if all are written. */
#include "command_line/exit_codes.h"
#include "command_line/manual.h"
#include "command_line/shell/completion.h"
#include "output/output.h"
#include "output/output_file.h"
#include "pal/console.h"
#include "program.h"

#include <stdio.h>

#define PATH_SIZE 4096

/* Writes CONTENT to DIRECTORY/FOLDER/NAME and empties it. */
static bool document_write(const char *directory, const char *folder, const char *name, lm_buffer *content) {
    char path[PATH_SIZE];
    output_file file;
    int size = snprintf(path, sizeof path, "%s/%s/%s", directory, folder, name);
    if (size < 0 || (size_t)size >= sizeof path) {
        error_line("'", directory, "' is too long");
        return false;
    }
    bool is_written = output_file_open(&file, path) && output_file_write(&file, content);
    lm_buffer_clear(content);
    return is_written;
}

static bool page_write(const char *directory, const command_row *command, const char *date, lm_buffer *content) {
    char name[MANUAL_NAME_SIZE], file_name[MANUAL_NAME_SIZE + sizeof ".1"];
    (void)snprintf(file_name, sizeof file_name, "%s.1", manual_name(command, name));
    manual_append(content, &program_table, command, date);
    return document_write(directory, "man1", file_name, content);
}

int main(int argc, char **argv) {
    if (pal_console_open(&argc, &argv).status != PAL_OK || argc != 3) {
        error_line("usage: loopmsg_documents DIRECTORY DATE");
        return EXIT_USAGE;
    }
    lm_buffer content = {0};
    bool is_written = page_write(argv[1], program_table.program, argv[2], &content);
    for (const command_row *const *row = program_table.commands; *row != NULL; row++)
        is_written = page_write(argv[1], *row, argv[2], &content) && is_written;
    for (const completion_shell *shell = completion_shells; shell->name != NULL; shell++) {
        shell->append(&content, &program_table);
        is_written = document_write(argv[1], shell->name, shell->file_name, &content) && is_written;
    }
    lm_buffer_free(&content);
    return is_written ? EXIT_DONE : EXIT_FAILED;
}
