"""What a shell completes, and what `--help` lists."""

from __future__ import annotations

import pytest

from command_line import TINY, run
from computeplan import api


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completion")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    api.solve(folder / "tiny.yaml", baseline=False).save(folder / "plan")
    return folder


@pytest.fixture
def complete(folder, monkeypatch):
    monkeypatch.chdir(folder)

    def offered(line):
        asked = {
            "_COMPUTEPLAN_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_ARGS": f"computeplan {line}",
        }
        return [each.split("\t")[0] for each in run(**asked).stdout.splitlines() if each]

    return offered


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("solve tiny.yaml --scenario ", ["quiet", "far"]),
        ("solve tiny.yaml --scenario f", ["far"]),
        ("sweep tiny.yaml --scenarios quiet,", ["quiet,base", "quiet,all", "quiet,quiet", "quiet,far"]),
        ("solve tiny.yaml --set sites.h", ["sites.home."]),
        ("check tiny.yaml --json --set sites.home.pools.own.unit", ["sites.home.pools.own.units="]),
        ("check tiny.yaml --set sites.home.pu", ["sites.home.pue="]),
        ("check tiny.yaml --set objective.carbon_c", ["objective.carbon_cap="]),
        ("ranging tiny.yaml --of sites.北站.pools.租用.pri", ["sites.北站.pools.租用.price"]),
        ("explain plan ", ["home", "home/own", "北站", "北站/租用", "line", "企业", "chat", "batch"]),
        ("explain plan 北", ["北站", "北站/租用"]),
        ("explain plan chat --as s", ["site"]),
        ("solve --out elsewhere tiny.yaml --scenario f", ["far"]),
        ("solve --allow-path . --out elsewhere tiny.yaml --set sites.h", ["sites.home."]),
        ("new c", ["chongqing"]),
        ("solve missing.yaml --scenario ", []),
        ("solve plan/summary.json --set a.b.c.", []),
        ("explain missing ", []),
    ],
)
def test_names_are_completed(complete, line, expected):
    assert complete(line) == expected


def test_commands_are_listed_by_what_they_are_for():
    shown = run("--help").stdout
    places = [shown.index(f"\n{title}:\n") for title in ("Plan", "Understand", "Study", "Tools")]
    assert places == sorted(places)
    assert places[0] < shown.index("\n  solve ") < places[1] < shown.index("\n  explain ") < places[2]
    assert places[2] < shown.index("\n  sweep ") < places[3] < shown.index("\n  schema ")


@pytest.mark.parametrize(
    "command",
    [
        ("solve",),
        ("explain",),
        ("report",),
        ("ranging",),
        ("frontier",),
        ("bench", "run"),
        ("bench", "compare"),
    ],
)
def test_help_names_no_types(command):
    shown = run(*command, "--help").stdout
    assert "<" not in shown.replace("0.001<=x<=0.99", "")
    assert "Arguments:" in shown
