from __future__ import annotations

import numpy as np
import pytest
from resolving import resolve

from computeplan.errors import ConfigError
from computeplan.problem import Workloads

TWO_BLOCKS = """
horizon:
  start: null
  duration: null
  end: %s
  blocks:
    - {start: 2026-01-12T00:00, duration: 24}
    - {start: 2026-07-13T00:00, duration: 48}
"""


def job_of(job: str, changes: str = "") -> Workloads:
    return resolve(f"{changes}\nworkloads: {{work: {{demand: null, job: {job}}}}}").problem.workloads


def window_of(job: str, changes: str = "") -> tuple[float, float]:
    workloads = job_of(job, changes)
    return workloads.release_h[0], workloads.deadline_h[0]


PARTS = """
zones: {here: {within: china}, china: {}}
hardware: {gpu: {efficiency: {inference: 1, training: 1}}}
sites: {site: {provides: [a, b]}}
"""
WORKLOADS = """
workloads:
  work: {company: Acme, kind: inference, demand: 3, max_delay: 6, traffic: 0.4, max_latency: 20 ms}
  fixed:
    {company: Babel, zone: here, kind: training, demand: 2, mobility: fixed, data: 5 TB, requires: [b],
     security: 2}
  job:
    company: Acme
    zone: here
    kind: training
    job: {volume: 2400 unit*h, release: 3, deadline: 5, max_rate: 200}
    residency: [here]
    unit_cost: {site: 0.1}
    shortfall_price: 500
  own: {zone: here, kind: inference, demand: 1, max_delay: 6, traffic: 0.4, max_latency: 20}
"""


@pytest.fixture(scope="module")
def problem():
    return resolve(PARTS + WORKLOADS).problem


def test_companies_in_order_of_appearance(problem):
    assert problem.companies.names == ("Acme", "Babel", "own")
    assert problem.companies.tiers == ("", "", "")
    assert problem.workloads.names == ("work", "fixed", "job", "own")
    assert problem.workloads.company.tolist() == [0, 1, 0, 2]


def test_columns_of_workloads(problem):
    workloads = problem.workloads
    assert workloads.is_job.tolist() == [False, False, True, False]
    assert workloads.is_fixed.tolist() == [False, True, False, False]
    assert workloads.scale.tolist() == [3, 2, 0, 1]
    assert workloads.profile.tolist() == [0, 0, 0, 0]
    assert workloads.profiles.tolist() == [[1] * 24]
    assert workloads.max_delay_h.tolist() == [6, 0, 0, 6]
    assert workloads.volume_unit_h.tolist() == [0, 0, 2400, 0]
    assert workloads.release_h.tolist() == [0, 0, 3, 0]
    assert workloads.deadline_h.tolist() == [0, 0, 5, 0]
    assert workloads.max_rate.tolist() == [np.inf, np.inf, 200, np.inf]
    assert workloads.data_gb.tolist() == [0, 5000, 0, 0]
    assert workloads.shortfall_price.tolist() == [np.inf, np.inf, 500, np.inf]


def test_moves_cost_what_the_workload_says_or_else_the_default(problem):
    assert not problem.workloads.move_price.any()
    some = """
    move: {price: 0.5 CNY/unit}
    workloads:
      own: {zone: here, demand: 1, move: {price: 2}}
      free: {zone: here, demand: 1, move: {price: 0}}
    """
    workloads = resolve(some).problem.workloads
    assert dict(zip(workloads.names, workloads.move_price.tolist(), strict=True)) == {
        "work": 0.5,
        "own": 2.0,
        "free": 0.0,
    }
    assert workloads.pays_moves.tolist() == [True, True, False]


def test_a_price_of_moving_that_nothing_can_pay_is_a_warning():
    some = """
    move: {price: 0.5}
    workloads:
      later: {zone: here, demand: 1, max_delay: 2, move: {price: 2}}
      still: {zone: here, demand: 1, mobility: fixed, move: {price: 2}}
      batch: {zone: here, job: {volume: 2}}
    """
    (warning,) = (line for line in resolve(some).warnings if line.startswith("move"))
    assert (
        warning == "move: only interactive work with mobility `free` pays a price of moving, not later, still"
    )


