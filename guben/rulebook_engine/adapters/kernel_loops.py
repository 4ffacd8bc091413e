"""The loops of the kernel, compiled once by numba for all rulebooks: what differs from rule to rule is data in tables.

A row passes a filter when each of its columns lets it pass. So each column has a table from its values to 64 bits, one
for each filter that is counted in a word; the AND of what the columns say is what the row counts for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

BLOCK = 512  # rows whose bits are worked out together
MOST_COLUMNS = 32  # that filters of one table look at
FULL = 255  # rows of a unit that its counters of one byte can hold
SEARCH = 64
BITS = np.zeros((256, 8), np.uint8)
BITS[:] = np.arange(256)[:, None] >> np.arange(8) & 1
SPREAD = BITS.view(np.uint64).ravel()  # a byte's bits as eight bytes
NONE = np.uint64(0)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)

compiled: Any = njit(nogil=True, cache=True, error_model="numpy", boundscheck=False)


@compiled
def runs_of(organisation, starts):  # type: ignore[no-untyped-def]
    """Puts down where the runs of rows of one unit start; how many they are."""
    runs = 0
    for row in range(len(organisation)):
        starts[runs] = row  # stands if a run starts here, else it is written over
        runs += row == 0 or organisation[row] != organisation[row - 1]
    return runs


@compiled
def places_of(organisation, starts, ids, order, ordered, rows_of, places):  # type: ignore[no-untyped-def]
    """The place of the unit of each run of rows, -1 = unknown; and of how many units the counters are full from now on.
    `rows_of` counts the rows of each unit."""
    full = 0
    place = -1
    runs, units = len(starts), len(ids)
    for run in range(runs):
        one = organisation[starts[run]]
        found = -1
        for at in range(place + 1, min(place + 1 + SEARCH, units)):
            if ids[at] == one:
                found = at
                break
        if found < 0 and units:
            at = np.searchsorted(ordered, one)
            if at < units and ordered[at] == one:
                found = order[at]
        place = places[run] = found
        if found >= 0:
            before = rows_of[found]
            rows_of[found] = before + (starts[run + 1] if run + 1 < runs else len(organisation)) - starts[run]
            full += before <= FULL < rows_of[found]
    return full


@compiled
def count(  # type: ignore[no-untyped-def]  # noqa: C901, PLR0913 - one loop nest, compiled
    columns, word_steps, step_column, step_shift, tables, counted, rows, starts, places, rows_of, own, spill_of, spill,
    spilled, passed,
):  # fmt: skip
    """Counts the rows of each unit that pass each filter.

    Word w is the AND over its steps `word_steps[w]` to `word_steps[w + 1]` of tables[value + shift]. The first
    `counted` words are counted, in bytes in `own`, or in `spill` for units with many rows; the bits of the others are
    written to `passed`. Gives back how many units have spilled.
    """
    bits = np.empty(BLOCK, np.uint64)
    words = len(word_steps) - 1
    run = 0
    runs = len(starts)
    for first in range(0, rows, BLOCK):
        size = min(BLOCK, rows - first)
        while run + 1 < runs and starts[run + 1] <= first:
            run += 1
        for word in range(words):
            _and_all(
                columns, first, size, step_column, step_shift, tables, word_steps[word], word_steps[word + 1], bits
            )
            if word >= counted:
                for i in range(size):
                    passed[word - counted, first + i] = bits[i]
                continue
            at = run
            while at < runs and starts[at] < first + size:
                begins = max(starts[at], first) - first
                ends = (min(starts[at + 1], first + size) if at + 1 < runs else first + size) - first
                place = places[at]
                at += 1
                if place < 0:
                    continue
                if rows_of[place] <= FULL:
                    _add(bits, begins, ends, own, place, word * 8)
                else:
                    if spill_of[place] < 0:
                        spill_of[place] = spilled
                        spilled += 1
                    _add_wide(bits, begins, ends, spill, spill_of[place], word * 64)
    return spilled


@compiled
def _and_all(columns, first, size, step_column, step_shift, tables, step, last, bits):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """The AND of what the steps' columns say of a block of rows, four columns at a time."""
    for i in range(size):
        bits[i] = ALL
    while step + 4 <= last:
        a = columns[step_column[step]][first : first + size]
        b = columns[step_column[step + 1]][first : first + size]
        c = columns[step_column[step + 2]][first : first + size]
        d = columns[step_column[step + 3]][first : first + size]
        e, f, g, h = step_shift[step], step_shift[step + 1], step_shift[step + 2], step_shift[step + 3]
        for i in range(size):
            one = tables[np.uint64(a[i] + e)] & tables[np.uint64(b[i] + f)]
            bits[i] &= one & tables[np.uint64(c[i] + g)] & tables[np.uint64(d[i] + h)]
        step += 4
    for rest in range(step, last):
        a = columns[step_column[rest]][first : first + size]
        e = step_shift[rest]
        for i in range(size):
            bits[i] &= tables[np.uint64(a[i] + e)]


