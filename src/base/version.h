/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which program this is and what it was built with: for --version and for the
 * results, so that a run can be made again. */
#ifndef GONGJI_BASE_VERSION_H
#define GONGJI_BASE_VERSION_H

extern const char version_gongji[]; /* "0.1.0" */
extern const char version_commit[]; /* "276b5d0c3a1f", "+" after it where files had changed since;
                                       "" where it was not built from the repository */
extern const char version_compiler[]; /* "12.2.0" */
extern const char version_gsl[], version_hdf5[];

#endif