def test_equal_needs_are_one(problem):
    needs = problem.needs
    assert problem.workloads.need.tolist() == [0, 1, 2, 0]
    assert needs.zone.tolist() == [0, 0, 0]
    assert needs.kind.tolist() == [0, 1, 1]
    assert needs.labels.tolist() == [[False, False], [False, True], [False, False]]
    assert needs.security.tolist() == [0, 2, 0]
    assert needs.residency.tolist() == [[True, True], [True, True], [True, False]]
    assert needs.max_latency_ms.tolist() == [20, np.inf, np.inf]
    assert needs.traffic_gb_per_unit_h.tolist() == [0.4, 0, 0]
    assert needs.moves_data.tolist() == [False, True, False]
    assert needs.unit_cost.tolist() == [[0], [0], [0.1]]


def test_a_wait_is_cut_to_the_longest_block():
    changes = f"{TWO_BLOCKS % 'close'}\nworkloads: {{work: {{max_delay: 100}}}}"
    assert resolve(changes).problem.workloads.max_delay_h.tolist() == [48]


def test_kinds_are_free_where_no_hardware_has_a_table():
    problem = resolve("workloads: {work: {kind: a}, more: {zone: here, demand: 1}}").problem
    assert problem.hardware.kind_names == ("a", "any")
    assert problem.hardware.efficiency.tolist() == [[1], [1]]


def test_hardware_without_a_table_runs_every_kind():
    problem = resolve("hardware: {npu: {efficiency: {a: 0.5}}}\nworkloads: {work: {kind: b}}").problem
    assert problem.hardware.kind_names == ("a", "b")
    assert problem.hardware.efficiency.tolist() == [[1, 0.5], [1, 0]]


@pytest.mark.parametrize(
    ("job", "window"),
    [
        ("{volume: 1}", (0, 24)),
        ("{volume: 1, release: 3}", (3, 24)),
        ("{volume: 1, release: 2026-03-02T18:00, deadline: 2026-03-02T20:00}", (18, 20)),
        ("{volume: 1, release: 18, deadline: 2026-03-02T20:00}", (18, 20)),
        ("{volume: 1, deadline: 2026-03-04T08:30}", (0, 24)),
        ("{volume: 1, release: 1.5, deadline: 1.75, max_rate: 8}", (1.5, 1.75)),
        ("{volume: 1, release: 18 min, deadline: 2, max_rate: 8}", (0.3, 2)),
    ],
)
def test_windows_on_the_axis(job, window):
    assert window_of(job) == window


@pytest.mark.parametrize(
    ("job", "window"),
    [
        ("{volume: 1}", (0, 24)),
        ("{volume: 1, release: 2026-07-13T06:00}", (30, 72)),
        ("{volume: 1, release: 2026-07-13T06:00, deadline: 2026-07-14T00:00}", (30, 48)),
        ("{volume: 1, release: 30, deadline: 200}", (30, 72)),
        ("{volume: 1, release: 6, deadline: 2026-07-14T00:00}", (6, 24)),
    ],
)
def test_windows_in_blocks(job, window):
    assert window_of(job, TWO_BLOCKS % "close") == window


def test_a_cyclic_deadline_runs_on_from_the_block_of_the_release():
    cyclic = TWO_BLOCKS % "cyclic"
    assert window_of("{volume: 1, release: 2026-07-13T06:00, deadline: 2026-07-15T03:00}", cyclic) == (30, 75)
    assert window_of("{volume: 1, release: 20, deadline: 28}", cyclic) == (20, 28)
    assert window_of("{volume: 1, release: 20.5, deadline: 44.5}", cyclic) == (20.5, 44.5)  # the whole block


def test_nearly_on_an_edge_is_on_it():
    workloads = job_of("{volume: 1, release: 0.1 h, deadline: 0.7 h}", "horizon: {period: 6}")
    assert (workloads.release_h[0], workloads.deadline_h[0]) == pytest.approx((0.1, 0.7))
    assert np.isinf(workloads.max_rate[0])