@compiled
def _add(bits, begins, ends, own, place, at):  # type: ignore[no-untyped-def]
    """Adds the bits of some rows to up to 64 counters of one byte each, eight in a lane: seven rows at a time are first
    added up bit by bit, into ones, twos and fours."""
    lanes = min(8, own.shape[1] - at)
    for i in range(begins, ends, 7):
        left = ends - i
        last = bits[i]
        one, two = (bits[i + 1], bits[i + 2]) if left > 2 else (bits[i + 1] if left > 1 else NONE, NONE)
        ones, carry = _three(last, one, two)
        fours = NONE
        if left > 3:
            one, two = bits[i + 3], bits[i + 4] if left > 4 else NONE
            ones, second = _three(ones, one, two)
            one, two = bits[i + 5] if left > 5 else NONE, bits[i + 6] if left > 6 else NONE
            ones, third = _three(ones, one, two)
            twos, fours = _three(carry, second, third)
        else:
            twos = carry
        for lane in range(lanes):
            own[place, at + lane] += _spread(ones, twos, fours, 8 * lane)


@compiled
def _three(one, two, three):  # type: ignore[no-untyped-def]
    """Three bits added up in each of 64 places: the ones, and the twos."""
    half = one ^ two
    return half ^ three, (one & two) | (half & three)


@compiled
def _spread(ones, twos, fours, shift):  # type: ignore[no-untyped-def]
    """Eight places as eight bytes."""
    byte, by = np.uint64(255), np.uint64(shift)
    found = SPREAD[ones >> by & byte] + (SPREAD[twos >> by & byte] << np.uint64(1))
    return found + (SPREAD[fours >> by & byte] << np.uint64(2))


@compiled
def _add_wide(bits, begins, ends, spill, place, at):  # type: ignore[no-untyped-def]
    for i in range(begins, ends):
        one = bits[i]
        for bit in range(64):
            spill[place, at + bit] += np.int32(one >> np.uint64(bit) & np.uint64(1))


@compiled
def total(passed, bit, found, known, starts, places, function, sums):  # type: ignore[no-untyped-def]
    """Adds up, or takes the least or the greatest of, the values of rows that pass: function 1, 2, 3. `sums` holds what
    was found before, `known` is empty where all values are known."""
    runs = len(starts)
    for at in range(runs):
        place = places[at]
        if place < 0:
            continue
        ends = starts[at + 1] if at + 1 < runs else len(found)
        for row in range(starts[at], ends):
            if passed[row] >> np.uint64(bit) & np.uint64(1) and (len(known) == 0 or known[row]):
                sums[place] = joined(sums[place], found[row], function)


@compiled
def total_of_places(passed, bit, column, shift, table, starts, places, function, sums):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """The same of values that are looked up: each row's is table[column + shift]; null adds nothing."""
    runs = len(starts)
    for at in range(runs):
        place = places[at]
        if place < 0:
            continue
        ends = starts[at + 1] if at + 1 < runs else len(column)
        for row in range(starts[at], ends):
            if passed[row] >> np.uint64(bit) & np.uint64(1):
                sums[place] = joined(sums[place], table[column[row] + shift], function)


