/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help in the language of the reader. argp's own help counts bytes as columns,
 * breaks lines at blanks only, which Chinese has none of, and has its headings in
 * the language of the installed catalogues. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "output/table.h"

enum { HELP_WIDTH = 80, OPTION_COLUMN = 28 };

/* One language's side of a text made by BOTH, owned by the caller. */
static char *
side(const char *text)
{
    if (text == NULL)
        return memory_text("");
    const char *cut = strchr(text, '\1');
    if (cut == NULL)
        return memory_text(text);
    return language_current == LANGUAGE_ZH ? memory_text(cut + 1)
                                           : memory_text_n(text, (size_t)(cut - text));
}

static void
print_paragraphs(FILE *stream, const char *text)
{
    while (*text != '\0') {
        char *line = memory_text_n(text, strcspn(text, "\n"));
        text += strlen(line);
        text += *text == '\n';
        if (*line == ' ') /* an example, to be copied as it stands */
            fprintf(stream, "%s\n", line);
        else
            text_write(stream, line, HELP_WIDTH, 0);
        free(line);
    }
}

static void
print_option(FILE *stream, const struct argp_option *option)
{
    char *doc = side(option->doc), *value = side(option->arg);
    bool optional = option->flags & OPTION_ARG_OPTIONAL;
    char letter[5] = "    ";
    if (option->key > ' ' && option->key < 127)
        snprintf(letter, sizeof letter, "-%c, ", option->key);
    char *names = *value == '\0'
        ? memory_format("  %s--%s", letter, option->name)
        : memory_format("  %s--%s%s%s%s", letter, option->name, optional ? "[=" : "=", value,
              optional ? "]" : "");
    int room = OPTION_COLUMN - text_width(names);
    bool fits = room >= 2;
    if (!fits)
        fprintf(stream, "%s\n", names);
    char *line = memory_format("%s%*s%s", fits ? names : "", fits ? room : OPTION_COLUMN, "", doc);
    text_write(stream, line, HELP_WIDTH, OPTION_COLUMN);
    free(line);
    free(names);
    free(value);
    free(doc);
}

void
command_help(const struct argp *argp, const char *name, FILE *stream)
{
    char *arguments = side(argp->args_doc), *doc = side(argp->doc);
    char *after = strchr(doc, '\v');
    if (after != NULL)
        *after++ = '\0';
    fprintf(stream, tr("Usage: gongji %s %s\n\n", "用法：gongji %s %s\n\n"), name, arguments);
    print_paragraphs(stream, doc);
    fprintf(stream, tr("\nOptions:\n", "\n选项：\n"));
    for (const struct argp_option *option = argp->options;
         option != NULL && (option->name != NULL || option->key != 0 || option->doc != NULL);
         option++)
        if (option->name != NULL && !(option->flags & OPTION_HIDDEN))
            print_option(stream, option);
    static const struct argp_option common[] = {
        { "lang", 0, "zh|en", 0, BOTH("language of what people read (default: the locale's)",
            "界面语言（默认随系统区域设置）"), 0 },
        { "help", 'h', NULL, 0, BOTH("this text", "显示本说明"), 0 },
    };
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        print_option(stream, &common[i]);
    if (after != NULL) {
        fputc('\n', stream);
        print_paragraphs(stream, after);
    }
    free(arguments);
    free(doc);
}
