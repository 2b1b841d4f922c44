"""The problem in CVXPY: a matrix of work for each site, or one vector and sparse matrices."""

from __future__ import annotations

from typing import Any

import cvxpy as cp
import measured
import numpy as np
import scipy.sparse as sp
from instance import Instance


def idiomatic(data: Instance) -> cp.Problem:
    companies, sites, hours = data.shape
    work = [cp.Variable((companies, hours), nonneg=True) for _ in range(sites)]
    load = cp.Variable((sites, hours), nonneg=True)
    cost = cp.sum(cp.multiply(data.load_cost, load))
    for s in range(sites):
        cost += cp.sum(data.work_cost[:, s] @ work[s])
    rules = [sum(work) == data.demand, load <= data.capacity]
    rules += [cp.sum(work[s], axis=0) == load[s] for s in range(sites)]
    if data.is_capped:
        rules.append(cp.sum(cp.multiply(data.load_kg, load)) <= data.carbon_cap)
    return cp.Problem(cp.Minimize(cost), rules)


def fast(data: Instance) -> cp.Problem:
    companies, sites, hours = data.shape
    work = cp.Variable(companies * sites * hours, bounds=[0.0, None])
    load = cp.Variable(sites * hours, bounds=[np.zeros(sites * hours), data.capacity.ravel()])
    over_sites = sp.kron(sp.eye(companies), sp.kron(np.ones((1, sites)), sp.eye(hours)), format="csr")
    over_companies = sp.kron(np.ones((1, companies)), sp.eye(sites * hours), format="csr")
    work_cost = np.repeat(data.work_cost.ravel(), hours)
    rules = [over_sites @ work == data.demand.ravel(), over_companies @ work == load]
    if data.is_capped:
        rules.append(data.load_kg.ravel() @ load <= data.carbon_cap)
    return cp.Problem(cp.Minimize(work_cost @ work + data.load_cost.ravel() @ load), rules)


def hand_over(problem: cp.Problem) -> Any:
    """Compile to CVXPY's standard form for HiGHS, equalities first, and pass its arrays."""
    data, _, _ = problem.get_problem_data(cp.HIGHS)
    matrix, limit, cost = data["A"].tocsc(), data["b"], data["c"]
    lower = limit.copy()
    lower[data["dims"].zero :] = -np.inf
    return measured.pass_arrays(
        cost,
        (_bound(data, "lower_bounds", -np.inf), _bound(data, "upper_bounds", np.inf)),
        (lower, limit),
        (matrix.indptr[:-1], matrix.indices, matrix.data),
    )


def _bound(data: dict[str, Any], name: str, absent: float) -> np.ndarray:
    bound = data.get(name)
    return np.full(len(data["c"]), absent) if bound is None else np.asarray(bound, float)


if __name__ == "__main__":
    measured.main({"idiomatic": (idiomatic, hand_over), "fast": (fast, hand_over)})
