"""What a notebook needs: data in and out, short texts, charts."""

from __future__ import annotations

import sys
from datetime import datetime

import numpy as np
import pytest
import yaml
from test_api import TEXT

import computeplan
from computeplan.errors import ConfigError, PlanFolderError, UsageError

DATA = yaml.safe_load(TEXT)
COST = 0.5 * 10 * 9


@pytest.fixture(scope="module")
def run():
    return computeplan.solve(DATA)


def test_a_config_may_be_a_dictionary(run):
    assert run.cost.total == pytest.approx(COST)
    assert run.cost.parts()["grid_energy"] == pytest.approx(COST)
    assert run.emissions.location == 0
    assert run.status == "optimal"


def test_data_of_numpy_and_times_is_written_as_a_config_has_it():
    data = {
        **DATA,
        "horizon": {"start": datetime(2026, 3, 2), "duration": "3 h"},  # noqa: DTZ001 - local time of the config
        "workloads": {"chat": {"zone": "here", "demand": np.array([3, 4, 2])}},
        "demand_scale": np.float64(1.0),
    }
    assert computeplan.solve(data, baseline=False).cost.total == pytest.approx(COST)


def test_faults_of_a_dictionary_have_places_in_it():
    with pytest.raises(ConfigError, match=r"<config>:\d+:\d+ colour: expected a known key"):
        computeplan.load({**DATA, "colour": "red"})


def test_overrides_may_be_a_dictionary():
    run = computeplan.solve(
        DATA, overrides={"sites.home.grid.price": 1.0, "workloads.chat.demand": [1, 1, 1]}
    )
    assert run.cost.total == pytest.approx(1.0 * 10 * 3)
    assert run.loaded.overrides == ("sites.home.grid.price=1.0", "workloads.chat.demand=[1, 1, 1]")


def test_a_plan_of_a_dictionary_is_saved_opened_and_reported(run, tmp_path):
    run.save(tmp_path / "plan")
    again = computeplan.open(tmp_path / "plan")
    assert again.cost.total == run.cost.total
    computeplan.report(tmp_path / "plan", tmp_path / "plan.html", "zh")
    assert "45元" in (tmp_path / "plan.html").read_text("utf-8")
    assert repr(computeplan.explain(again, "chat")) == "Explanation(WorkloadCase of Tiny)"


def test_a_frontier_is_opened_too(tmp_path):
    computeplan.frontier({**DATA, "sites": DATA["sites"]}).save(tmp_path / "frontier")
    (opened,) = computeplan.open(tmp_path / "frontier")
    assert repr(opened).startswith("Frontier(Tiny: location, ")
    with pytest.raises(PlanFolderError, match="nowhere"):
        computeplan.open(tmp_path / "nowhere")


def test_an_infeasible_dictionary_is_diagnosed_with_its_own_ways_out():
    found = computeplan.diagnose(DATA, scenario="busy")
    assert found.ways_out.suggestions


def test_texts_are_short(run):
    assert repr(run) == "Run(Tiny: optimal; cost 45 CNY; against all-local 0 CNY; carbon 0 t (location))"
    html = computeplan.solve({**DATA, "name": "<b>Tiny"})._repr_html_()
    assert "&lt;b&gt;Tiny" in html
    assert len(html) < 500
    things = (run.loaded, run.plan, run.plan.problem, run.plan.solution, run.plot)
    assert all(len(repr(each)) < 120 for each in things)
    assert repr(computeplan.solve(DATA, scenario="busy")) == "Run(Tiny: infeasible)"


def test_without_a_plan_there_is_no_cost():
    with pytest.raises(PlanFolderError, match="infeasible"):
        _ = computeplan.solve(DATA, scenario="busy").cost


def test_tables_as_pandas(run):
    pytest.importorskip("pandas")
    frames = run.to_pandas()
    assert set(frames) == set(run.tables())
    assert frames["workloads"]["work_unit_h"].tolist() == [9.0]


def test_arrays_as_xarray(run):
    pytest.importorskip("xarray")
    data = run.to_xarray()
    assert data.busy_units.sel(pool="home/own").values.tolist() == [3, 4, 2]
    assert data.grid_kw.sel(site="home").values.tolist() == pytest.approx([30, 40, 20])
    assert float((data.grid_kw * data.grid_price * data.weight).sum()) == pytest.approx(COST)
    assert data.attrs == {"name": "Tiny", "currency": "CNY"}


@pytest.mark.parametrize(("method", "extra"), [("to_pandas", "pandas"), ("to_xarray", "xarray")])
def test_a_missing_extra_is_named(run, monkeypatch, method, extra):
    monkeypatch.setitem(sys.modules, extra, None)
    with pytest.raises(UsageError, match=rf"pip install 'computeplan\[{extra}\]'"):
        getattr(run, method)()


def test_charts_are_plotly_figures(run):
    figure = run.plot.sites()
    assert type(figure).__module__.startswith("plotly.")
    assert figure.data[0].y[0] == 3
    assert figure.data[0].fillcolor == "#0072b2"
    assert run.plot.sites("home").data == figure.data
    with pytest.raises(UsageError, match="expected hardware of 'home', got 'none'"):
        run.plot.sites("home", "none")
    assert "--" not in run.plot.flows().to_json()
    with pytest.raises(UsageError, match="did you mean 'home'"):
        run.plot.sites("hom")
    with pytest.raises(UsageError, match="nothing to draw"):
        run.plot.waiting()


def test_every_kind_of_hardware_of_a_site_is_drawn():
    home = DATA["sites"]["home"]
    other = {"hardware": "npu", "term": "owned", "units": 2}
    two = {
        **DATA,
        "hardware": {**DATA["hardware"], "npu": {"busy_power": "1 kW"}},
        "sites": {**DATA["sites"], "home": {**home, "pools": {**home["pools"], "other": other}}},
    }
    plot = computeplan.solve(two).plot
    drawn = [plot.sites("home", name).data for name in (*DATA["hardware"], "npu")]
    usable = [next(series for series in data if series.name == "usable").y[0] for data in drawn]
    assert usable[1] == 2 != usable[0]


def test_everything_offered_is_there_and_documented():
    for name in computeplan.__all__:
        assert getattr(computeplan, name) is not None
