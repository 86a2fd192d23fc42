/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

int
screen_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 120;
    return size.ws_col < 60 ? 60 : size.ws_col;
}
