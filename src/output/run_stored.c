/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/run_stored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hdf.h"
#include "base/language.h"
#include "base/memory.h"

static int
find_column(const struct hdf_table *table, const char *name)
{
    const struct hdf_column *columns;
    int n = hdf_table_columns(table, &columns);
    for (int i = 0; i < n; i++)
        if (strcmp(columns[i].name, name) == 0)
            return i;
    return -1;
}

/* --- What a result was made from --- */

static void
report_no_result(const char *path, struct problem_list *problems)
{
    problem_add(problems, path, 0, 0, "%s",
        tr("is no result of gongji run, or is damaged; the run.h5 that gongji run -o has written is "
           "wanted",
            "不是 gongji run 的结果，或已损坏；应为 gongji run -o 写出的 run.h5"));
}

/* A column of texts, each owned by the caller; false where there is no whole one. */
static bool
read_texts(struct hdf_table *table, const char *name, size_t n, char **out, size_t *lengths)
{
    const struct hdf_column *columns;
    struct hdf_texts texts = { 0 };
    hdf_table_columns(table, &columns);
    int column = find_column(table, name);
    bool ok = column >= 0 && columns[column].kind == HDF_COLUMN_TEXT && columns[column].n == n
        && hdf_table_text(table, column, 0, n, &texts);
    for (size_t i = 0; ok && i < n; i++) {
        size_t length = texts.at[i + 1] - texts.at[i];
        out[i] = memory_text_n(texts.bytes + texts.at[i], length);
        if (lengths != NULL)
            lengths[i] = length;
    }
    hdf_texts_free(&texts);
    return ok;
}

enum { INPUTS_MAX = 100000 };

static bool
read_inputs(struct run_stored *self)
{
    static const char *const names[] = { "role", "of_scenario", "file", "sha256", "text" };
    bool is_hdf;
    struct hdf_table *table = hdf_table_open(self->path, "inputs", &is_hdf);
    if (table == NULL)
        return false;
    const struct hdf_column *columns;
    hdf_table_columns(table, &columns);
    int column = find_column(table, "file");
    size_t n = column >= 0 && columns[column].n <= INPUTS_MAX ? (size_t)columns[column].n : 0;
    char **texts = memory_alloc(5 * n, sizeof *texts);
    size_t *lengths = memory_alloc(n, sizeof *lengths);
    bool ok = n > 0;
    for (int i = 0; i < 5; i++)
        ok = ok && read_texts(table, names[i], n, texts + (size_t)i * n, i == 4 ? lengths : NULL);
    if (ok) {
        self->inputs = memory_alloc(n, sizeof *self->inputs);
        self->n_inputs = (int)n;
        for (size_t i = 0; i < n; i++)
            self->inputs[i] = (struct run_stored_input){ texts[i], texts[n + i], texts[2 * n + i],
                texts[4 * n + i], texts[3 * n + i], lengths[i] };
    } else {
        for (size_t i = 0; i < 5 * n; i++)
            free(texts[i]);
    }
    free(lengths);
    free(texts);
    hdf_table_free(table);
    return ok;
}

/* Whether the texts are those that the checksums were taken of. */
static bool
inputs_whole(const struct run_stored *self, const char *wanted)
{
    char *list = NULL, digest[65];
    size_t size = 0;
    bool ok = true;
    FILE *stream = open_memstream(&list, &size);
    for (int i = 0; stream != NULL && i < self->n_inputs; i++) {
        file_sha256(self->inputs[i].text, self->inputs[i].n, digest);
        ok = ok && strcmp(digest, self->inputs[i].sha256) == 0
            && strchr(self->inputs[i].file, '/') == NULL && self->inputs[i].file[0] != '\0';
        fprintf(stream, "%s  %s\n", digest, self->inputs[i].file);
    }
    if (stream != NULL)
        fclose(stream);
    file_sha256(list, size, digest);
    free(list);
    return ok && wanted != NULL && strcmp(digest, wanted) == 0;
}

