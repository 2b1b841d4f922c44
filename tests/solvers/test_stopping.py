"""Solvers stop when they are asked to, and what they found until then is their answer."""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest

import computeplan
from builders import Case, Demand, Pool, Site, on_demand, reserved
from command_line import TINY, run
from computeplan.problem import Status
from computeplan.progress import Monitor
from computeplan.solvers import Method, SolverOptions, StopSignal, available, highs, pulp
from computeplan.solvers.decomposition import Reduction
from computeplan.solvers.planner import plan
from computeplan.studies.baselines import all_local

LONG_S = 600.0
"""Far longer than any of this takes where it is stopped."""
SOON_S = 60.0
"""From the signal to the answer: a second on a quiet machine."""


class AfterLooks(StopSignal):
    """Is set once solvers have looked at it so many times."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


class AfterPlans(StopSignal):
    """Is set once a study has asked so many times before a plan."""

    def __init__(self, plans: int) -> None:
        super().__init__()
        self.left = plans

    def is_set(self) -> bool:
        return self.left < 0


class AfterSeconds(StopSignal):
    """Is set so many seconds after it was first looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds, self.first = seconds, None

    def is_set(self) -> bool:
        self.first = self.first or time.monotonic()
        return self.seconds_since() >= 0

    def seconds_since(self) -> float:
        return time.monotonic() - self.first - self.seconds


def coupled() -> Case:
    """A program whose simplex and interior-point methods take some iterations."""
    rng, periods = np.random.default_rng(1), 48
    sites = [Site(name, price=(1 + rng.random(periods)).tolist(), demand_charge=3.0) for name in "abc"]
    booked = [reserved(50.0, site=site.name, price=1.0 + rng.random(), busy_kw=1.0) for site in sites]
    work = [Demand((5 + 5 * rng.random(periods)).tolist(), max_delay=delay) for delay in (0.0, 3.0, 11.0)]
    rented = [on_demand(site=site.name, price=(3 + rng.random(periods)).tolist()) for site in sites]
    return Case(periods=periods, sites=sites, pools=[*booked, *rented], workloads=work)


@pytest.fixture
def all_listen(monkeypatch):
    monkeypatch.setattr(highs, "LISTENS", 0)


@pytest.mark.usefixtures("all_listen")
@pytest.mark.parametrize(
    "options",
    [
        SolverOptions(method=Method.SIMPLEX),
        SolverOptions(method=Method.IPM),
        *(SolverOptions(name) for name in ("clarabel", "staircase") if name in available()),
    ],
    ids=lambda options: f"{options.name}-{options.method}",
)
def test_a_solver_looks_while_it_works(options):
    signal_ = AfterLooks(2)
    problem = coupled().problem()
    assert plan(problem, options, Reduction.NONE).status is Status.OPTIMAL
    stopped = plan(problem, SolverOptions(options.name, method=options.method, stop=signal_), Reduction.NONE)
    assert stopped.status in (Status.NO_PLAN, Status.FEASIBLE)
    assert signal_.left < 0


@pytest.mark.parametrize("name", [name for name in available() if name != "auto"])
def test_a_solve_that_is_stopped_before_it_begins_has_no_plan(name):
    stop = StopSignal()
    stop.set()
    made = plan(Case(pools=[Pool(9.0, price=1.0)]).problem(), SolverOptions(name, stop=stop))
    assert made.status is Status.NO_PLAN


def test_parts_are_skipped_once_the_solve_is_to_stop(monkeypatch):
    monkeypatch.setattr("computeplan.solvers.subproblems.PART_COLUMNS", 1)
    pools = [Pool(9.0, price=1.0)]
    made = plan(Case(periods=24, pools=pools).problem(), SolverOptions(stop=AfterLooks(5)))
    assert (made.status, made.size.parts) == (Status.NO_PLAN, 48)
    assert {"Interrupt"} <= set(made.solver.detail.split("/")) <= {"Interrupt", "Optimal"}


def test_a_signal_stays_in_its_process_and_decides_nothing():
    stop = StopSignal()
    stop.set()
    options = SolverOptions(stop=stop)
    assert not pickle.loads(pickle.dumps(options)).is_stopped  # noqa: S301 - our own
    assert options == SolverOptions()
    assert "stop" not in options.data()