@compiled
def joined(one, other, function):  # type: ignore[no-untyped-def]
    """Two values of an atom together; null (the least whole number, or no number) adds nothing."""
    if is_null(one):
        return other
    if is_null(other):
        return one
    if function == 1:
        return one + other
    if function == 2:
        return min(one, other)
    return max(one, other)


@compiled
def is_null(one):  # type: ignore[no-untyped-def]
    if isinstance(one, float):
        return np.isnan(one)
    return one == np.int64(-9223372036854775808)


@compiled
def roll_counts(own, used, rows_of, spill_of, spill, parent, row_of, below):  # type: ignore[no-untyped-def]
    """The first `used` counts at and below each unit with children: children come after parents, so one pass from the
    end does. `row_of` tells the row of a unit with children in `below`, -1 for others."""
    for unit in range(len(parent) - 1, -1, -1):
        row = row_of[unit]
        above = row_of[parent[unit]] if parent[unit] >= 0 else -1
        target = row if row >= 0 else above
        if target < 0:
            continue
        if rows_of[unit]:
            for slot in range(used):
                below[target, slot] += own[unit, slot]
            if spill_of[unit] >= 0:
                for slot in range(used):
                    below[target, slot] += spill[spill_of[unit], slot]
        if row >= 0 and above >= 0:
            for slot in range(used):
                below[above, slot] += below[row, slot]


