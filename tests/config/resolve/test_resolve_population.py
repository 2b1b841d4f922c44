from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from resolving import resolve

from computeplan.errors import ConfigError
from computeplan.problem import Problem

POPULATION = """
zones: {china: {}, here: {within: china}, hami: {within: china}}
network: {latency: one_way}
sites: {site: {provides: [a]}}
series: {office: {day: {weekday: [MORNING, AFTERNOON]}}}
workloads: null
population:
  seed: 7
  total_demand: 9000
  tiers:
    top: {companies: 3, size: {law: pareto, alpha: 0.885, min: 10.0e+9, max: 40.0e+9}}
    rest: {companies: 2000, size: {law: pareto, alpha: 0.885, min: 0.56e+6, max: 1.0e+9}}
  archetypes:
    assistant:
      chance: {top: 1, rest: 0.6}
      share: 3
      profile: {series: office}
      zone: {choose: [{value: here, chance: 0.75}, {value: hami, chance: 0.25}]}
      max_delay: {choose: [{value: 0, chance: 0.5}, {value: 6 h, chance: 0.5}]}
      max_latency: {choose: [{value: 20 ms, chance: 0.1}, {value: 60 ms, chance: 0.9}]}
      requires: {choose: [{value: [a], chance: 0.3}, {value: [], chance: 0.7}]}
      security: 2
      residency: [here]
      traffic: 0.4
      unit_cost: {site: 0.1}
      shortfall_price: 500
      move: {price: 0.5}
    training:
      chance: 0.3
      zone: here
      job: {release: [0, 6 h], window: [4 h, 12 h], run_time: [1 h, 2 h]}
      data_per_unit: 40
    archive: {chance: 0, zone: here, mobility: fixed, data_per_unit: 2}
""".replace("MORNING", ", ".join("1" * 12)).replace("AFTERNOON", ", ".join("3" * 12))

LAWS = """
workloads: null
population:
  seed: 3
  total_demand: 1
  tiers: {scale: {companies: 1, size: {law: constant, value: 1}}, drawn: {companies: 4000, size: %s}}
  archetypes: {work: {zone: here}}
"""


def drawn(changes: str = "") -> Problem:
    return resolve(f"{POPULATION}\n{changes}").problem


@pytest.fixture(scope="module")
def problem() -> Problem:
    return drawn()


def mean_units(problem: Problem) -> np.ndarray:
    """Units busy on average over the real time of the horizon, of each workload."""
    workloads, horizon = problem.workloads, problem.horizon
    time = horizon.weight * horizon.hours
    first_period = np.minimum(workloads.release_h / horizon.period_h, horizon.size - 1).astype(int)
    jobs = workloads.volume_unit_h * horizon.weight[first_period]
    return (workloads.scale * (workloads.profiles @ time)[workloads.profile] + jobs) / horizon.real_hours


def archetypes(problem: Problem) -> np.ndarray:
    return np.array([name.split("/")[1] for name in problem.workloads.names])


def test_companies_and_names(problem):
    companies = problem.companies
    assert companies.size == 2003
    assert companies.names[:4] == ("top-1", "top-2", "top-3", "rest-1")
    assert companies.tiers[:4] == ("top", "top", "top", "rest")
    assert set(problem.workloads.company.tolist()) == set(range(2003))
    assert all(
        name.startswith(f"{companies.names[company]}/")
        for name, company in zip(problem.workloads.names, problem.workloads.company, strict=True)
    )


def test_name_pattern():
    text = POPULATION.replace("seed: 7", 'seed: 7\n  name: "公司 {tier} {number:04d}"')
    assert resolve(text).problem.companies.names[3] == "公司 rest 0001"


def test_the_total_demand_is_met(problem):
    assert math.fsum(mean_units(problem)) == pytest.approx(9000, rel=1e-12)


