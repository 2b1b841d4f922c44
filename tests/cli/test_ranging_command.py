"""``computeplan ranging`` from end to end, by the paths of a config."""

from __future__ import annotations

import json

import pytest

import computeplan
from command_line import run
from computeplan.errors import ConfigError, UsageError


def as_json(*arguments):
    result = run("ranging", *arguments, "--json")
    return result, json.loads(result.stdout)


def test_prints_limits_and_break_even_points(tiny):
    result = run("ranging", tiny)
    assert result.exit_code == 0, result.stderr
    for word in (
        "one more saves",
        "units of home/own",
        "sites.home.grid.price, now 0.5",
        "the plan stays optimal",
    ):
        assert word in result.stdout


def test_the_price_at_which_a_site_wins_the_work(tiny):
    """A unit·h costs 5 of energy at home, 3 + 9 in the north: the rent that makes them equal is 2."""
    _, found = as_json(tiny, "--of", "sites.北站.pools.租用.price")
    price = found["ranges"][0]
    assert (price["kind"], price["value"], price["unit"]) == ("price", 9.0, "CNY/unit/h")
    assert price["low"]["at"] == pytest.approx(2.0)
    assert {move["site"] for move in price["low"]["moves"]} == {"home", "北站"}
    text = run("ranging", tiny, "--of", "sites.北站.pools.租用.price").stdout
    assert "move from home to 北站" in text


def test_units_of_the_config_are_kept(tiny):
    _, found = as_json(tiny, "--of", "network.links.line.latency")
    latency = found["ranges"][0]
    assert (latency["kind"], latency["unit"], latency["value"]) == ("latency", "ms", 33.0)
    assert [step["at"] for step in latency["steps"]] == [0, 33, 50, 66]
    assert [step["status"] for step in latency["steps"]] == [*["optimal"] * 3, "infeasible"]


def test_a_number_in_full_width_digits_is_one(tiny, tmp_path):
    config = tmp_path / "wide.yaml"
    config.write_text(tiny.read_text("utf-8").replace("price: 0.5", "price: ０.５ 元/kWh", 1), "utf-8")
    _, found = as_json(config, "--of", "sites.home.grid.price", "--limits", "0")
    assert [(each["value"], each["unit"]) for each in found["ranges"]] == [(0.5, "元/kWh")]


def test_capacity_and_other_numbers(tiny):
    paths = ("sites.home.pools.own.units", "hardware.gpu.busy_power", "workloads.chat.max_latency")
    _, found = as_json(tiny, *(word for path in paths for word in ("--of", path)), "--limits", "0")
    kinds = [each["kind"] for each in found["ranges"]]
    assert kinds == ["limit", "other", "latency"]
    units, power, latency = found["ranges"]
    assert units["slope"] < 0
    assert (power["unit"], len(power["steps"])) == ("kW", 9)
    assert [step["at"] for step in latency["steps"]] == [0, 33, 50, 100]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("sites.home.grid.prise", "got nothing; did you mean"),
        ("sites.home.pue", "got nothing; .*to vary a default, write it: --set sites.home.pue=VALUE"),
        ("sites.home", "expected a number in the config, got a mapping"),
        ("name", "got 'Tiny'"),
        ("workloads.chat.demand", "got a list of 3; name it in `series`"),
    ],
)
def test_a_path_without_a_number_is_told(tiny, path, said):
    with pytest.raises(UsageError, match=said):
        computeplan.ranging(tiny, of=[path])


def test_a_range_that_misses_the_value_is_told(tiny):
    with pytest.raises(UsageError, match=r"around 0\.5 CNY/kWh, got 1 to 2; state --from and --to"):
        computeplan.ranging(tiny, of=["sites.home.grid.price"], low=1.0, high=2.0)


PRICE, UNITS = "sites.home.grid.price", "sites.home.pools.own.units"


