"""Numbers as people read them."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from computeplan.explain.wording import counted, listed, number, workloads_named
from computeplan.report.figures import column, percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1234567.8, "1,234,568"),
        (12.3456, "12.35"),
        (12.0, "12"),
        (100.0, "100"),
        (-0.5, "-0.5"),
        (0.00012346, "0.0001235"),
        (inf, "no limit"),
        (nan, "nan"),
    ],
)
def test_number(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1234567.8, 1.0], ["1,234,568", "1"]),
        ([12.345, 0.5], ["12.35", "0.50"]),
        ([0.0, -0.0], ["0", "0"]),
        ([-1e-9, 5.0], ["0.000", "5.000"]),
        ([nan, inf, 0.25], ["–", "–", "0.2500"]),
        ([], []),
    ],
)
def test_numbers_of_a_column_share_their_decimals(values, texts):
    assert column(values) == texts


@pytest.mark.parametrize(("share", "text"), [(0.1234, "12.3 %"), (-1e-9, "0.0 %"), (nan, "–")])
def test_percent(share, text):
    assert percent(share) == text


def test_counted():
    assert [counted(n, "job") for n in (0, 1, 1200)] == ["0 jobs", "1 job", "1,200 jobs"]


def test_workloads_named():
    names = [f"w{i}" for i in range(5)]
    assert workloads_named(names, np.array([4])) == "workload w4"
    assert workloads_named(names, np.array([0, 2, 4])) == "3 workloads (w0, w2, w4)"
    assert workloads_named(names, np.arange(5)) == "5 workloads (w0, w1, w2, …)"


def test_listed():
    assert listed(["a"] * 20) == ("a",) * 20
    assert listed(["a"] * 1021)[-1] == "… and 1,001 more"
