"""Scenarios and ``--set``: what they change, and where their faults are placed."""

from __future__ import annotations

import pytest

from computeplan.errors import ConfigError
from computeplan.problem import Goal


def test_a_scenario_merges_and_null_removes(load, small_text):
    objective = load(small_text, scenario="clean").problem.objective
    assert objective.goal is Goal.CARBON
    assert objective.carbon_price_per_kg == 0


def test_without_scenario_the_file_holds(load, small_text):
    assert load(small_text).problem.objective.carbon_price_per_kg == 0.08


def test_set_comes_after_the_scenario(load, small_text):
    loaded = load(small_text, scenario="clean", overrides=["objective.minimize=cost"])
    assert loaded.problem.objective.goal is Goal.COST


def test_set_does_not_change_a_scenario(load, small_text):
    with pytest.raises(
        ConfigError, match="expected a path outside `scenarios`, which are as the file has them"
    ):
        load(small_text, scenario="clean", overrides=["scenarios.clean.objective.carbon_price=3"])


def test_a_later_set_wins(load, small_text):
    loaded = load(small_text, overrides=["sites.hami.pue=1.2", "sites.hami.pue=1.3"])
    assert loaded.problem.sites.pue.max() == 1.3


@pytest.mark.parametrize(
    ("override", "resolved"),
    [
        ("sites.hami.pue=1.5", "pue: 1.5"),
        ("series.office.day.weekday.0=7", "weekday: [7, 1,"),
        ("workloads.chat.max_latency=60 ms", "max_latency: 60 ms"),
        ("workloads.chat.demand={series: office}", "demand: {series: office}"),
        ("solver.time_limit=60", "solver: {time_limit: 60}"),
        ("workloads.chat.requires=[]", "requires: []"),
    ],
)
def test_set_writes_any_value(load, small_text, override, resolved):
    assert resolved in load(small_text, overrides=[override]).resolved


def test_set_null_removes_a_key(load, small_text):
    assert "carbon_price" not in load(small_text, overrides=["objective.carbon_price=null"]).resolved


def test_set_reaches_keys_with_dots(load, small_text):
    text = small_text.replace("  chat:", "  v2.5.chat:")
    assert "max_latency: 9 ms" in load(text, overrides=["workloads.v2.5.chat.max_latency=9 ms"]).resolved


@pytest.mark.parametrize(
    ("override", "fault"),
    [
        ("pue", ": expected path=value, got 'pue'; such as `--set sites.hami.pue=1.2`"),
        ("=1", ": expected path=value, got '=1'"),
        ("sites..pue=1", ": expected path=value, got 'sites..pue=1'"),
        ("sites.hami.pue=", " sites.hami.pue: expected a value after `=`, got nothing; write null"),
        ("sites.hami.pue=[1", " sites.hami.pue: expected valid YAML, got brackets that are not closed"),
        ("sites.hami.pue=0.5", " sites.hami.pue: expected a number of at least 1, such as `1.15`, got 0.5"),
        ("sites.hami.pues=1.5", " sites.hami.pues: expected a known key, got 'pues'; did you mean 'pue'?"),
        ("sites.hami.pue.x=1", " sites.hami.pue.x: expected a mapping at `sites.hami.pue`, to hold `x`"),
        ("sites.hami.zone=nowhere", " sites.hami.zone: expected the name of a zone, got 'nowhere'"),
        ("workloads.chat={zone: cq, kin: 1}", " workloads.chat.kin: expected a known key"),
        ("sites.hamy.pue=1.2", " sites.hamy.zone: expected a value: zone where the site is, got nothing"),
        ("workloads.chat.requires.3=x", " workloads.chat.requires.3: expected an index from 0 to 0, got 3"),
        ("workloads.chat.zone=null", " workloads.chat.zone: expected a value: zone of its users"),
    ],
)
def test_faults_of_set(small_text, faults, override, fault):
    found = faults(small_text, overrides=[override])
    assert found[0].startswith(f"--set{fault}")


def test_all_faults_of_set_at_once(small_text, faults):
    assert len(faults(small_text, overrides=["x", "y", "name="])) == 3


def line_of(text, piece):
    return text[: text.index(piece)].count("\n") + 1


def test_faults_of_a_scenario_are_placed_in_it(small_text, faults):
    (fault,) = faults(small_text, scenario="broken")
    line = line_of(small_text, "pue: 0.5")
    assert fault.startswith(f"config.yaml:{line}:25 scenarios.broken.sites.hami.pue: expected a number")


def test_what_a_scenario_removes_is_missed_there(broken, small_text):
    (fault,) = broken(
        "{objective: {minimize: carbon, carbon_price: null}}", "{horizon: null}", scenario="clean"
    )
    line = line_of(small_text, "clean: {")
    assert fault.startswith(f"config.yaml:{line}:20 scenarios.clean.horizon: expected a value: time that")


def test_faults_of_the_file_keep_their_place_under_a_scenario(broken, small_text):
    (fault,) = broken("max_latency: 50 ms", "max_latency: -1", scenario="clean")
    assert fault.startswith(
        f"config.yaml:{line_of(small_text, 'max_latency')}:18 workloads.chat.max_latency: "
    )


def test_an_unknown_scenario(small_text, faults):
    assert faults(small_text, scenario="clan") == [
        "config.yaml scenarios: expected the name of a scenario, got 'clan'; did you mean 'clean'?"
    ]


def test_a_scenario_of_a_config_without_any(small_text, faults):
    text = small_text.split("scenarios:", maxsplit=1)[0]
    assert faults(text, scenario="clean")[0].endswith("got 'clean'; the config has no scenarios")


def test_a_scenario_that_is_no_mapping(broken):
    (fault,) = broken("{objective: {minimize: carbon, carbon_price: null}}", "3", scenario="clean")
    assert fault.endswith("scenarios.clean: expected a mapping to lay over the config, got 3")


def test_the_resolved_config_gives_the_same_problem(load, small_text):
    first = load(small_text, scenario="clean", overrides=["sites.hami.pue=1.21"])
    again = load(first.resolved)
    assert again.resolved == first.resolved
    assert "scenarios" not in first.resolved
    assert again.problem.objective == first.problem.objective
    assert (again.problem.sites.pue == 1.21).all()


def test_the_resolved_config_keeps_order_and_unicode(load, small_text):
    resolved = load(small_text.replace("name: small", "name: 重庆 no")).resolved
    assert resolved.startswith("name: 重庆 no\nhorizon:")


def test_a_misspelled_way_to_a_value_is_told_as_such(load, small_text):
    with pytest.raises(ConfigError) as caught:
        load(small_text, overrides=["sites.hammi.pue=1.3"])
    faults = [str(fault) for fault in caught.value.faults]
    assert any(
        "--set sites.hammi.zone" in f and "sites.hammi is new; did you mean 'hami'?" in f for f in faults
    )
