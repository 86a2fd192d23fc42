/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gongji population: the people and claims that run meets, as the files that
 * adjudicate reads. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/language.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/options.h"
#include "engine/people.h"
#include "input/study.h"

enum { KEY_PERSONS = 256, KEY_YEARS, KEY_SEED };
enum { YEARS_MAX = 50 /* of a block of persons in memory */, BLOCK = 8192 };

struct arguments {
    const char *model, *directory;
    int64_t persons; /* 0 where not given */
    uint64_t seed;
    int64_t first_year, last_year;
    struct problem_list problems;
};

static const struct argp_option options[] = {
    { "persons", KEY_PERSONS, "N", 0, BOTH("how many persons", "人数"), 0 },
    { "years", KEY_YEARS, "A[..B]", 0, BOTH("calendar years (2023)", "年份（2023）"), 0 },
    { "seed", KEY_SEED, "S", 0, BOTH("of the random numbers (1)", "随机数种子（1）"), 0 },
    { "output", 'o', BOTH("DIR", "目录"), 0,
        BOTH("directory for members.csv and claims.csv", "存放 members.csv 和 claims.csv 的目录"), 0 },
    { 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct arguments *self = state->input;
    switch (key) {
    case KEY_PERSONS:
        self->persons = 1; /* given, right or wrong */
        option_whole("persons", arg, 1, RUN_PERSONS_MAX, &self->persons, &self->problems);
        return 0;
    case KEY_YEARS:
        if (option_years(arg, &self->first_year, &self->last_year, &self->problems)
            && self->last_year - self->first_year >= YEARS_MAX)
            problem_add(&self->problems, NULL, 0, 0,
                tr("--years: '%s' are too many; %d at most are wanted",
                    "--years：“%s”年数过多；最多 %d 年"),
                arg, YEARS_MAX);
        return 0;
    case KEY_SEED:
        option_seed(arg, &self->seed, &self->problems);
        return 0;
    case 'o':
        self->directory = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (self->model != NULL)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("more than one model; population takes one",
                    "模型多于一个；population 只用一个模型"));
        self->model = arg;
        return 0;
    case ARGP_KEY_END:
        if (self->model == NULL)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("no model given; a file, or an id of models/, is wanted",
                    "未指定模型；应为文件，或 models/ 下的编号"));
        if (self->persons == 0)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("no size given; --persons N is required", "未指定人数；必须给出 --persons"));
        if (self->directory == NULL)
            problem_add(&self->problems, NULL, 0, 0, "%s",
                tr("no directory given; -o DIR is required", "未指定目录；必须给出 -o 目录"));
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = options,
    .parser = parse,
    .args_doc = BOTH("MODEL --persons N -o DIR", "模型 --persons 人数 -o 目录"),
    .doc = BOTH("Draws synthetic members and their claims from a population model and writes them as "
                "members.csv and claims.csv, the files that adjudicate reads: the very people and "
                "claims that run meets with the same model, persons, years and seed while behaviour "
                "is off. The first persons of a larger population are those of a smaller one.\v"
                "Examples:\n"
                "  gongji population employees-2022 --persons 10000 -o people\n"
                "  gongji adjudicate yantai --claims people/claims.csv \\\n"
                "      --members people/members.csv -o out.csv\n",
        "按人群模型随机生成参保人及其费用，写成 adjudicate 所读的 members.csv 和 claims.csv；"
        "与行为关闭时 run 在同一模型、人数、年份和种子下所用的人和费用完全相同。"
        "大人群的前若干人就是小人群的人。\v"
        "示例：\n"
        "  gongji population employees-2022 --persons 10000 -o people\n"
        "  gongji adjudicate yantai --claims people/claims.csv \\\n"
        "      --members people/members.csv -o out.csv\n"),
};

/* --- rows of CSV --- */

struct row {
    FILE *stream;
    bool begun; /* a field stands before */
};

static void
field_n(struct row *row, const char *text, size_t n)
{
    if (row->begun)
        putc_unlocked(',', row->stream);
    row->begun = true;
    fwrite_unlocked(text, 1, n, row->stream);
}

/* RFC 4180: quoted where it must be. */
static void
field(struct row *row, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        field_n(row, text, strlen(text));
        return;
    }
    field_n(row, "\"", 1);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc_unlocked('"', row->stream);
        putc_unlocked(*text, row->stream);
    }
    putc_unlocked('"', row->stream);
}

static void
field_day(struct row *row, bool given, day_t day)
{
    char text[DATE_TEXT];
    field_n(row, given ? date_text(text, day) : "", given ? DATE_TEXT - 1 : 0);
}

static void
field_money(struct row *row, fen_t amount)
{
    char text[MONEY_TEXT];
    field_n(row, text, money_format(text, amount));
}

static void
field_number(struct row *row, char letter, uint64_t number)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%c%09llu", letter, (unsigned long long)number);
    field_n(row, text, (size_t)n);
}

static void
end_row(struct row *row)
{
    putc_unlocked('\n', row->stream);
    row->begun = false;
}

