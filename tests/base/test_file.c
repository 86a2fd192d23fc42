/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

static char *root;

static void
make_root(void)
{
    root = memory_text("/tmp/gongji-test-file-XXXXXX");
    cr_assert_not_null(mkdtemp(root));
}

static void
remove_root(void)
{
    char *command = memory_format("rm -rf %s", root);
    int status = system(command);
    (void)status;
    free(command);
    free(root);
}

TestSuite(file, .init = make_root, .fini = remove_root);

static char *
path_of(const char *name)
{
    return memory_format("%s/%s", root, name);
}

static void
write_text(const char *path, const char *text)
{
    FILE *stream = fopen(path, "wb");
    cr_assert_not_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void
expect_text(const char *path, const char *wanted)
{
    struct problem_list problems = { 0 };
    struct file_text text;
    cr_expect(file_read(path, &text, &problems), "%s", path);
    cr_expect(text.text != NULL && strcmp(text.text, wanted) == 0, "%s holds %s", path, text.text);
    free(text.text);
    problem_list_free(&problems);
}

static int
n_entries(const char *path)
{
    int n = 0;
    DIR *directory = opendir(path);
    while (directory != NULL && readdir(directory) != NULL)
        n++;
    if (directory != NULL)
        closedir(directory);
    return n - 2;
}

Test(file, a_file_is_read_whole)
{
    struct problem_list problems = { 0 };
    char *path = path_of("large");
    FILE *stream = fopen(path, "wb");
    for (int i = 0; i < 200000; i++)
        fputc(i % 251, stream);
    fclose(stream);
    struct file_text text;
    cr_assert(file_read(path, &text, &problems));
    cr_expect_eq(text.n, 200000);
    cr_expect_eq(text.text[text.n], '\0');
    for (int i = 0; i < 200000; i++)
        cr_assert_eq((unsigned char)text.text[i], i % 251);
    free(text.text);
    free(path);
}

Test(file, a_directory_or_a_missing_file_is_bad_input)
{
    struct problem_list problems = { 0 };
    struct file_text text;
    char *missing = path_of("missing");
    cr_expect_not(file_read(missing, &text, &problems));
    cr_expect_not(file_read(root, &text, &problems));
    cr_expect_eq(problems.n, 2);
    cr_expect_not(problems.failed);
    cr_expect_str_eq(problems.items[0].file, missing);
    problem_list_free(&problems);
    free(missing);
}

Test(file, files_of_a_set_appear_together)
{
    struct problem_list problems = { 0 };
    struct file_set set = { 0 };
    char *a = path_of("a.csv"), *b = path_of("b.csv");
    write_text(a, "old");
    fputs("new a", file_set_open(&set, a, &problems));
    fputs("new b", file_set_open(&set, b, &problems));
    expect_text(a, "old");
    cr_expect_neq(access(b, F_OK), 0);
    cr_expect(file_set_commit(&set, &problems));
    file_set_free(&set);
    expect_text(a, "new a");
    expect_text(b, "new b");
    cr_expect_eq(n_entries(root), 2);
    free(a);
    free(b);
}

Test(file, what_is_not_committed_leaves_nothing)
{
    struct problem_list problems = { 0 };
    struct file_set set = { 0 };
    char *a = path_of("a.csv");
    write_text(a, "old");
    fputs("new", file_set_open(&set, a, &problems));
    file_set_free(&set);
    expect_text(a, "old");
    cr_expect_eq(n_entries(root), 1);
    free(a);
}

Test(file, a_place_that_is_not_there_fails_the_run)
{
    struct problem_list problems = { 0 };
    struct file_set set = { 0 };
    char *path = path_of("no/such/a.csv");
    cr_expect_null(file_set_open(&set, path, &problems));
    cr_expect(problems.failed);
    file_set_free(&set);
    problem_list_free(&problems);
    free(path);
}

static const char *const result_names[] = { "summary.csv", "run.h5", NULL };

static void
make_result(const char *path, const char *text, bool commit)
{
    struct problem_list problems = { 0 };
    struct file_directory directory;
    cr_assert(file_directory_open(&directory, path, result_names, &problems));
    char *summary = file_directory_path(&directory, "summary.csv");
    write_text(summary, text);
    free(summary);
    if (commit)
        cr_expect(file_directory_commit(&directory, &problems));
    file_directory_free(&directory);
    cr_expect_not(problem_any(&problems));
}

Test(file, a_result_directory_is_replaced_whole_or_not_at_all)
{
    char *path = path_of("result"), *summary = path_of("result/summary.csv");
    make_result(path, "first", true);
    expect_text(summary, "first");
    make_result(path, "dropped", false);
    expect_text(summary, "first");
    make_result(path, "second", true);
    expect_text(summary, "second");
    cr_expect_eq(n_entries(root), 1);
    free(path);
    free(summary);
}

Test(file, somebody_elses_directory_is_not_replaced)
{
    struct problem_list problems = { 0 };
    struct file_directory directory;
    char *letter = path_of("letter.txt");
    write_text(letter, "dear");
    cr_expect_not(file_directory_open(&directory, root, result_names, &problems));
    file_directory_free(&directory);
    cr_expect_not(file_directory_open(&directory, letter, result_names, &problems));
    file_directory_free(&directory);
    cr_expect_eq(problems.n, 2);
    cr_expect_not(problems.failed);
    expect_text(letter, "dear");
    problem_list_free(&problems);
    free(letter);
}

Test(file, what_stands_beside_an_earlier_result_is_not_lost)
{
    struct problem_list problems = { 0 };
    struct file_directory directory;
    char *path = path_of("result"), *letter = path_of("result/letter.txt");
    make_result(path, "first", true);
    write_text(letter, "dear");
    cr_expect_not(file_directory_open(&directory, path, result_names, &problems));
    file_directory_free(&directory);
    cr_expect_eq(problems.n, 1);
    expect_text(letter, "dear");
    cr_expect_not(file_directory_open(&directory, "", result_names, &problems));
    file_directory_free(&directory);
    cr_expect_eq(problems.n, 2);
    problem_list_free(&problems);
    free(letter);
    free(path);
}

Test(file, an_empty_directory_takes_results)
{
    char *path = path_of("empty"), *summary = path_of("empty/summary.csv");
    mkdir(path, 0777);
    make_result(path, "here", true);
    expect_text(summary, "here");
    free(path);
    free(summary);
}

Test(file, a_signal_removes_what_is_pending)
{
    static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct problem_list problems = { 0 };
            struct file_set set = { 0 };
            struct file_directory directory;
            char *a = path_of("a.csv"), *result = path_of("result");
            file_watch_signals();
            fputs("half", file_set_open(&set, a, &problems));
            file_directory_open(&directory, result, result_names, &problems);
            char *summary = file_directory_path(&directory, "summary.csv");
            FILE *stream = fopen(summary, "wb");
            fputs("half", stream);
            raise(signals[i]);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
        cr_expect_eq(n_entries(root), 0);
    }
}

Test(file, sha256_is_the_published_one)
{
    char digest[65];
    file_sha256("abc", 3, digest);
    cr_expect_str_eq(digest,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    file_sha256("", 0, digest);
    cr_expect_str_eq(digest,
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
