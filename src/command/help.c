/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help in the language of the reader. argp's own help counts bytes as columns,
 * breaks lines at blanks only, which Chinese has none of, and has its headings in
 * the language of the installed catalogues. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"

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

/* Marks that may not begin a line. */
static bool
clings(utf8proc_int32_t c)
{
    static const utf8proc_int32_t marks[] = { 0x3001, 0x3002, 0xff0c, 0xff1a, 0xff1b, 0xff09,
        0x300b, 0x3009, 0x201d, 0x3015 };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (c == marks[i])
            return true;
    return false;
}

/* The piece of text up to the next place where a line may break: a word, or one
 * wide character with the marks that cling to it. */
static size_t
piece(const char *text, int *width)
{
    size_t n = 0;
    *width = 0;
    while (text[n] != '\0' && text[n] != ' ' && text[n] != '\n') {
        utf8proc_int32_t c;
        utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text + n, -1, &c);
        if (length <= 0)
            break;
        int columns = utf8proc_charwidth(c);
        if (n != 0 && columns == 2 && !clings(c))
            break;
        n += (size_t)length;
        *width += columns;
        bool wide_next = (unsigned char)text[n] >= 0xe2 || (unsigned char)text[n] == 0xc2;
        if (columns == 2 && !wide_next)
            break;
    }
    return n;
}

static void
new_line(FILE *stream, int indent)
{
    fprintf(stream, "\n%*s", indent, "");
}

void
command_print_wrapped(FILE *stream, const char *text, int column, int indent)
{
    bool as_it_stands = *text == ' ';
    while (*text != '\0') {
        if (*text == '\n') {
            text++;
            if (*text == '\n' || *text == '\0')
                fputc('\n', stream);
            else
                new_line(stream, indent);
            column = indent;
            as_it_stands = *text == ' ';
            continue;
        }
        size_t blanks = strspn(text, " ");
        int width;
        size_t n = piece(text + blanks, &width);
        if (n == 0 && blanks == 0)
            break; /* not UTF-8: nothing of ours */
        if (!as_it_stands && column > indent && column + (int)blanks + width > HELP_WIDTH) {
            new_line(stream, indent);
            column = indent;
            text += blanks;
            blanks = 0;
        }
        fwrite(text, 1, blanks + n, stream);
        column += (int)blanks + width;
        text += blanks + n;
    }
    fputc('\n', stream);
}

static void
print_option(FILE *stream, const struct argp_option *option)
{
    char *doc = side(option->doc), *arg = side(option->arg);
    const char *open = option->flags & OPTION_ARG_OPTIONAL ? "[=" : "=";
    const char *close = option->flags & OPTION_ARG_OPTIONAL ? "]" : "";
    char letter[5] = "    ";
    if (option->key > ' ' && option->key < 127)
        snprintf(letter, sizeof letter, "-%c, ", option->key);
    char *names = option->name == NULL
        ? memory_format("  %.2s %s", letter, arg)
        : memory_format("  %s--%s%s%s%s", letter, option->name, *arg != '\0' ? open : "", arg,
              *arg != '\0' ? close : "");
    int column = (int)strlen(names);
    fputs(names, stream);
    if (column + 2 > OPTION_COLUMN) {
        fputc('\n', stream);
        column = 0;
    }
    fprintf(stream, "%*s", OPTION_COLUMN - column, "");
    command_print_wrapped(stream, doc, OPTION_COLUMN, OPTION_COLUMN);
    free(names);
    free(arg);
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
    command_print_wrapped(stream, doc, 0, 0);
    fprintf(stream, tr("\nOptions:\n", "\n选项：\n"));
    for (const struct argp_option *option = argp->options;
         option != NULL && (option->name != NULL || option->key != 0 || option->doc != NULL);
         option++) {
        if (option->flags & OPTION_HIDDEN)
            continue;
        print_option(stream, option);
    }
    static const struct argp_option common[] = {
        { "lang", 0, "zh|en", 0, BOTH("language of what people read (default: the locale's)",
            "界面语言（默认随系统区域设置）"), 0 },
        { "help", 'h', NULL, 0, BOTH("this text", "显示本说明"), 0 },
    };
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        print_option(stream, &common[i]);
    if (after != NULL) {
        fputc('\n', stream);
        command_print_wrapped(stream, after, 0, 0);
    }
    free(arguments);
    free(doc);
}
