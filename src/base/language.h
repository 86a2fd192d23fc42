/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language of what people read. Both wordings stand side by side in the
 * source, so that neither can be forgotten; the compiler checks that both
 * formats take the same arguments. Set once by main, before any thread. */
#ifndef GONGJI_BASE_LANGUAGE_H
#define GONGJI_BASE_LANGUAGE_H

enum language { LANGUAGE_ZH, LANGUAGE_EN };

extern enum language language_current;

/* The language asked for by LC_ALL, LC_MESSAGES, LANGUAGE or LANG; English
 * where none names Chinese. */
enum language language_of_locale(void);

__attribute__((format_arg(1), format_arg(2))) static inline const char *
tr(const char *en, const char *zh)
{
    return language_current == LANGUAGE_ZH ? zh : en;
}

#endif
