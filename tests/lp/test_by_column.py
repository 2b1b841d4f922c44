"""Entries come out by column, each column's in the order in which they were added."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from computeplan.lp.builder import Entries, as_slice, lay_out_by_column

COLUMNS = 6
triples = st.tuples(st.integers(0, 9), st.integers(0, COLUMNS - 1), st.sampled_from([0.0, 1.0, -2.5]))
orders = st.sampled_from(
    [lambda piece: piece, sorted, lambda piece: sorted(piece, key=lambda entry: entry[1])]
)


def entries(piece: list[tuple[int, int, float]]) -> Entries:
    rows, columns, values = zip(*piece, strict=True) if piece else ((), (), ())
    return Entries(np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), np.array(values, float))


@given(st.lists(st.tuples(st.lists(triples, max_size=12), orders), max_size=5))
def test_as_if_each_entry_were_appended_to_its_column(drawn):
    pieces = [order(piece) for piece, order in drawn]
    expected = [
        [(row, value) for piece in pieces for row, c, value in piece if c == column and value]
        for column in range(COLUMNS)
    ]
    starts, rows, values = lay_out_by_column([entries(piece) for piece in pieces], COLUMNS)
    found = [
        list(zip(rows[a:b].tolist(), values[a:b].tolist(), strict=True)) for a, b in pairwise(starts.tolist())
    ]
    assert found == expected
    assert (starts.dtype, rows.dtype, values.dtype) == (np.int32, np.int32, np.float64)


@given(st.lists(st.integers(0, 30), max_size=6))
def test_a_span_chooses_what_its_indices_do(index):
    everything, chosen = np.arange(31), np.array(index, dtype=np.int64)
    np.testing.assert_array_equal(everything[as_slice(chosen)], everything[chosen])


def test_evenly_spaced_indices_become_a_slice():
    assert as_slice(np.array([3, 5, 7])) == slice(3, 8, 2)
    np.testing.assert_array_equal(as_slice(np.array([3, 5, 8])), [3, 5, 8])
