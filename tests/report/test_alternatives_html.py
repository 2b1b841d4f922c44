"""Alternatives from a config to Python, the folder, the report in both languages and the terminal."""

from __future__ import annotations

import json

import pytest
from reporting import data_of

import computeplan
from command_line import run
from computeplan.errors import UsageError
from computeplan.reports.html import report_html

CONFIG = {
    "name": "A matter of taste",
    "horizon": {"start": "2026-03-02T00:00", "duration": "1 h"},
    "zones": {"land": {}, "town": {"within": "land"}, "hills": {"within": "land"}},
    "hardware": {"gpu": {"busy_power": "1 kW"}},
    "network": {"latency": "one_way", "links": {"line": {"between": ["town", "hills"], "latency": "1 ms"}}},
    "sites": {
        name: {
            "zone": zone,
            "grid": {"price": 0, "carbon": 1},
            "pools": {"gpu": {"hardware": "gpu", "term": "on_demand", "price": price}},
        }
        for name, zone, price in (("near", "town", 1), ("far <b>", "hills", 2))
    },
    "workloads": {"steady": {"zone": "town", "demand": 4}},
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A study with the folders of its plans, from Python."""
    found = computeplan.alternatives(CONFIG, within=0.5, count=3)
    folder = tmp_path_factory.mktemp("alternatives") / "found"
    found.save(folder)
    return found, folder


def test_a_study_from_python_says_what_its_folder_keeps(saved):
    found, folder = saved
    assert found.of("share:hills").most == pytest.approx(0.5, abs=1e-3)
    assert found.tables()["ranges"]["measure"].to_list()[:2] == ["share:town", "share:hills"]
    with pytest.raises(UsageError, match="expected one of"):
        found.of("share:land")  # where all work is
    assert len(found.plans) == 2  # there is no third that differs
    run = computeplan.open(folder / "plans/1")
    assert run.cost.total == pytest.approx(6.0, rel=1e-6)
    again = computeplan.alternatives(folder / "plans/1", within=0.5, of=["share:hills"])
    assert again.of("share:hills").here == pytest.approx(0.5, abs=1e-3)
    with pytest.raises(UsageError, match="none with a plan"):
        computeplan.alternatives(folder / "plans/1", scenario="any")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Good plans may do without: work in hills, work at far &lt;b&gt;"),
        ("zh", "好计划可以没有：hills的工作量占比"),
    ],
)
def test_the_report_says_what_is_a_matter_of_taste(saved, language, said):
    page = report_html(saved[1], language)
    assert said in page
    chart = data_of(page)["charts"]["alternatives"][0]
    bars, here = chart["data"]
    assert bars["x"][:3] == [0.5, 1, None]  # of the work in town
    assert here["x"][0] == 1


def test_the_command_tells_the_same(tmp_path):
    config = tmp_path / "taste.json"
    config.write_text(json.dumps(CONFIG), encoding="utf-8")
    result = run("alternatives", config, "--within", "50%", "--of", "share:*")
    assert result.exit_code == 0, result.stderr
    assert "work in hills    0.0 %     0.0 %    50.0 %   free" in result.stdout
    for words, said in (
        (("--within", "-2%"), "--within: expected a share"),
        (("--of", "share:hils"), "did you mean 'share:hills'?"),
    ):
        refused = run("alternatives", config, *words)
        assert refused.exit_code == 2
        assert said in refused.stderr
