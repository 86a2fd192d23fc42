/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <string.h>

#include "base/random.h"

/* The published vectors of Random123 1.14 (kat_vectors, philox4x32 10). */
Test(random, philox_gives_its_published_vectors)
{
    static const struct {
        uint32_t counter[4];
        struct random_key key;
        struct random_words expected;
    } vectors[] = {
        { { 0, 0, 0, 0 }, { { 0, 0 } },
            { { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, { { 0xffffffff, 0xffffffff } },
            { { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { { 0xa4093822, 0x299f31d0 } },
            { { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } } },
    };
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct random_words words = random_philox(vectors[i].counter, vectors[i].key);
        cr_assert_eq(memcmp(&words, &vectors[i].expected, sizeof words), 0, "vector %zu", i);
    }
}

Test(random, each_part_of_an_address_moves_the_words)
{
    struct random_key key = random_key_of(1);
    struct random_words here = random_at(key, 5, 2023, 7, 9), others[] = {
        random_at(random_key_of(2), 5, 2023, 7, 9),
        random_at(random_key_of((uint64_t)1 << 40 | 1), 5, 2023, 7, 9),
        random_at(key, 6, 2023, 7, 9),
        random_at(key, 5 + ((uint64_t)1 << 33), 2023, 7, 9),
        random_at(key, 5, 2024, 7, 9),
        random_at(key, 5, 2023, 8, 9),
        random_at(key, 5, 2023, 7, 10),
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_neq(memcmp(&here, &others[i], sizeof here), 0, "part %zu", i);
    struct random_words again = random_at(key, 5, 2023, 7, 9);
    cr_assert_eq(memcmp(&here, &again, sizeof here), 0);
}

Test(random, uniforms_lie_strictly_within_0_and_1)
{
    cr_assert_gt(random_uniform(0), 0);
    cr_assert_lt(random_uniform(UINT32_MAX), 1);
}

Test(random, columns_are_those_drawn_one_by_one)
{
    struct random_key key = random_key_of(99);
    uint32_t columns[4][40];
    uint32_t *const out[4] = { columns[0], columns[1], columns[2], columns[3] };
    const uint64_t persons[] = { 0, 77, UINT32_MAX - 3, UINT64_C(0xfffffffff0) };
    for (size_t p = 0; p < sizeof persons / sizeof *persons; p++)
        for (int n = 8; n <= 40; n += 8) {
            random_columns(key, persons[p], n, 2023, 9, 5, out);
            for (int i = 0; i < n; i++) {
                struct random_words one = random_at(key, persons[p] + (uint64_t)i, 2023, 9, 5);
                for (int w = 0; w < 4; w++)
                    cr_assert_eq(columns[w][i], one.word[w], "word %d of person %d", w, i);
            }
        }
}

Test(random, words_at_many_addresses_are_those_of_each)
{
    enum { N = 43 };
    struct random_key key = random_key_of(99);
    uint64_t persons[N];
    uint32_t indices[N];
    struct random_words out[N + 1];
    for (uint32_t i = 0; i < N; i++) {
        struct random_words some = random_at(key, i, 0, 1, 0);
        persons[i] = (some.word[0] | (uint64_t)some.word[1] << 32) & UINT64_C(0xffffffffff);
        indices[i] = some.word[2];
    }
    for (int n = 0; n <= N; n++) {
        out[n] = (struct random_words){ { 1, 2, 3, 4 } };
        random_each(key, persons, indices, n, 2023, 255, out);
        for (int i = 0; i < n; i++) {
            struct random_words one = random_at(key, persons[i], 2023, 255, indices[i]);
            for (int w = 0; w < 4; w++)
                cr_assert_eq(out[i].word[w], one.word[w], "word %d of %d among %d", w, i, n);
        }
        cr_assert_eq(out[n].word[3], 4, "past the end");
    }
}
