/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GONGJI_COMMAND_SCREEN_H
#define GONGJI_COMMAND_SCREEN_H

/* Columns to write for: the terminal's that stdout is, else as many as COLUMNS says,
 * from 60 to 200; 120 where neither is known. */
int screen_width(void);

#endif
