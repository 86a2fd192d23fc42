/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/language.h"

#include <stdlib.h>
#include <string.h>

enum language language_current = LANGUAGE_EN;

enum language
language_of_locale(void)
{
    /* LANGUAGE is a colon-separated list that outranks the locale's own
     * language, as gettext has it, unless the locale is plain C. */
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *locale = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0') {
            locale = value;
            break;
        }
    }
    const char *list = getenv("LANGUAGE");
    if (list != NULL && *list != '\0' && strcmp(locale, "C") != 0 && *locale != '\0')
        locale = list;
    return strncmp(locale, "zh", 2) == 0 ? LANGUAGE_ZH : LANGUAGE_EN;
}
