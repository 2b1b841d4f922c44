"""Numbers as people read them."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from computeplan.explanations.wording import workloads_named
from computeplan.text import column, counted, first_lines, number, percent, signed


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
        (1e-320, "1e-320"),
        (-1.23456e-12, "-1.235e-12"),
        (1.5e-9, "0.0000000015"),
        (-1e-5, "-0.00001"),
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
        ([1e-12, 0.0, nan], ["1e-12", "0", "–"]),
        ([2e-8, -1e-8], ["0.000000020", "-0.000000010"]),
        ([-1e-12, 5.0], ["0.000", "5.000"]),
        ([], []),
    ],
)
def test_numbers_of_a_column_share_their_decimals(values, texts):
    assert column(values) == texts


@pytest.mark.parametrize(("share", "text"), [(0.1234, "12.3 %"), (-1e-9, "0.0 %"), (nan, "–")])
def test_percent(share, text):
    assert percent(share) == text


def test_a_number_without_decimals_has_no_negative_zero():
    assert number(-0.4, 0) == "0"


@pytest.mark.parametrize(
    ("text", "value", "written"), [("-5.0", -5.0, "−5.0"), ("5", 5.0, "+5"), ("0.00", -1e-9, "0.00")]
)
def test_signed(text, value, written):
    assert signed(text, value) == written


def test_counted():
    assert [counted(n, "job") for n in (0, 1, 1200)] == ["0 jobs", "1 job", "1,200 jobs"]


def test_workloads_named():
    names = [f"w{i}" for i in range(5)]
    assert workloads_named(names, np.array([4])) == "workload w4"
    assert workloads_named(names, np.array([0, 2, 4])) == "3 workloads (w0, w2, w4)"
    assert workloads_named(names, np.arange(5)) == "5 workloads (w0, w1, w2, …)"


def test_listed():
    assert first_lines(["a"] * 20) == ("a",) * 20
    assert first_lines(["a"] * 1021)[-1] == "… and 1,001 more"