/* --- members --- */

struct population {
    const struct arguments *arguments;
    const struct people *people;
    const struct names *names;
    struct people_block *blocks; /* [n_years]: the same persons year by year */
    int n_years;
    struct row members, claims;
    uint64_t claim; /* number of the next claim */
};

/* The years, by index, that one person holds a number: from … to. */
struct tenure {
    int person, from, to;
};

/* One span of insurance holds for all years. Where a person was out at the end of
 * a year or the beginning of one in between, whole months, the months are written
 * as arrears, which have the same effect. */
static void
write_insured(struct population *self, struct tenure t)
{
    const struct people_block *first = &self->blocks[t.from], *last = &self->blocks[t.to];
    day_t from = first->members[t.person].insured_from, to = last->members[t.person].insured_to;
    if (to == DAY_MAX && t.to + 1 < self->n_years) /* somebody else comes */
        to = date_day(last->year, 12, 31);
    field_day(&self->members, from != DAY_MIN, from);
    field_day(&self->members, to != DAY_MAX, to);
}

static void
add_month(char *text, size_t *n, month_t month)
{
    if (*n != 0)
        text[(*n)++] = ';';
    date_format_month(text + *n, month);
    *n += 7;
}

static void
write_arrears(struct population *self, struct tenure t)
{
    char text[YEARS_MAX * 12 * 8 + 1];
    size_t n = 0;
    for (int y = t.from; y <= t.to; y++) {
        const struct member *m = &self->blocks[y].members[t.person];
        month_t january = date_month_of(self->blocks[y].year, 1);
        month_t joined = y > t.from && m->insured_from != DAY_MIN ? date_month(m->insured_from) : january;
        month_t left
            = y < t.to && m->insured_to != DAY_MAX ? date_month(m->insured_to) : january + 11;
        for (month_t month = january; month < joined; month++)
            add_month(text, &n, month);
        for (int i = 0; i < m->n_arrears; i++)
            add_month(text, &n, m->arrears[i]);
        for (month_t month = left + 1; month <= january + 11; month++)
            add_month(text, &n, month);
    }
    field_n(&self->members, text, n);
}

static void
write_diseases(struct population *self, uint32_t registered, bool want_chronic)
{
    char text[256];
    size_t n = 0;
    bool chronic;
    const char *name;
    for (int i = 0; (name = people_disease_name(i, &chronic)) != NULL; i++)
        if ((registered >> i & 1) != 0 && chronic == want_chronic)
            n += (size_t)snprintf(text + n, sizeof text - n, n != 0 ? ";%s" : "%s", name);
    field_n(&self->members, text, n);
}

static void
write_member(struct population *self, struct tenure t)
{
    const struct people_block *block = &self->blocks[t.from];
    const struct member *m = &block->members[t.person];
    struct row *row = &self->members;
    uint32_t diseases = 0;
    char id[PEOPLE_ID];
    people_id(block->first + (uint64_t)t.person, block->traits[t.person].entered, id);
    for (int y = t.from; y <= t.to; y++)
        diseases |= self->blocks[y].traits[t.person].diseases;
    bool retiree = m->status == STATUS_RETIREE;
    bool retires = !retiree && m->retired_on <= date_day((int)self->arguments->last_year, 12, 31);
    field(row, id);
    field_day(row, true, m->birth);
    field(row, sex_words[m->sex].key);
    field(row, status_words[m->status].key);
    field_day(row, retires, m->retired_on);
    field(row, sector_words[m->sector].key);
    write_insured(self, t);
    if (retiree)
        field(row, "");
    else
        field_money(row, m->base);
    field_money(row, m->balance);
    if (m->household != NAME_NONE)
        field_number(row, 'h', m->household);
    else
        field(row, "");
    field(row, m->county != NAME_NONE ? self->names->text[m->county] : "");
    write_arrears(self, t);
    write_diseases(self, diseases, true);
    write_diseases(self, diseases, false);
    field_day(row, m->ltc_from <= m->ltc_to, m->ltc_from);
    field_day(row, m->ltc_from <= m->ltc_to, m->ltc_to);
    end_row(row);
}

/* Everybody who holds the number in these years. */
static void
write_members(struct population *self, int number)
{
    struct tenure t = { .person = number };
    while (t.from < self->n_years) {
        int entered = self->blocks[t.from].traits[number].entered;
        t.to = t.from;
        while (t.to + 1 < self->n_years && self->blocks[t.to + 1].traits[number].entered == entered)
            t.to++;
        write_member(self, t);
        t.from = t.to + 1;
    }
}

/* --- claims --- */

