"""Two divisions of a whole laid over each other keep every part's size."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeplan.grouping import find_overlaps

sizes = st.lists(st.floats(0, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=6)
groups = st.lists(st.tuples(sizes, sizes), min_size=1, max_size=5)


@given(groups)
def test_every_part_is_covered_exactly_once(divisions):
    group = np.repeat(np.arange(len(divisions)), [len(mine) for mine, _ in divisions])
    other_group = np.repeat(np.arange(len(divisions)), [len(others) for _, others in divisions])
    amount = np.concatenate([mine for mine, _ in divisions])
    other_amount = np.concatenate([others for _, others in divisions])
    part, other, size = find_overlaps(group, amount, other_group, other_amount)
    assert np.all(group[part] == other_group[other])
    for g, (mine, others) in enumerate(divisions):
        if sum(mine) == 0 or sum(others) == 0:
            assert g not in group[part]
            continue
        covered = np.bincount(part, size, len(group))[group == g]
        other_covered = np.bincount(other, size, len(other_group))[other_group == g]
        np.testing.assert_allclose(covered, mine, rtol=1e-9, atol=1e-9 * max(amount))
        scaled = np.array(others) * sum(mine) / sum(others)
        np.testing.assert_allclose(other_covered, scaled, rtol=1e-9, atol=1e-9 * max(amount))
        assert (group[part] == g).sum() <= len(mine) + len(others) - 1


def test_order_decides_what_falls_together():
    part, other, size = find_overlaps(
        np.zeros(2, int), np.array([1.0, 3.0]), np.zeros(2, int), np.array([2.0, 2.0])
    )
    assert list(zip(part.tolist(), other.tolist(), size.tolist(), strict=True)) == [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (1, 1, 2.0),
    ]


@pytest.mark.parametrize("speck", [1e-30, 5e-324])
def test_rounding_of_a_solver_is_no_part(speck):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        groups_of_two = np.array([0, 0, 1])
        part, other, size = find_overlaps(
            groups_of_two, np.ones(3), groups_of_two, np.array([1.0, speck, speck])
        )
    assert part.tolist() == [0, 1]
    assert other.tolist() == [0, 0]
    np.testing.assert_allclose(size, [1.0, 1.0])


def test_nothing_falls_together_with_nothing():
    nothing = np.zeros(0, int)
    assert [len(found) for found in find_overlaps(nothing, np.zeros(0), nothing, np.zeros(0))] == [0, 0, 0]
