/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the made-up result as run.h5 to the file named, for test_run_h5.py. */
#include <stdio.h>

#include "made_up.h"
#include "output/run_hdf.h"

int
main(int argc, char **argv)
{
    struct made_up made;
    struct problem_list problems = { 0 };
    FILE *stream = argc == 2 ? fopen(argv[1], "wb") : NULL;
    if (stream == NULL)
        return 2;
    made_up_make(&made);
    bool ok = run_hdf_write(stream, argv[1], &made.result, &made.inputs, &problems);
    ok = fclose(stream) == 0 && ok;
    problem_print(&problems, stderr);
    problem_list_free(&problems);
    made_up_free(&made);
    return ok ? 0 : 1;
}
