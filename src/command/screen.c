/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/screen.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL = 120, NARROWEST = 60, WIDEST = 200 };

int
screen_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    long width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    if (width == 0 && columns != NULL)
        width = strtol(columns, NULL, 10);
    if (width <= 0)
        return USUAL;
    return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : (int)width;
}