def test_the_total_demand_is_met_over_weighted_blocks():
    winter = "{start: 2026-01-12T00:00, duration: 6, weight: 300}"
    summer = "{start: 2026-07-13T00:00, duration: 12, weight: 5}"
    problem = drawn(f"horizon: {{start: null, duration: null, blocks: [{winter}, {summer}]}}")
    assert math.fsum(mean_units(problem)) == pytest.approx(9000, rel=1e-12)
    assert len(set(problem.workloads.release_h[problem.workloads.is_job].tolist())) == 2


def test_work_is_shared_by_size_and_by_share(problem):
    by_company = np.bincount(problem.workloads.company, mean_units(problem))
    top = by_company[:3]
    assert top.max() / top.min() <= 4
    assert top.min() / by_company[3:].max() >= 10
    both = [mean_units(problem)[problem.workloads.company == company] for company in range(2003)]
    pairs = np.array([pair for pair in both if len(pair) == 2])
    assert len(pairs) > 200
    assert pairs[:, 0] / pairs[:, 1] == pytest.approx(3)


def test_chances(problem):
    kind = archetypes(problem)
    has = {name: set(problem.workloads.company[kind == name].tolist()) for name in np.unique(kind)}
    assert has.keys() == {"assistant", "training"}
    assert has["assistant"] >= {0, 1, 2}
    rest = 2000 * (0.6 + 0.4 * 0.7)  # with none drawn, a company has the archetype of highest chance
    assert len(has["assistant"]) - 3 == pytest.approx(rest, abs=4 * math.sqrt(2000 * 0.25))
    assert len(has["training"]) == pytest.approx(2003 * 0.3, abs=4 * math.sqrt(2000 * 0.21))


def test_choices(problem):
    workloads, needs = problem.workloads, problem.needs
    mine = archetypes(problem) == "assistant"
    need = workloads.need[mine]
    zone = np.array(problem.network.zone_names)[needs.zone[need]]
    assert np.mean(zone == "here") == pytest.approx(0.75, abs=0.05)
    assert np.mean(workloads.max_delay_h[mine] == 6) == pytest.approx(0.5, abs=0.05)
    assert np.mean(needs.max_latency_ms[need] == 20) == pytest.approx(0.1, abs=0.04)
    assert np.mean(needs.labels[need, 0]) == pytest.approx(0.3, abs=0.05)
    pairs = {(z, d) for z, d in zip(zone.tolist(), workloads.max_delay_h[mine].tolist(), strict=True)}
    assert pairs == {("here", 0), ("here", 6), ("hami", 0), ("hami", 6)}


def test_fields_of_archetypes(problem):
    workloads, needs = problem.workloads, problem.needs
    mine = archetypes(problem) == "assistant"
    need = workloads.need[mine]
    assert set(needs.security[need].tolist()) == {2}
    assert (needs.residency[need] == [name == "here" for name in problem.network.zone_names]).all()
    assert set(needs.traffic_gb_per_unit_h[need].tolist()) == {0.4}
    assert set(needs.unit_cost[need, 0].tolist()) == {0.1}
    assert set(workloads.shortfall_price[mine].tolist()) == {500}
    assert set(workloads.move_price[mine].tolist()) == {0.5}
    assert not workloads.move_price[~mine].any()
    assert (workloads.profiles[workloads.profile[mine]] == [0.5] * 12 + [1.5] * 12).all()
    assert np.isinf(workloads.shortfall_price[~mine]).all()


def test_jobs(problem):
    workloads = problem.workloads
    jobs = archetypes(problem) == "training"
    assert (workloads.is_job == jobs).all()
    release, deadline = workloads.release_h[jobs], workloads.deadline_h[jobs]
    assert set(release.tolist()) == {0, 6}
    assert set((deadline - release).tolist()) == {4, 12}
    run_time = workloads.volume_unit_h[jobs] / workloads.max_rate[jobs]
    assert set(np.round(run_time, 9).tolist()) == {1, 2}
    assert workloads.data_gb[jobs] == pytest.approx(40 * workloads.volume_unit_h[jobs] / 24)
    assert not workloads.scale[jobs].any()


