"""What a config says stays text: no formula, no command to the terminal, no markup, no path, no code."""

from __future__ import annotations

import csv
import io
import re
import socket
import xml.etree.ElementTree as ET

import pytest
from rich.console import Console

from command_line import TINY, run
from computeplan import api
from computeplan.cli.terminal import visible
from computeplan.config import load_config
from computeplan.errors import ConfigError
from computeplan.reports.subjects.plan import describe_plan
from computeplan.reports.terminal import render_terminal

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "|calc", "%x", "＝1+1", "＋1", "－1", "＠A", "=cmd|' /C calc'!A0"]
MARKUP = [
    "[red]x[/red]",
    "[link=https://example.com]x[/link]",
    "<b>&amp;x</b>",
    "<script>x</script>",
    "{{x}}",
    "$(x)",
]
UNSEEN = ["\x1b[2J", "\x07", "\x9b31m", "\u202e", "\u2066", "\u200b", "\u2028", "\x00", "\r", "\n"]
COMMANDS = ["\x1b[2J", "\x1b]8;;https://example.com\x07x", "\x9b31m", "\u202e", "\r", "\x08", "\x7f"]


def named(name: str) -> str:
    """The tiny config with a company, a workload and a pool of that name."""
    quoted = "'" + name.replace("'", "''") + "'"
    text = TINY.replace("company: 企业", f"company: {quoted}").replace("  batch: {", f"  {quoted}: {{")
    return text.replace("pools: {own:", f"pools: {{{quoted.replace('/', '∕')}:")


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_a_csv_file_begins_like_a_formula(tiny, name):
    tiny.write_text(named(name), encoding="utf-8")
    assert run("solve", tiny, "--out", "plan", "--no-baseline").exit_code == 0
    seen = set()
    for path in (tiny.parent / "plan" / "tables").glob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            texts = [cell for cell in row if not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)]
            assert not [cell for cell in texts if re.match(r"\s*[=+\-@|%＝＋－＠｜]", cell)], path
            seen.update(texts)
    assert f"'{name}" in seen


def test_no_formula_hides_behind_blanks():
    import polars as pl

    from computeplan.folder.tables import csv_bytes

    written = csv_bytes(pl.DataFrame({"name": [" =1", "\t=1", "\u00a0=1", "\u3000＝1", "\ufeff=1", "a=1"]}))
    cells = [row[0] for row in csv.reader(io.StringIO(written.decode("utf-8-sig")))][1:]
    assert [cell[:1] == "'" for cell in cells] == [True] * 5 + [False]


@pytest.mark.parametrize("name", UNSEEN)
def test_names_show_all_that_is_in_them(tiny, name):
    escaped = "".join(f"\\u{ord(character):04x}" for character in name)
    tiny.write_text(TINY.replace("name: Tiny", f'name: "a{escaped}b"'), encoding="utf-8")
    result = run("check", tiny)
    assert result.exit_code == 2
    assert "tiny.yaml:1:7 name: expected a name: one line of visible characters" in result.stderr
    assert name not in result.stderr.removesuffix("\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_fault_commands_the_terminal(tiny, command):
    """Not even by a key, or by the name of a file."""
    escaped = "".join(f"\\u{ord(character):04x}" for character in command)
    tiny.write_text(TINY + f'"x{escaped}": 1\n', encoding="utf-8")
    assert command not in run("check", tiny).stderr.removesuffix("\n")
    assert command not in run("check", f"no{command}where.yaml").stderr.removesuffix("\n")


def test_colors_are_kept_and_other_commands_written_out():
    assert visible("\x1b[1mbold\x1b[0m \x1b[2J\u202e", styled=True) == "\x1b[1mbold\x1b[0m \\x1b[2J\\u202e"
    assert visible("\x1b[1mbold") == "\\x1b[1mbold"
    assert visible("重庆\n\té") == "重庆\n\té"


@pytest.mark.parametrize("name", MARKUP)
def test_markup_is_shown_as_it_is_written(tiny, name):
    tiny.write_text(TINY.replace("name: Tiny", f"name: '{name}'"), encoding="utf-8")
    for command in (["check"], ["solve", "--out", "plan", "--no-baseline"]):
        assert name in run(command[0], tiny, *command[1:]).stdout


@pytest.mark.parametrize("name", MARKUP)
def test_markup_stays_text_in_a_picture(tiny, name):
    tiny.write_text(TINY.replace("name: Tiny", f"name: '{name}'"), encoding="utf-8")
    done = api.solve(tiny, baseline=False)
    console = Console(record=True, file=io.StringIO(), width=100, highlight=False, markup=False)
    console.print(render_terminal(describe_plan(done, done.plan.solution, None)))
    picture = ET.fromstring(console.export_svg(title="plan"))  # noqa: S314 - made by ourselves
    tags = {element.tag.rsplit("}", 1)[-1] for element in picture.iter()}
    assert not tags & {"script", "b", "a", "foreignObject", "image"}
    assert name in "".join(picture.itertext()).replace("\u00a0", " ")


@pytest.mark.parametrize("name", ["../../out", "/srv/out", "..", "a/../../b", "C:\\out", "~"])
def test_no_name_is_a_path(tiny, name):
    tiny.write_text(
        TINY.replace("name: Tiny", f"name: '{name}'").replace("  quiet:", f"  '{name}':"), encoding="utf-8"
    )
    assert run("solve", tiny, "--scenario", name, "--no-baseline").exit_code == 0
    outside = {path.name for path in tiny.parent.iterdir()} - {"tiny.yaml", "plans"}
    assert not outside
    assert len(list((tiny.parent / "plans").iterdir())) == 1


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch owned']",
        "!!python/object/new:subprocess.Popen [['touch', 'owned']]",
        "!!python/name:os.system",
        "!!python/module:os",
        "{__class__: os.system}",
        "'{number.__class__}'",
        "$(touch owned)",
        "`touch owned`",
    ],
)
def test_nothing_in_a_config_is_executed(tiny, value):
    tiny.write_text(TINY.replace("company: 企业", f"company: {value}"), encoding="utf-8")
    run("check", tiny)
    assert [path.name for path in tiny.parent.iterdir()] == ["tiny.yaml"]


@pytest.mark.parametrize(
    "file",
    [
        "https://example.com/a.csv",
        "http://127.0.0.1/a.csv",
        "s3://bucket/a.csv",
        "hf://datasets/a.csv",
        "\\\\\\\\host\\\\a.csv",
    ],
)
def test_nothing_is_fetched(tiny, monkeypatch, file):
    def refuse(*_):
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    tiny.write_text(TINY.replace("demand: 1,", f'demand: {{file: "{file}", column: x}},'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"workloads\.batch\.demand: expected a file that exists"):
        load_config(tiny)