def test_more_work_than_the_window_admits_is_no_fault():
    assert job_of("{volume: 1000, release: 0, deadline: 1, max_rate: 1}").volume_unit_h[0] == 1000


def test_a_job_that_runs_through():
    job = "{volume: 8, max_rate: 2, interruptible: false}"
    workloads = job_of(job)
    assert (workloads.runs_through.tolist(), workloads.is_whole.tolist()) == ([True], [False])
    whole = resolve(f"workloads: {{work: {{demand: null, mobility: whole, job: {job}}}}}").problem.workloads
    assert [whole.is_whole[0], whole.is_fixed[0], whole.runs_through[0]] == [True, False, True]


@pytest.mark.parametrize(
    ("job", "message"),
    [
        (
            "{volume: 1, release: 24}",
            r"workloads\.work\.job\.release: expected a time within the horizon, got 24 h",
        ),
        (
            "{volume: 1, release: 2026-03-01T23:00}",
            r"release: expected a time within the horizon, got 2026-03-01T23:00",
        ),
        (
            "{volume: 1, release: 2026-03-02T06:00, deadline: 6}",
            r"job\.deadline: expected a time after the release, got 6 h",
        ),
        (
            "{volume: 1, release: 1.5}",
            r"workloads\.work\.job: expected `max_rate`, or a window on .*, got a window from 1\.5 h",
        ),
        ("{volume: 1, deadline: 2026-03-02T01:01}", r"it begins or ends inside a period of 1 h"),
        (
            "{volume: 8, max_rate: 2, release: 21, interruptible: false}",
            r"work\.job: expected a run of at most 3 h, which fits the window, got 4 h: volume / max_rate; a",
        ),
    ],
)
def test_faults_of_windows(job, message):
    with pytest.raises(ConfigError, match=message):
        job_of(job)


def test_a_release_that_clocks_skip():
    changes = "horizon: {start: 2026-03-29T00:00, time_zone: Europe/Berlin}"
    with pytest.raises(ConfigError, match=r"job\.release: expected a time that clocks in Europe/Berlin show"):
        job_of("{volume: 1, release: 2026-03-29T02:30}", changes)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (
            "{zone: her}",
            r"workloads\.work\.zone: expected the name of a zone, got 'her'; did you mean 'here'",
        ),
        (
            "{kind: trainin}",
            r"workloads\.work\.kind: expected the name of a kind of workload, got 'trainin'; did you",
        ),
        (
            "{kind: null}",
            r"workloads\.work\.kind: expected the name of a kind of workload, got nothing; known: ",
        ),
        (
            "{requires: [a, c]}",
            r"workloads\.work\.requires\.1: expected the name of a label that a site provides, got 'c'",
        ),
        ("{residency: [chna]}", r"workloads\.work\.residency\.0: expected the name of a zone, got 'chna'"),
        ("{unit_cost: {sit: 1}}", r"workloads\.work\.unit_cost\.sit: expected the name of a site, got 'sit'"),
        ("{demand: {series: a}}", r"workloads\.work\.demand\.series: expected the name of a series, got 'a'"),
        ("{demand: [1]}", r"workloads\.work\.demand: expected 24 values, one a period, got 1 value"),
    ],
)
def test_faults(work, message):
    with pytest.raises(ConfigError, match=message):
        resolve(f"{PARTS}\nworkloads: {{work: {work}}}")


def test_a_label_where_no_site_has_any():
    with pytest.raises(ConfigError, match=r"workloads\.work\.requires\.0: expected the name of a label"):
        resolve("workloads: {work: {requires: [a]}}")


def test_a_negative_demand_names_its_period():
    series = f"series: {{dip: [1, -2, {', '.join('1' * 22)}]}}"
    with pytest.raises(
        ConfigError, match=r"workloads\.work\.demand: expected .* got -2 in period 2 \(2026-03-02T01:00\)"
    ):
        resolve(f"{series}\nworkloads: {{work: {{demand: {{series: dip}}}}}}")