def test_a_window_is_cut_at_the_end():
    text = POPULATION.replace("release: [0, 6 h]", "release: [20 h]").replace(
        "window: [4 h, 12 h]", "window: [12 h]"
    )
    workloads = resolve(text).problem.workloads
    assert set(workloads.deadline_h[workloads.is_job].tolist()) == {24}


def test_a_job_that_runs_through_is_no_longer_than_its_window():
    text = POPULATION.replace("run_time: [1 h, 2 h]", "run_time: [1 h, 2 h], interruptible: false")
    workloads = resolve(text).problem.workloads
    assert (workloads.runs_through == workloads.is_job).all()
    late = text.replace("release: [0, 6 h]", "release: [22.5 h]")
    with pytest.raises(
        ConfigError, match=r"training\.job\.run_time: expected run times that fit .*1\.5 h left"
    ):
        resolve(late)


def test_a_company_without_any_draw_has_the_likeliest():
    text = POPULATION.replace("{top: 1, rest: 0.6}", "0").replace("chance: 0.3\n", "chance: 1.0e-9\n")
    assert set(archetypes(resolve(text).problem)) == {"training"}


def test_fixed_work_carries_its_data():
    problem = resolve(POPULATION.replace("archive: {chance: 0,", "archive: {chance: 1,")).problem
    mine = archetypes(problem) == "archive"
    assert (problem.workloads.is_fixed == mine).all()
    assert problem.workloads.data_gb[mine] == pytest.approx(2 * mean_units(problem)[mine])


def facts(problem: Problem) -> dict[str, tuple]:
    """Everything that was drawn, by name."""
    w, n = problem.workloads, problem.needs
    zones = problem.network.zone_names
    return {
        name: (
            zones[n.zone[w.need[i]]],
            n.max_latency_ms[w.need[i]],
            w.max_delay_h[i],
            w.release_h[i],
            w.deadline_h[i],
            pytest.approx(w.scale[i] + w.volume_unit_h[i]),
        )
        for i, name in enumerate(w.names)
    }


def test_a_seed_draws_the_same_again(problem):
    again = drawn()
    assert again.workloads.names == problem.workloads.names
    for part in ("scale", "volume_unit_h", "release_h", "max_delay_h", "need"):
        assert np.array_equal(getattr(again.workloads, part), getattr(problem.workloads, part))
    assert np.array_equal(again.needs.zone, problem.needs.zone)


def test_another_seed_draws_others(problem):
    other = resolve(POPULATION.replace("seed: 7", "seed: 8")).problem
    assert other.workloads.names != problem.workloads.names


def test_the_order_of_the_config_does_not_matter(problem):
    head, tiers = POPULATION.split("  tiers:\n")
    tiers, kinds = tiers.split("  archetypes:\n")
    first, second, _ = tiers.split("\n")
    assistant, rest = kinds.split("    training:\n")
    text = f"{head}  tiers:\n{second}\n{first}\n  archetypes:\n    training:\n{rest}\n{assistant}"
    assert facts(resolve(text).problem) == facts(problem)


def test_one_change_leaves_other_draws_alone(problem):
    """With fewer jobs, no assistant moves, and no other company gains or loses one."""
    changed = facts(resolve(POPULATION.replace("chance: 0.3\n", "chance: 0.2\n")).problem)
    before = facts(problem)
    kept = changed.keys() & before.keys()
    assert len(kept) > 1500
    assert all(changed[name][:5] == before[name][:5] for name in kept)


def pareto(alpha: float, low: float, high: float):
    return lambda x: (1 - (low / x) ** alpha) / (1 - (low / high) ** alpha)