bool
run_stored_read(struct run_stored *self, const char *path, struct problem_list *problems)
{
    bool is_hdf;
    *self = (struct run_stored){ .path = memory_text(path) };
    struct hdf_table *root = hdf_table_open(path, "/", &is_hdf);
    if (root == NULL) {
        report_no_result(path, problems);
        return false;
    }
    self->command = hdf_table_attribute(root, -1, "command");
    self->version = hdf_table_attribute(root, -1, "version");
    self->commit = hdf_table_attribute(root, -1, "commit");
    self->compiler = hdf_table_attribute(root, -1, "compiler");
    char *inputs_sha256 = hdf_table_attribute(root, -1, "inputs_sha256");
    hdf_table_free(root);
    bool ok = self->command != NULL && self->version != NULL && self->commit != NULL
        && self->compiler != NULL && inputs_sha256 != NULL && read_inputs(self);
    if (!ok)
        report_no_result(path, problems);
    else if (!inputs_whole(self, inputs_sha256)) {
        problem_add(problems, path, 0, 0, "%s",
            tr("is damaged: the texts of its inputs have not the SHA-256 that it gives; an undamaged "
               "file is wanted",
                "已损坏：所存输入原文与其 SHA-256 不符；应为未损坏的文件"));
        ok = false;
    }
    free(inputs_sha256);
    return ok;
}

void
run_stored_free(struct run_stored *self)
{
    for (int i = 0; i < self->n_inputs; i++) {
        free(self->inputs[i].role);
        free(self->inputs[i].scenario);
        free(self->inputs[i].file);
        free(self->inputs[i].text);
        free(self->inputs[i].sha256);
    }
    free(self->inputs);
    free(self->path);
    free(self->command);
    free(self->version);
    free(self->commit);
    free(self->compiler);
    *self = (struct run_stored){ 0 };
}

/* --- Results held against each other --- */

struct comparison {
    const char *path; /* of the stored file, for problems */
    struct hdf_table *stored, *again;
    struct problem_list *problems;
};

/* Coordinates of a dimension's place: "yantai", "2023", or its number where they are
 * neither texts nor whole numbers; owned by the caller. */
static char *
coordinate(struct hdf_table *table, const char *dimension, size_t at)
{
    const struct hdf_column *columns;
    struct hdf_texts texts = { 0 };
    char *text = NULL;
    int64_t whole;
    hdf_table_columns(table, &columns);
    int column = dimension != NULL ? find_column(table, dimension) : -1;
    if (column >= 0 && columns[column].n > at) {
        if (columns[column].kind == HDF_COLUMN_TEXT && hdf_table_text(table, column, at, 1, &texts))
            text = memory_text_n(texts.bytes, texts.at[1]);
        else if (columns[column].kind == HDF_COLUMN_WHOLE
            && hdf_table_whole(table, column, at, 1, &whole))
            text = memory_format("%" PRId64, whole);
    }
    hdf_texts_free(&texts);
    return text != NULL ? text : memory_format("[%zu]", at);
}

/* "scenario yantai, year 2023, measure cost, group all"; owned by the caller. */
static char *
place_of(struct comparison *self, const struct hdf_numbers *numbers, size_t cell)
{
    char *place = memory_text("");
    size_t rest = numbers->n;
    for (int i = 0; i < numbers->rank; i++) {
        rest /= numbers->shape[i];
        char *at = coordinate(self->again, numbers->dimensions[i], cell / rest);
        cell %= rest;
        char *longer = memory_format("%s%s%s %s", place, i > 0 ? tr(", ", "，") : "",
            numbers->dimensions[i] != NULL ? numbers->dimensions[i] : "?", at);
        free(at);
        free(place);
        place = longer;
    }
    return place;
}

static char *
number_text(const struct hdf_numbers *numbers, size_t cell)
{
    if (numbers->type == HDF_INT64)
        return memory_format("%" PRId64, ((const int64_t *)numbers->values)[cell]);
    return memory_format("%.17g", ((const double *)numbers->values)[cell]);
}

static char *
shape_text(const struct hdf_numbers *numbers)
{
    char *text = memory_text("");
    for (int i = 0; i < numbers->rank; i++) {
        char *longer = memory_format("%s%s%zu", text, i > 0 ? "×" : "", numbers->shape[i]);
        free(text);
        text = longer;
    }
    return text;
}

static bool
same_shape(const struct hdf_numbers *a, const struct hdf_numbers *b)
{
    return a->type == b->type && a->rank == b->rank
        && memcmp(a->shape, b->shape, (size_t)a->rank * sizeof *a->shape) == 0;
}

