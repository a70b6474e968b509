#include "command_line/shell/powershell.h"

#include "command_line/shell/option_words.h"
#include "output/append.h"

static const char begin[] =
    "# Completion of loopmsg for PowerShell, made from the program's tables by 'loopmsg completion powershell'.\n"
    "\n"
    "Register-ArgumentCompleter -Native -CommandName 'loopmsg' -ScriptBlock {\n"
    "    param($wordToComplete, $commandAst, $cursorPosition)\n"
    "\n"
    "    # An option: name, letter, value (no, needed or optional), words of the value or 'FILE', help.\n"
    "    function Option($Name, $Letter, $Value, $Words, $Help) {\n"
    "        @{ Name = \"--$Name\"; Letter = $Letter; Value = $Value; Words = $Words; Help = $Help }\n"
    "    }\n"
    "    $commands = @(\n";

static const char end[] =
    "    )\n"
    "\n"
    "    # The words before the one to complete, without the program's name.\n"
    "    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |\n"
    "        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })\n"
    "    $name = if ($before.Count -gt 0) { $before[0] } else { '' }\n"
    "    $command = $commands | Where-Object { $_.Name -ceq $name }\n"
    "    if (-not $command) { return }\n"
    "    $offered = @()\n"
    "    $kind = 'ParameterValue'\n"
    "    $joined, $value = $wordToComplete -split '=', 2\n"
    "    $last = if ($before.Count -gt 0) { $before[-1] } else { '' }\n"
    "    $named = $command.Options | Where-Object { $_.Name -ceq $joined -and $_.Value -cne 'no' }\n"
    "    $waiting = $command.Options | Where-Object {\n"
    "        $_.Value -ceq 'needed' -and ($_.Name -ceq $last -or ($_.Letter -and \"-$($_.Letter)\" -ceq $last))\n"
    "    }\n"
    "    if ($null -ne $value -and $named) {\n"
    "        if ($named.Words -ceq 'FILE') { return }\n"
    "        $offered = @($named.Words -split ' ' | Where-Object { $_ } |\n"
    "            ForEach-Object { @{ Text = \"$joined=$_\"; Help = $_ } })\n"
    "    } elseif ($waiting) {\n"
    "        if ($waiting.Words -ceq 'FILE') { return } # offer nothing: then PowerShell offers file names\n"
    "        $offered = @($waiting.Words -split ' ' | Where-Object { $_ } | ForEach-Object { @{ Text = $_; Help = $_ } })\n"
    "    } elseif ($wordToComplete.StartsWith('-')) {\n"
    "        $kind = 'ParameterName'\n"
    "        $offered = @($command.Options | ForEach-Object { @{ Text = $_.Name; Help = $_.Help } })\n"
    "    } elseif ($name -ceq '') {\n"
    "        $offered = @($commands | Where-Object { $_.Name } | ForEach-Object { @{ Text = $_.Name; Help = $_.Help } })\n"
    "    } elseif ($command.Arguments -cne 'FILE') {\n"
    "        $offered = @($command.Arguments -split ' ' | Where-Object { $_ } | ForEach-Object { @{ Text = $_; Help = $_ } })\n"
    "    }\n"
    "    $offered | Where-Object { $_.Text.StartsWith($wordToComplete) } | ForEach-Object {\n"
    "        [System.Management.Automation.CompletionResult]::new($_.Text, $_.Text, $kind, $_.Help)\n"
    "    }\n"
    "}\n";

static const text_escape escapes[] = {{'\'', "''"}, {'\0', NULL}};

static void explanation_append(lm_buffer *script, const char *text) {
    lm_buffer_append_text(script, "'");
    escaped_append(script, text, help_brief_size(text), escapes);
    lm_buffer_append_text(script, "'");
}

static void option_append(lm_buffer *script, const option *row) {
    static const char *const forms[] = {[VALUE_NONE] = "no", [VALUE_NEEDED] = "needed", [VALUE_OPTIONAL] = "optional"};
    words_kind kind = option_words_kind(row);
    text_append(script, "            (Option '", row->name, "' '", (char[]){row->letter, '\0'}, "' '",
                forms[option_value_form(row)], "' '", kind == WORDS_FILES ? "FILE" : "");
    if (kind == WORDS_GIVEN)
        option_words_append(script, row);
    lm_buffer_append_text(script, "' ");
    explanation_append(script, row->help);
    lm_buffer_append_text(script, ")\n");
}

static void command_append(lm_buffer *script, const command_table *table, const command_row *command) {
    words_kind kind = argument_words_kind(command);
    bool has_words = kind == WORDS_GIVEN && command->positional_max > 0;
    text_append(script, "        @{ Name = '", command->name, "'; Arguments = '", kind == WORDS_FILES ? "FILE" : "");
    if (has_words)
        argument_words_append(script, table, command);
    lm_buffer_append_text(script, "'; Help = ");
    explanation_append(script, command->summary);
    lm_buffer_append_text(script, "; Options = @(\n");
    for (size_t i = 0; i < command->option_count; i++)
        option_append(script, &command->options[i]);
    lm_buffer_append_text(script, "        ) }\n");
}

void completion_powershell_append(lm_buffer *script, const command_table *table) {
    lm_buffer_append_text(script, begin);
    command_append(script, table, table->program);
    for (const command_row *const *row = table->commands; *row != NULL; row++)
        command_append(script, table, *row);
    lm_buffer_append_text(script, end);
}
