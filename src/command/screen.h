/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GONGJI_COMMAND_SCREEN_H
#define GONGJI_COMMAND_SCREEN_H

/* Columns that stdout has: the terminal's, from 60 on; 120 where it is none. */
int screen_width(void);

#endif
