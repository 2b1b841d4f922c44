"""Blocks, and what each renderer makes of them."""

from __future__ import annotations

import io
from math import nan

import numpy as np
import pytest
from rich.console import Console

from computeplan.reports.blocks import Column, Data, Facts, Medium, Prose, Table, Tone, faint, line, strong
from computeplan.reports.json import render_json
from computeplan.reports.terminal import render_terminal


def shown(*blocks):
    console = Console(file=io.StringIO(), width=80, highlight=False)
    console.print(render_terminal(blocks))
    return [text.rstrip() for text in console.file.getvalue().splitlines()]


def table(*columns, **options):
    return Table("things", [Column("name", "name", ["a", "b"]), *columns], **options)


def texts(column, **options):
    return [cells[1] for cells in table(column, **options).cells(Medium.TERMINAL)]


@pytest.mark.parametrize(
    ("column", "written"),
    [
        (Column("x", "x", [1234.5, 0.25]), ["1,234", "0"]),
        (Column("x", "x", [12.5, None]), ["12.50", "–"]),
        (Column("x", "x", np.array([3.0, nan]), digits=0), ["3", "–"]),
        (Column("x", "x", [0.5, -0.25], percent=True), ["50.0 %", "-25.0 %"]),
        (Column("x", "x", [5.0, -5.0], signed=True), ["+5.000", "−5.000"]),
        (Column("x", "x", [1e-9, 5.0], signed=True), ["0.000", "+5.000"]),
        (Column("x", "x", [0.5, nan], percent=True, signed=True), ["+50.0 %", "–"]),
        (Column("x", "x", [1.0, 2.0], texts=["one", "two"]), ["one", "two"]),
        (Column("x", "x", ["one", None]), ["one", ""]),
    ],
)
def test_a_column_is_written_by_its_kind(column, written):
    assert texts(column) == written


def test_numbers_share_decimals_within_a_group_of_rows():
    assert texts(Column("x", "x", [1234.0, 0.25]), groups=[0, 1]) == ["1,234", "0.2500"]


def test_columns_of_one_scale_share_decimals():
    pair = [Column("x", "x", [1234.0, 1.0], scale="money"), Column("y", "y", [0.25, 2.0], scale="money")]
    assert table(*pair).cells(Medium.TERMINAL) == [("a", "1,234", "0"), ("b", "1", "2")]


def test_a_terminal_shows_the_first_rows_and_counts_the_rest():
    lines = shown(table(Column("x", "x", [1.0, 2.0]), most=1, notes=["a note"], lead=strong("a title")))
    assert lines[0] == "a title"
    assert [text.split() for text in lines[3:]] == [["a", "1.000"], ["…", "and", "1", "more"], ["a", "note"]]


def test_an_empty_line_is_between_two_blocks():
    blocks = [Prose(["one", faint("two", indent=2)]), Data({"x": 1}), Facts([("name", "what it is")])]
    assert shown(*blocks) == ["one", "  two", "", "name  what it is"]


def test_a_line_is_the_text_of_its_parts():
    assert str(line("a ", ("b", Tone.STRONG))) == "a b"


def test_json_joins_data_and_rows_of_tables_with_a_key():
    hidden = Column("share", "share", [0.5, 0.5], medium=Medium.READ)
    found = table(Column("x", "x", np.array([1.5, nan])), Column("n", "n", np.array([1, 2])), hidden)
    assert render_json([Data({"y": 1}), found, Table("", found.columns), Prose(["text"])]) == {
        "y": 1,
        "things": [{"name": "a", "x": 1.5, "n": 1}, {"name": "b", "x": None, "n": 2}],
    }