def hard(tmp_path):
    """Workloads of awkward sizes packed into steps of awkward sizes: any plan is quick, the proof is not."""
    rng = np.random.default_rng(1)
    pools = {
        f"p{i}": {
            "hardware": "gpu",
            "term": "reserved",
            "price": round(10 + rng.random(), 3),
            "max_units": 60,
            "step": round(7 + 16 * rng.random(), 3),
        }
        for i in range(25)
    }
    workloads = {
        f"w{i}": {
            "zone": "z",
            "demand": (3 + 9 * rng.random(4)).round(3).tolist(),
            "mobility": "whole",
            "shortfall_price": 500,
        }
        for i in range(40)
    }
    config = {
        "name": "hard",
        "horizon": {"start": "2026-03-02T00:00", "duration": "4 h"},
        "zones": {"z": {}},
        "hardware": {"gpu": {"busy_power": 1}},
        "sites": {"s": {"zone": "z", "pools": pools}},
        "workloads": workloads,
    }
    path = tmp_path / "hard.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path


@pytest.fixture
def hearing_ctrl_c():
    """In a job of the background a shell lets processes ignore Ctrl-C."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.fixture
def ctrl_c_with_a_plan(monkeypatch, hearing_ctrl_c):  # noqa: ARG001 - before
    """Press Ctrl-C as soon as HiGHS has found some plan; gives when that was."""
    pressed, update = [], Monitor.update

    def press(monitor, gap, bound):
        update(monitor, gap, bound)
        if gap is not None and not pressed:
            pressed.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Monitor, "update", press)
    return pressed


@pytest.mark.posix
def test_ctrl_c_in_python_gives_the_best_plan_until_then(tmp_path, ctrl_c_with_a_plan):
    made = computeplan.solve(hard(tmp_path), overrides=[f"solver.time_limit={LONG_S}"])
    assert time.monotonic() - ctrl_c_with_a_plan[0] < SOON_S
    assert (made.plan.status, made.plan.solver.detail) == (Status.FEASIBLE, "Interrupt")
    assert made.plan.solution.audit.passed
    assert made.plan.solution.audit.gap > 0
    assert made.baseline is None


@pytest.mark.posix
def test_a_solver_that_does_not_look_is_left_alone_and_its_last_plan_kept(
    tmp_path, monkeypatch, ctrl_c_with_a_plan
):
    """The solver goes on in another thread; here until the test is over."""
    over = threading.Event()

    def go_on(run):
        def run_on(solver):
            run(solver)
            over.wait()
            return True

        return run_on

    monkeypatch.setattr(highs, "_run_twice", go_on(highs._run_twice))
    made = computeplan.solve(hard(tmp_path), overrides=[f"solver.time_limit={LONG_S}"], baseline=False)
    over.set()
    assert ctrl_c_with_a_plan
    assert (made.plan.status, made.plan.solver.detail) == (Status.FEASIBLE, "Interrupt")
    assert made.plan.solution.audit.passed
    assert made.plan.solution.audit.gap > 0


@pytest.mark.parametrize("name", [name for name in available() if name != "auto"])
def test_every_solver_is_left_alone_that_does_not_end(name, monkeypatch):
    """Whatever it does, the call returns."""
    over, stop = threading.Event(), StopSignal()

    def hang(*_):
        stop.set()
        over.wait()

    monkeypatch.setattr(highs, "_run_twice", hang)
    monkeypatch.setattr(highs, "LISTENS", 0)
    monkeypatch.setattr(pulp, "_solve", hang)
    monkeypatch.setattr("computeplan.solvers.staircase.solver.iterate", hang)
    if name == "clarabel":
        clarabel = pytest.importorskip("clarabel")
        solver = SimpleNamespace(set_termination_callback=str, print_to_buffer=str, solve=hang)
        monkeypatch.setattr(clarabel, "DefaultSolver", lambda *_: solver)
    made = plan(coupled().problem(), SolverOptions(name, stop=stop), Reduction.NONE)
    over.set()
    assert made.status is Status.NO_PLAN


def test_a_signal_stops_a_call_in_another_thread(tmp_path):
    """It ends as Ctrl-C does: with the best plan until then, if there is one."""
    stop, ended = StopSignal(), []

    def work():
        try:
            made = computeplan.solve(config, options={"stop": stop, "time_limit_s": LONG_S}, progress=halt)
            ended.append(made.plan.status)
        except KeyboardInterrupt:
            ended.append(Status.NO_PLAN)

    def halt(stage, *_):
        if stage == "building the program":
            stop.set()

    config, began = hard(tmp_path), time.monotonic()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended in ([Status.NO_PLAN], [Status.FEASIBLE])
    assert time.monotonic() - began < LONG_S / 2


def test_what_progress_raises_ends_the_call(tmp_path):
    class OwnError(Exception):
        pass

    def break_off(stage, seconds, gap, bound):  # noqa: ARG001 - as it is called
        if gap is not None:
            raise OwnError("enough")

    began = time.monotonic()
    with pytest.raises(OwnError, match="enough"):
        computeplan.solve(hard(tmp_path), options={"time_limit_s": LONG_S}, progress=break_off)
    assert time.monotonic() - began < LONG_S / 2


@pytest.mark.posix
@pytest.mark.parametrize("study", ["frontier", "ranging", "diagnose"])
def test_studies_are_stopped_too(tmp_path, study, hearing_ctrl_c):  # noqa: ARG001 - before
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        getattr(computeplan, study)(path, progress=lambda *_: os.kill(os.getpid(), signal.SIGINT))


def test_a_frontier_that_is_stopped_is_that_of_the_plans_found(tmp_path, caplog):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    whole, stop = computeplan.frontier(path), AfterPlans(2)

    class CountPlans(logging.Handler):
        def emit(self, record):  # in the thread that plans, so that the next plan waits for it
            stop.left -= record.getMessage().startswith("tracing")

    log, handler = logging.getLogger("computeplan.studies.frontier"), CountPlans()
    caplog.set_level(logging.INFO, log.name)
    log.addHandler(handler)
    try:
        found = computeplan.frontier(path, options={"stop": stop})
    finally:
        log.removeHandler(handler)
    assert len(found.frontiers[0].seconds) < len(whole.frontiers[0].seconds)
    assert found.frontiers[0].curve is not None
    assert not found.frontiers[0].certified


@pytest.mark.posix
def test_ctrl_c_while_the_baseline_is_planned_keeps_the_proved_plan(tmp_path, monkeypatch):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    planned, seen = threading.Event(), []

    def plan_first(*arguments, **named):
        made = plan(*arguments, **named)
        planned.set()
        return made

    def hang(problem, options):
        """Once there is a plan, press Ctrl-C and wait, as a solver would, for the signal to stop."""
        planned.wait(LONG_S)
        os.kill(os.getpid(), signal.SIGINT)
        seen.append(options.stop._event.wait(LONG_S))
        return all_local(problem, options)

    monkeypatch.setattr("computeplan.api.plans.plan", plan_first)
    monkeypatch.setattr("computeplan.api.plans.all_local", hang)
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        made = computeplan.solve(tmp_path / "tiny.yaml")
    finally:
        signal.signal(signal.SIGINT, usual)
    assert seen == [True]
    assert (made.plan.status, made.baseline) == (Status.OPTIMAL, None)


@pytest.mark.posix
@pytest.mark.usefixtures("ctrl_c_with_a_plan")
def test_ctrl_c_on_the_command_line_keeps_the_best_plan_until_then(tmp_path):
    out = tmp_path / "plan"
    result = run("solve", hard(tmp_path), "--time-limit", LONG_S, "--no-baseline", "--out", out)
    assert result.exit_code == 130
    assert f"interrupted; the best plan found until then is in {out}" in result.stderr
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["status"] == "feasible"
    assert run("audit", out).exit_code == 0


@pytest.mark.posix
def test_cbc_gives_the_best_plan_until_then_with_its_gap(tmp_path):
    """Once it has been at work for a while; where it has no plan yet, there is none."""
    stop = AfterSeconds(3.0)
    try:
        made = computeplan.solve(
            hard(tmp_path), options={"name": "cbc", "time_limit_s": LONG_S, "stop": stop}, baseline=False
        )
    except KeyboardInterrupt:
        assert stop.is_set()
    else:
        assert made.plan.status is Status.FEASIBLE
        assert made.plan.solution.audit.passed
        assert made.plan.solution.audit.gap > 0
    assert stop.seconds_since() < SOON_S