static void
report_shape(struct comparison *self, const char *name, const struct hdf_numbers *stored,
    const struct hdf_numbers *again)
{
    char *one = shape_text(stored), *other = shape_text(again);
    problem_fail(self->problems, self->path,
        tr("%s has %s cells, made again it has %s; the same are wanted",
            "%s 为 %s 个数，重算为 %s；应相同"),
        name, one, other);
    free(one);
    free(other);
}

static void
report_cell(struct comparison *self, const char *name, const struct hdf_numbers *stored,
    const struct hdf_numbers *again)
{
    const char *one = stored->values, *other = again->values;
    size_t first = 0, n = 0;
    for (size_t i = stored->n; i-- > 0;)
        if (memcmp(one + 8 * i, other + 8 * i, 8) != 0) {
            first = i;
            n++;
        }
    char *place = place_of(self, again, first);
    char *was = number_text(stored, first), *is = number_text(again, first);
    problem_fail(self->problems, self->path,
        tr("%s differs in %zu of %zu cells, first at %s: %s, made again %s; the same are wanted",
            "%s 有 %zu 个数不同（共 %zu 个），首先是 %s：%s，重算为 %s；应相同"),
        name, n, stored->n, place, was, is);
    free(place);
    free(was);
    free(is);
}

/* One array of results; digest is that of the array made again. */
static bool
compare_array(struct comparison *self, const char *name, const char *digest,
    const struct hdf_numbers *again)
{
    struct hdf_numbers stored;
    int column = find_column(self->stored, name);
    if (column < 0 || !hdf_table_numbers(self->stored, column, &stored)) {
        problem_fail(self->problems, self->path,
            tr("%s is not in it or is damaged, but was made again; the same arrays are wanted",
                "%s 缺失或已损坏，而重算得到了它；应有相同的数组"),
            name);
        return false;
    }
    char here[65], *told = hdf_table_attribute(self->stored, column, "sha256");
    file_sha256(stored.values, 8 * stored.n, here);
    bool ok = false;
    if (!same_shape(&stored, again))
        report_shape(self, name, &stored, again);
    else if (strcmp(here, digest) != 0)
        report_cell(self, name, &stored, again);
    else if (told == NULL || strcmp(told, here) != 0)
        problem_fail(self->problems, self->path,
            tr("%s has the SHA-256 %s, but the file gives %s; an undamaged file is wanted",
                "%s 的 SHA-256 为 %s，而文件所记为 %s；应为未损坏的文件"),
            name, here, told != NULL ? told : "-");
    else
        ok = true;
    free(told);
    hdf_numbers_free(&stored);
    return ok;
}

/* What the places of a dimension are called: texts or whole numbers. */
static bool
compare_coordinates(struct comparison *self, const char *name)
{
    const struct hdf_column *stored, *again;
    hdf_table_columns(self->stored, &stored);
    hdf_table_columns(self->again, &again);
    int a = find_column(self->stored, name), b = find_column(self->again, name);
    size_t n = b >= 0 ? (size_t)again[b].n : 0;
    bool ok = a >= 0 && b >= 0 && stored[a].n == n;
    for (size_t i = 0; ok && i < n; i++) {
        char *one = coordinate(self->stored, name, i), *other = coordinate(self->again, name, i);
        ok = strcmp(one, other) == 0;
        if (!ok)
            problem_fail(self->problems, self->path,
                tr("%s %zu is '%s', made again '%s'; the same are wanted",
                    "%s 第 %zu 项为“%s”，重算为“%s”；应相同"),
                name, i + 1, one, other);
        free(one);
        free(other);
    }
    if (b >= 0 && (a < 0 || stored[a].n != n))
        problem_fail(self->problems, self->path,
            tr("%s is not in it, or has other places than made again (%zu); the same are wanted",
                "%s 缺失，或与重算的项数（%zu）不同；应相同"),
            name, n);
    return ok;
}

/* Arrays of results that are only in the stored file. */
static void
report_left_over(struct comparison *self)
{
    const struct hdf_column *columns;
    int n = hdf_table_columns(self->stored, &columns);
    for (int i = 0; i < n; i++) {
        char *told = hdf_table_attribute(self->stored, i, "sha256");
        if (told != NULL && find_column(self->again, columns[i].name) < 0)
            problem_fail(self->problems, self->path,
                tr("%s is in it, but was not made again; the same arrays are wanted",
                    "含有 %s，而重算没有得到它；应有相同的数组"),
                columns[i].name);
        free(told);
    }
}