def lognormal(mu: float, sigma: float, low: float = 0, high: float = math.inf):
    def below(x: float) -> float:
        return 0 if x <= 0 else 1 if math.isinf(x) else NormalDist(mu, sigma).cdf(math.log(x))

    return lambda x: (below(x) - below(low)) / (below(high) - below(low))


@pytest.mark.parametrize(
    ("law", "below", "bounds"),
    [
        ("{law: pareto, alpha: 0.885, min: 1, max: 1000}", pareto(0.885, 1, 1000), (1, 1000)),
        ("{law: pareto, alpha: 2, min: 5, max: 10}", pareto(2, 5, 10), (5, 10)),
        ("{law: uniform, min: 2, max: 6}", lambda x: (x - 2) / 4, (2, 6)),
        ("{law: lognormal, mu: 1, sigma: 2}", lognormal(1, 2), (0, math.inf)),
        ("{law: lognormal, mu: 1, sigma: 2, min: 1, max: 30}", lognormal(1, 2, 1, 30), (1, 30)),
        ("{law: lognormal, mu: 1, sigma: 0.5, max: 3}", lognormal(1, 0.5, 0, 3), (0, 3)),
    ],
)
def test_sizes_follow_their_law(law, below, bounds):
    """Kolmogorov's distance of 4,000 draws; above 1.95/√n once in a thousand seeds."""
    scale = resolve(LAWS % law).problem.workloads.scale
    sizes = np.sort(scale[1:] / scale[0])
    assert sizes[0] >= bounds[0] * (1 - 1e-12)
    assert sizes[-1] <= bounds[1] * (1 + 1e-12)
    expected = np.array([below(size) for size in sizes])
    assert np.abs(expected - (np.arange(4000) + 0.5) / 4000).max() < 1.95 / math.sqrt(4000)


@pytest.mark.parametrize(("bounds", "size"), [("", math.e), (", min: 1, max: 9", math.e), (", min: 4", 4)])
def test_sizes_without_spread(bounds, size):
    scale = resolve(LAWS % f"{{law: lognormal, mu: 1, sigma: 0{bounds}}}").problem.workloads.scale
    assert scale[1:] / scale[0] == pytest.approx(size)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{value: hami, chance",
            "{value: hamy, chance",
            r"population\.archetypes\.assistant\.zone\.choose\.1\.value: .* got 'hamy'; did you mean 'hami'",
        ),
        (
            "{value: [a],",
            "{value: [b],",
            r"archetypes\.assistant\.requires\.choose\.0\.value\.0: expected .* got 'b'",
        ),
        (
            "residency: [here]",
            "residency: [her]",
            r"archetypes\.assistant\.residency\.0: expected .* got 'her'",
        ),
        (
            "unit_cost: {site:",
            "unit_cost: {sit:",
            r"archetypes\.assistant\.unit_cost\.sit: expected .* got 'sit'",
        ),
        (
            "{series: office}",
            "{series: ofice}",
            r"archetypes\.assistant\.profile\.series: expected .* got 'ofice'",
        ),
        ("{series: office}", "0", r"archetypes\.assistant\.profile: expected a profile with a mean above 0"),
        (
            "release: [0, 6 h]",
            "release: [0, 24 h]",
            r"archetypes\.training\.job\.release\.1: .* within the horizon, before 24 h, got 24 h",
        ),
        (
            "{law: pareto, alpha: 0.885, min: 0.56e+6, max: 1.0e+9}",
            "{law: lognormal, mu: 10, sigma: 1.0e+5}",
            r"population\.tiers\.rest\.size: expected a law of finite sizes above 0, got .* to inf",
        ),
        (
            "seed: 7",
            "seed: 7\n  name: company {number}",
            r"population\.name: expected a pattern that gives each its own name, got 'company \{number\}'",
        ),
    ],
)
def test_faults(old, new, message):
    assert POPULATION.count(old) == 1
    with pytest.raises(ConfigError, match=message):
        resolve(POPULATION.replace(old, new))
