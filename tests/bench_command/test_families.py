"""What is generated is what it is called, the same for the same seed, and has a plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from computeplan import api
from computeplan.bench.families import FAMILIES
from computeplan.bench.world import Scale
from computeplan.problem import Status
from reference.model import solve_reference

SCALE = Scale(companies=20, kinds=4, sites=3, days=1)


def solved(family, folder, scale=SCALE, seed=1, overrides=()):
    return api.solve(FAMILIES[family](scale, seed).write(folder), overrides=overrides, baseline=False)


def test_the_families():
    assert list(FAMILIES) == ["interactive", "deferrable", "capped", "reserved", "full"]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_seed_gives_the_same_files(family, tmp_path):
    def files(name, seed):
        folder = FAMILIES[family](SCALE, seed).write(tmp_path / name).parent
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    assert files("one", 1) == files("two", 1)
    assert all(files("one", 1)[name] != content for name, content in files("other", 2).items())


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "scale", [SCALE, Scale(1, 1, 1, 1), Scale(7, 5, 8, 2)], ids=["small", "smallest", "many sites"]
)
def test_every_size_has_an_optimal_plan_and_no_warning(family, scale, tmp_path):
    run = solved(family, tmp_path, scale)
    assert run.plan.status == "optimal"
    assert run.plan.solution.audit.passed
    assert run.loaded.warnings == ()
    problem = run.plan.problem
    assert (problem.sites.size, problem.horizon.size) == (scale.sites, 24 * scale.days)
    assert problem.companies.size == scale.companies


def test_a_longer_horizon_goes_on_where_the_shorter_ends():
    short, long = (FAMILIES["full"](replace(SCALE, days=days), 1).columns for days in (1, 3))
    assert all(long[name][:24] == values for name, values in short.items())
    more = FAMILIES["full"](replace(SCALE, sites=5), 1).columns
    assert all(more[name] == values for name, values in short.items())


@pytest.mark.parametrize("family", FAMILIES)
def test_the_optimum_is_that_of_the_unreduced_model(family, tmp_path):
    plan = solved(family, tmp_path, Scale(companies=3, kinds=4, sites=2, days=1)).plan
    answer = solve_reference(plan.problem)
    assert answer.status is plan.status is Status.OPTIMAL
    assert plan.solution.audit.objective == pytest.approx(answer.objective, rel=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_cap_binds(tmp_path, seed):
    capped = solved("capped", tmp_path, seed=seed).plan
    cap_t = capped.problem.objective.carbon_cap_kg / 1000
    assert capped.solution.accounts.emissions_t.location == pytest.approx(cap_t)
    free = solved("capped", tmp_path, seed=seed, overrides=["objective.carbon_cap=1e9 t"]).plan
    assert free.solution.accounts.emissions_t.location > 1.01 * cap_t
    assert free.solution.accounts.cost.total < capped.solution.accounts.cost.total


def test_deferrable_work_waits_and_interactive_does_not(tmp_path):
    assert not np.any(solved("interactive", tmp_path / "i").plan.problem.workloads.max_delay_h)
    delays = solved("deferrable", tmp_path / "d").plan.problem.workloads.max_delay_h
    assert set(delays) <= {0.0, 4.0, 12.0, 24.0}
    assert np.any(delays > 0)


def test_reserved_capacity_is_booked(tmp_path):
    cost = solved("reserved", tmp_path).plan.solution.accounts.cost.parts()
    assert cost["booked_units"] > 0
    assert cost["units_in_use"] > 0


def test_the_full_model_uses_everything(tmp_path):
    plan = solved("full", tmp_path, Scale(50, 8, 4, 2)).plan
    without = {"sales", "placement", "new_units", "certificates", "batteries", "open_sites", "moving"}
    parts = plan.solution.accounts.cost.parts()
    assert all(amount > 0 for part, amount in parts.items() if part not in without)
