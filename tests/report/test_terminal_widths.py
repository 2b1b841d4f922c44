"""In a terminal of any width no line is too long and no number is cut, broken or lost."""

from __future__ import annotations

import io
import re
from collections import Counter

import pytest
from known import HOURS, SITES
from rich.cells import cell_len
from rich.console import Console

from command_line import run
from computeplan.cli import terminal
from computeplan.reports.blocks import Column, Facts, Table, line
from computeplan.reports.terminal import render_terminal
from computeplan.reports.wrapping import wrap

CHINESE = {
    "north": "新疆维吾尔自治区哈密市伊州区高新技术产业开发区",
    "records": "重庆市卫生健康委员会档案系统",
    "Bolt": "两江新区数字经济产业园有限公司",
}
AMOUNT = re.compile(r"[+−-]?\d[\d,.:T]*(?: (?:%|CNY\S*|t\b|MWh|kg\S*|s\b|h\b))?")
HEADS = re.compile(r"(?:^.+\n)+(?=─)|^  10 % more saves, CNY |^\d+ companies changed$", re.MULTILINE)
"""Heads of tables, in one or more lines; where rows are stacked, the one with a number is in each row."""
WIDTHS = (160, 100, 80, 40)


def amounts(text):
    return Counter(AMOUNT.findall(HEADS.sub("", text)))


def amounts_in_heads(text):
    return set(AMOUNT.findall("".join(HEADS.findall(text))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("widths")
    hours = HOURS
    for name, chinese in CHINESE.items():
        hours = re.sub(rf"\b{name}\b", chinese, hours)
    (folder / "hours.yaml").write_text(hours, encoding="utf-8")
    (folder / "sites.yaml").write_text(SITES, encoding="utf-8")
    for scenario in ("dear", "short"):
        run("solve", folder / "hours.yaml", "--scenario", scenario, "--out", folder / scenario)
    run("solve", folder / "hours.yaml", "--out", folder / "plan", "--baselines", "all")
    run("frontier", folder / "sites.yaml", "--basis", "location", "--out", folder / "frontier")
    return folder


def shown(monkeypatch, width, *command):
    monkeypatch.setattr(terminal, "PIPE_WIDTH", width)
    ended = run(*command)
    assert ended.stdout, ended.stderr
    return ended.stdout


VIEWS = {
    "check": ("check", "hours.yaml"),
    "plan": ("report-plan",),
    "compare": ("compare", "plan", "dear"),
    "audit": ("audit", "short"),
    "workload": ("explain", "plan", CHINESE["records"]),
    "company": ("explain", "plan", CHINESE["Bolt"]),
    "site": ("explain", "plan", CHINESE["north"]),
    "infeasible": ("explain", "hours.yaml", "--scenario", "impossible"),
    "ranging": ("ranging", "sites.yaml", "--of", "sites.dirty.pools.own.units", "--from", "1", "--to", "12"),
    "frontier": ("frontier", "frontier", "--cap", "0.02", "--budget", "90", "--price", "3000"),
}


@pytest.mark.parametrize("view", VIEWS)
def test_numbers_are_whole_at_any_width(monkeypatch, folder, view):
    monkeypatch.chdir(folder)
    command = VIEWS[view]
    if view == "plan":
        command = ("solve", "hours.yaml", "--scenario", "short", "--out", "again", "--baselines", "all")
    wide = shown(monkeypatch, terminal.PIPE_WIDTH, *command)
    times = re.compile(r"[\d.]+ s \(.*?\)", re.DOTALL)
    expected = amounts(times.sub("", wide))
    for width in WIDTHS:
        text = shown(monkeypatch, width, *command)
        assert max(map(cell_len, text.splitlines())) <= width
        assert "…" not in text.replace("… and", "")
        assert amounts(times.sub("", text)) == expected, width
        assert amounts_in_heads(text) == amounts_in_heads(wide), width


def rendered(block, width):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(render_terminal([block]))
    return console.file.getvalue()


TABLE = Table(
    "",
    [
        Column("name", "workload", ["chat", "一个名字非常长的任务"]),
        Column("cost", "cost, CNY", [1234567.0, 2.0]),
        Column("share", "share of all", [0.123, 0.5], percent=True, spare=True),
        Column("why", "why here", ["latency 20 ms of 30 ms", "cheapest of 12 pools by 3.5 CNY"]),
    ],
)


def test_a_column_that_can_be_spared_goes_first_and_is_named():
    assert "share of all" in rendered(TABLE, 80).splitlines()[0]
    narrow = rendered(TABLE, 45)
    assert "share" not in narrow.rsplit("in a wider", 1)[0]
    assert "in a wider terminal also: share of all" in narrow
    assert "1,234,567" in narrow


def test_rows_are_stacked_where_there_is_no_room_for_columns():
    lines = [each.rstrip() for each in rendered(TABLE, 28).splitlines()]
    assert lines[:5] == [
        "workload",
        "chat",
        "  cost, CNY     1,234,567",
        "  share of all  12.3 %",
        "  why here      latency",
    ]
    assert max(map(cell_len, lines)) <= 28


def test_an_empty_table_keeps_its_head():
    empty = Table("", [Column("a", "first", []), Column("b", "second", [])])
    assert rendered(empty, 80).split()[:2] == ["first", "second"]


def test_facts_are_stacked_where_names_leave_no_room():
    facts = Facts([("a rather long name of a fact", "12.5 MWh of 13 MWh")], lead=line("Facts"))
    assert "a fact  12.5" in rendered(facts, 80)
    assert rendered(facts, 34).splitlines()[1:3] == [
        "a rather long name of a fact",
        "  12.5 MWh of 13 MWh",
    ]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("about 20.95 servers of hill-park", 20, ["about 20.95 servers", "of hill-park"]),
        ("rises by 12 %, then more", 12, ["rises by", "12 %, then", "more"]),
        ("重庆市的任务在哈密。", 8, ["重庆市的", "任务在哈", "密。"]),
        ("liangjiang/nvidia-booked", 12, ["liangjiang/", "nvidia-", "booked"]),
        ("two\nlines", 80, ["two", "lines"]),
        ("", 80, [""]),
    ],
)
def test_lines_end_between_words(text, width, lines):
    assert wrap(text, width) == lines