@pytest.mark.parametrize(
    "words",
    [
        ("--of", f"{PRICE}=0.1:2", "--of", f"{UNITS}=1:9"),
        ("--of", PRICE, "--of", UNITS, "--from", "0.1", "--from", "1", "--to", "2", "--to", "9"),
    ],
)
def test_each_number_has_a_range_of_its_own_and_says_its_unit(tiny, words):
    _, found = as_json(tiny, *words, "--limits", "0")
    price, units = found["ranges"]
    assert (price["unit"], units["unit"]) == ("CNY/kWh", "unit")
    assert 0.1 <= price["low"]["at"] <= price["high"]["at"] <= 2
    assert 1 <= units["low"]["at"] <= units["high"]["at"] <= 9
    text = run("ranging", tiny, *words, "--limits", "0").stdout
    assert "sites.home.grid.price, now 0.5 CNY/kWh" in text
    assert "CNY for each CNY/kWh" in text
    assert "sites.home.pools.own.units, now 4 unit" in text
    assert "CNY for each unit" in text


def test_a_range_in_python_is_open_at_either_side(tiny):
    found = computeplan.ranging(tiny, of={PRICE: (None, 2.0), UNITS: (1.0, None)}, limits=0).ranges
    assert [(each.parameter.low, each.parameter.high) for each in found] == [(0.0, 2.0), (1.0, 8.0)]
    found = computeplan.ranging(tiny, of=[f"{PRICE}=:2", f"{UNITS}=1:"], limits=0).ranges
    assert [(each.parameter.low, each.parameter.high) for each in found] == [(0.0, 2.0), (1.0, 8.0)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--of", PRICE, "--of", UNITS, "--from", "0"),
            "--from: expected one for each of 2 numbers, in their order, got 1",
        ),
        (("--to", "3"), "--to: expected one for each of 2 numbers"),
        (("--of", PRICE, "--from", "nan"), "--from: expected a number, got nan"),
        (("--of", PRICE, "--to", "inf"), "--to: expected a number, got inf"),
        (("--of", f"{PRICE}=2"), f"expected PATH=FROM:TO, such as {PRICE}=0:20"),
        (("--of", f"{PRICE}=low:high"), "expected PATH=FROM:TO"),
        (("--of", f"{PRICE}=0:1", "--of", f"{PRICE}=1:2"), "--of: expected each number once"),
        (
            ("--of", f"{PRICE}=0:1", "--from", "0.2"),
            "--from: expected either it or --of PATH=FROM:TO, got both",
        ),
    ],
)
def test_a_wrong_range_is_refused_before_anything_is_solved(tiny, monkeypatch, words, said):
    monkeypatch.setattr("computeplan.api.studies.plan", None)
    result = run("ranging", tiny, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_an_end_that_the_config_refuses_is_told(tiny):
    with pytest.raises(ConfigError, match="units"):
        computeplan.ranging(tiny, of=["sites.home.pools.own.units"], low=-1.0)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"step": 0.0}, "expected a step from 0 to 1 and at least 0 limits, got 0 and 8"),
        ({"step": float("nan")}, "got nan and 8"),
        ({"limits": -1}, "got 0.1 and -1"),
    ],
)
def test_the_interface_in_python_refuses_nonsense(tiny, asked, said):
    with pytest.raises(UsageError, match=said):
        computeplan.ranging(tiny, **asked)


def test_scenario_and_overrides_hold_while_varying(tiny):
    overrides = ["sites.home.grid.price=0.6"]
    found = computeplan.ranging(tiny, of=["sites.北站.pools.租用.price"], overrides=overrides).ranges[0]
    assert found.low.at == pytest.approx(3.0)


def test_without_a_plan_there_is_nothing_to_range(tiny):
    result = run("ranging", tiny, "--scenario", "far")
    assert result.exit_code == 3
    assert "the plan is infeasible" in result.stderr
    assert "Traceback" not in result.stderr


def test_tables_open_in_a_notebook(tiny):
    study = computeplan.ranging(tiny, policies=["cheapest_first"])
    tables = study.tables()
    assert set(tables["breaks"]["side"]) == {"low", "high"}
    assert tables["shadow_prices"]["marginal"].min() > 0
    assert study.summary()["policies"].keys() == {"cheapest_first"}
    assert computeplan.ranging(tiny, of=["sites.home.grid.price"], limits=0).tables()["steps"].is_empty()


def test_prices_do_not_move_a_plan_of_least_carbon(tiny):
    assert computeplan.ranging(tiny, overrides=["objective.minimize=carbon"]).ranges == ()