static void
write_claim(struct population *self, const struct people_block *block, const struct claim *c,
    uint64_t number, uint64_t admission)
{
    struct row *row = &self->claims;
    char id[PEOPLE_ID];
    people_id(block->first + c->member, block->traits[c->member].entered, id);
    field_number(row, 'c', number);
    field(row, id);
    field_day(row, true, c->date);
    field_day(row, c->benefit == BENEFIT_INPATIENT, c->end);
    field(row, benefit_words[c->benefit].key);
    field(row, provider_words[c->provider].key);
    field(row, channel_words[c->channel].key);
    field(row, (c->flags & CLAIM_MAY_ADMIT) != 0 ? "yes" : "no");
    field(row, (c->flags & CLAIM_DESIGNATED) != 0 ? "yes" : "no");
    field(row, place_words[c->place].key);
    field_money(row, c->cost);
    field_money(row, c->eligible);
    field(row, c->disease != NAME_NONE ? self->names->text[c->disease] : "");
    field(row, c->drug != NAME_NONE ? self->names->text[c->drug] : "");
    if (c->admission != NAME_NONE)
        field_number(row, 'c', admission);
    else
        field(row, "");
    end_row(row);
}

/* All years of a household stand together; numbers follow the file. */
static void
write_household(struct population *self, int household)
{
    for (int y = 0; y < self->n_years; y++) {
        const struct people_block *block = &self->blocks[y];
        int start = block->claim_start[household], end = block->claim_start[household + 1];
        for (int i = start; i < end; i++) {
            const struct claim *c = &block->claims[i];
            write_claim(self, block, c, self->claim + (uint64_t)(i - start),
                self->claim + (uint64_t)c->admission - (uint64_t)start);
        }
        self->claim += (uint64_t)(end - start);
    }
}

static void
write_headers(struct population *self)
{
    fputs("person_id,birth_date,sex,status,retired_on,sector,insured_from,insured_to,base,balance,"
          "household,county,arrears,chronic,special,ltc_from,ltc_to\n",
        self->members.stream);
    fputs("claim_id,person_id,date,end_date,benefit,provider,channel,inpatient_qualified,designated,"
          "place,cost,eligible,disease,drug,admission\n",
        self->claims.stream);
}

static void
write_population(struct population *self)
{
    const struct arguments *a = self->arguments;
    self->n_years = (int)(a->last_year - a->first_year + 1);
    self->blocks = memory_alloc((size_t)self->n_years, sizeof *self->blocks);
    self->claim = 1;
    write_headers(self);
    for (int64_t first = 0; first < a->persons; first += BLOCK) {
        int n = a->persons - first < BLOCK ? (int)(a->persons - first) : BLOCK;
        for (int y = 0; y < self->n_years; y++)
            people_draw(self->people, (uint64_t)first, n, (int)a->first_year + y, &self->blocks[y]);
        for (int person = 0; person < n; person++)
            write_members(self, person);
        for (int household = 0; household < self->blocks[0].n_households; household++)
            write_household(self, household);
    }
    for (int y = 0; y < self->n_years; y++)
        people_block_free(&self->blocks[y]);
    free(self->blocks);
}

static FILE *
open_in(const struct file_directory *directory, const char *name, struct problem_list *problems)
{
    char *path = file_directory_path(directory, name);
    FILE *stream = fopen(path, "w");
    if (stream == NULL)
        problem_unwritable(problems, path, errno);
    else
        setvbuf(stream, NULL, _IOFBF, 1 << 20);
    free(path);
    return stream;
}

static void
close_in(FILE *stream, const struct file_directory *directory, const char *name,
    struct problem_list *problems)
{
    if (stream == NULL)
        return;
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        int error = errno;
        char *path = memory_format("%s/%s", directory->path, name);
        problem_unwritable(problems, path, error);
        free(path);
    }
}

static void
write_directory(const struct arguments *arguments, const struct people *people,
    const struct names *names, struct problem_list *problems)
{
    struct file_directory directory = { 0 };
    struct population population
        = { .arguments = arguments, .people = people, .names = names };
    static const char *const files[] = { "members.csv", "claims.csv", NULL };
    if (file_directory_open(&directory, arguments->directory, files, problems)) {
        population.members.stream = open_in(&directory, "members.csv", problems);
        population.claims.stream = open_in(&directory, "claims.csv", problems);
        if (population.members.stream != NULL && population.claims.stream != NULL)
            write_population(&population);
        close_in(population.members.stream, &directory, "members.csv", problems);
        close_in(population.claims.stream, &directory, "claims.csv", problems);
        if (!problem_any(problems))
            file_directory_commit(&directory, problems);
    }
    file_directory_free(&directory);
}

int
command_population(int argc, char **argv)
{
    struct arguments arguments = { .seed = 1, .first_year = 2023, .last_year = 2023 };
    int leave = command_parse(&argp, argc, argv, &arguments);
    if (leave != 0)
        return leave - 1;
    struct problem_list *problems = &arguments.problems;
    if (problem_any(problems))
        return command_finish(problems);
    struct names names = { 0 };
    struct people *people = NULL;
    struct model *model = model_read(arguments.model, problems);
    if (model != NULL)
        people = people_compile(model, arguments.seed, &names, problems);
    if (people != NULL)
        write_directory(&arguments, people, &names, problems);
    people_free(people);
    model_free(model);
    names_free(&names);
    return command_finish(problems);
}