bool
run_stored_compare(const struct run_stored *self, const char *again,
    struct run_agreement *agreement, struct problem_list *problems)
{
    static const char *const dimensions[] = { "scenario", "year", "measure", "group", "distribution",
        "place", "book_line", "world_input", "outcome" };
    size_t before = problems->n + problems->left_out;
    bool is_hdf;
    struct comparison comparison = { .path = self->path,
        .stored = hdf_table_open(self->path, "/", &is_hdf),
        .again = hdf_table_open(again, "/", &is_hdf),
        .problems = problems };
    if (comparison.stored == NULL || comparison.again == NULL) {
        report_no_result(comparison.stored == NULL ? self->path : again, problems);
    } else {
        for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++)
            compare_coordinates(&comparison, dimensions[i]);
        const struct hdf_column *columns;
        int n = hdf_table_columns(comparison.again, &columns);
        for (int i = 0; i < n; i++) {
            char *digest = hdf_table_attribute(comparison.again, i, "sha256");
            struct hdf_numbers numbers;
            if (digest != NULL && hdf_table_numbers(comparison.again, i, &numbers)) {
                compare_array(&comparison, columns[i].name, digest, &numbers);
                agreement->arrays++;
                agreement->cells += numbers.n;
                hdf_numbers_free(&numbers);
            }
            free(digest);
        }
        report_left_over(&comparison);
    }
    hdf_table_free(comparison.stored);
    hdf_table_free(comparison.again);
    return problems->n + problems->left_out == before;
}

/* --- Tables --- */

/* The field of a line of plain CSV, from 0; owned by the caller. Good enough to
 * name a cell: fields in quotes are split where they hold commas. */
static char *
field_at(const char *line, int field)
{
    const char *end = line + strcspn(line, "\r\n");
    for (; field > 0 && line < end; line++)
        field -= *line == ',';
    size_t n = strcspn(line, ",\r\n");
    return memory_text_n(line, n < (size_t)(end - line) ? n : (size_t)(end - line));
}

static int
count_fields(const char *line)
{
    int n = 1;
    for (; *line != '\0' && *line != '\n'; line++)
        n += *line == ',';
    return n;
}

/* Two lines that differ: their first field that does. keys: leading fields that name a
 * row. */
static void
report_line(const char *path, long number, const char *head, int keys, const char *stored,
    const char *again, struct problem_list *problems)
{
    int field = 0, fields = count_fields(head);
    char *one = field_at(stored, 0), *other = field_at(again, 0);
    while (field < fields - 1 && strcmp(one, other) == 0) {
        free(one);
        free(other);
        field++;
        one = field_at(stored, field);
        other = field_at(again, field);
    }
    char *name = field_at(head, field), *row = memory_text("");
    for (int i = 0; i < keys; i++) {
        char *key = field_at(again, i);
        char *longer = memory_format("%s%s%s", row, i > 0 ? tr(", ", "，") : "", key);
        free(key);
        free(row);
        row = longer;
    }
    problem_add(problems, path, number, field + 1,
        tr("%s of %s is '%s', made again '%s'; the same is wanted",
            "%s（%s）为“%s”，重算为“%s”；应相同"),
        name, row, one, other);
    problems->failed = true;
    free(row);
    free(name);
    free(one);
    free(other);
}

bool
run_stored_compare_table(const char *path, const char *again, int keys,
    struct run_agreement *agreement, struct problem_list *problems)
{
    struct file_text one = { 0 }, other = { 0 };
    bool ok = file_read(path, &one, problems);
    ok = file_read(again, &other, problems) && ok;
    if (!ok)
        problems->failed = true;
    if (ok && (one.n != other.n || memcmp(one.text, other.text, one.n) != 0)) {
        size_t at = 0, line = 0;
        long number = 1;
        for (; at < one.n && at < other.n && one.text[at] == other.text[at]; at++)
            if (one.text[at] == '\n') {
                number++;
                line = at + 1;
            }
        report_line(path, number, other.text, keys, one.text + line, other.text + line, problems);
        ok = false;
    }
    size_t rows = 0;
    for (size_t i = 0; ok && i < one.n; i++)
        rows += one.text[i] == '\n';
    agreement->rows += rows > 0 ? rows - 1 : 0;
    free(one.text);
    free(other.text);
    return ok;
}