@compiled
def as_columns(own, columns):  # type: ignore[no-untyped-def]
    """Counters of one byte, eight in a number, as columns with a place for each unit, eight units in a number."""
    units, lanes = own.shape
    block = np.zeros(8, np.uint64)
    for first in range(0, units, 8):
        size = min(8, units - first)
        for lane in range(lanes):
            for i in range(8):
                block[i] = own[first + i, lane] if i < size else NONE
            _turned(block)
            for i in range(8):
                columns[lane * 8 + i, first // 8] = block[i]


@compiled
def _turned(block):  # type: ignore[no-untyped-def]
    """Turns eight rows of eight bytes round: halves, then quarters, then single bytes change places."""
    for i in range(4):
        change = (block[i] >> np.uint64(32) ^ block[i + 4]) & np.uint64(0xFFFFFFFF)
        block[i + 4] ^= change
        block[i] ^= change << np.uint64(32)
    for i in (0, 1, 4, 5):
        change = (block[i] >> np.uint64(16) ^ block[i + 2]) & np.uint64(0x0000FFFF0000FFFF)
        block[i + 2] ^= change
        block[i] ^= change << np.uint64(16)
    for i in (0, 2, 4, 6):
        change = (block[i] >> np.uint64(8) ^ block[i + 1]) & np.uint64(0x00FF00FF00FF00FF)
        block[i + 1] ^= change
        block[i] ^= change << np.uint64(8)


@compiled
def outside(found, lowest, highest):  # type: ignore[no-untyped-def]
    """How many numbers do not lie between two."""
    count = 0
    for row in range(len(found)):
        count += found[row] < lowest or found[row] > highest
    return count


@compiled
def narrowed(found, lowest, highest, places):  # type: ignore[no-untyped-def]
    """Whole numbers as places from 1 on; how many do not lie between the bounds, whose places mean nothing."""
    count = 0
    for row in range(len(found)):
        one = found[row]
        count += one < lowest or one > highest
        places[row] = one - lowest + 1
    return count


@compiled
def together(one, shift, other, by, size):  # type: ignore[no-untyped-def]
    """Places in two tables as places in one: a row of `size` for each place of the first."""
    found = np.empty(len(one), np.int32)
    for row in range(len(one)):
        found[row] = (one[row] + shift) * size + other[row] + by
    return found


@compiled
def roll(values, parent, function):  # type: ignore[no-untyped-def]
    """One atom over each unit and all below it, in place; function 1 sum, 2 least, 3 greatest."""
    for unit in range(len(parent) - 1, -1, -1):
        above = parent[unit]
        if above >= 0:
            values[above] = joined(values[above], values[unit], function)


@compiled
def tally(codes, places, parent, row_of, found):  # type: ignore[no-untyped-def]
    """How many units at and below each unit with children have each code: `codes` has a column for each unit,
    `places` the column of `found` for code 1 of each row."""
    for unit in range(len(parent) - 1, -1, -1):
        row = row_of[unit]
        above = row_of[parent[unit]] if parent[unit] >= 0 else -1
        target = row if row >= 0 else above
        if target >= 0:
            for number in range(codes.shape[0]):
                code = codes[number, unit]
                if code:
                    found[target, places[number] + code - 1] += 1
        if row >= 0 and above >= 0:
            for place in range(found.shape[1]):
                found[above, place] += found[row, place]


@compiled
def owed(who, applies, times, founded, kept, good, in_time, period, codes, found):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """What became of a duty at each unit, as `rolling_up.states` says: `times` has one number for all or one for each,
    `period` its first and last day, `codes` those of exempt, not kept, short, done, done late; 0 where it is not owed.
    """
    starts, ends = period
    exempt, not_kept, short, done, done_late = codes
    for unit in range(len(who)):
        wanted = times[unit] if len(times) > 1 else times[0]
        if not who[unit] or founded[unit] > ends:
            found[unit] = 0
        elif founded[unit] > starts or not applies[unit] or wanted <= 0:
            found[unit] = exempt
        elif kept[unit] > starts or is_null(kept[unit]):
            found[unit] = not_kept
        elif good[unit] < wanted:
            found[unit] = short
        else:
            found[unit] = done if in_time[unit] >= wanted else done_late


def try_all() -> None:
    """Calls every loop once with the types that the kernel gives it, so that all are compiled."""

    def read_only(type_: Any) -> Any:
        found = np.zeros(1, type_)
        found.setflags(write=False)
        return found

    numbers, places = np.zeros(1, np.int64), np.zeros(1, np.int32)
    wide = np.zeros((1, 64), np.int32)
    own, passed = np.zeros((1, 8), np.uint64), np.zeros((1, 1), np.uint64)
    spill_of, no_parent = np.full(1, -1, np.int32), np.full(1, -1, np.int64)
    runs_of(read_only(np.int64), places)
    places_of(read_only(np.int64), places, numbers, numbers, numbers, np.zeros(1, np.int64), places.copy())
    columns = (read_only(np.int32),) * MOST_COLUMNS
    steps = (np.array([0, 1]), np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.uint64))
    count(columns, *steps, 1, 1, places, places, numbers, own, spill_of, wide, 0, passed)
    for type_ in (np.int64, np.float64):
        for known in (np.zeros(0, np.bool_), np.zeros(1, np.bool_)):
            known.setflags(write=False)
            total(passed[0], 0, read_only(type_), known, places, places, 1, np.zeros(1, type_))
        looked_up = read_only(np.int32), 0, np.zeros(1, type_)
        total_of_places(passed[0], 0, *looked_up, places, places, 1, np.zeros(1, type_))
        roll(np.zeros(1, type_), no_parent, 1)
    truths, days, counted = read_only(np.bool_), read_only(np.int64), read_only(np.int32)
    owed(truths, truths, days, days, days, counted, counted, (0, 0), (1, 2, 3, 4, 5), np.zeros(1, np.int8))
    row_of = np.zeros(1, np.int32)
    roll_counts(own.view(np.uint8), 64, numbers, spill_of, wide, no_parent, row_of, wide.copy())
    as_columns(own, np.zeros((64, 1), np.uint64))
    outside(read_only(np.int32), 0, 1)
    narrowed(read_only(np.int64), 0, 1, places)
    together(read_only(np.int32), 0, read_only(np.int32), 0, 1)
    tally(np.zeros((1, 1), np.int8), numbers, no_parent, row_of, np.zeros((1, 3), np.int64))
