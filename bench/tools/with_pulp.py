"""The problem in PuLP: `lpSum` over loops, or expressions made of lists of pairs."""

from __future__ import annotations

from itertools import product
from typing import Any

import measured
import pulp
from instance import Instance
from pulp import LpAffineExpression, LpConstraint


def idiomatic(data: Instance) -> pulp.LpProblem:
    companies, sites, hours = map(range, data.shape)
    demand, work_cost, load_cost, kg = data.demand, data.work_cost, data.load_cost, data.load_kg
    problem = pulp.LpProblem("plan", pulp.LpMinimize)
    x = pulp.LpVariable.dicts("x", (companies, sites, hours), lowBound=0)
    load = pulp.LpVariable.dicts("load", (sites, hours), lowBound=0)
    problem += pulp.lpSum(
        work_cost[c, s] * x[c][s][t] for c, s, t in product(companies, sites, hours)
    ) + pulp.lpSum(load_cost[s, t] * load[s][t] for s, t in product(sites, hours))
    for c, t in product(companies, hours):
        problem += pulp.lpSum(x[c][s][t] for s in sites) == demand[c, t]
    for s, t in product(sites, hours):
        problem += load[s][t] == pulp.lpSum(x[c][s][t] for c in companies)
        problem += load[s][t] <= data.capacity[s, t]
    if data.is_capped:
        problem += pulp.lpSum(kg[s, t] * load[s][t] for s, t in product(sites, hours)) <= data.carbon_cap
    return problem


def fast(data: Instance) -> pulp.LpProblem:
    companies, sites, hours = map(range, data.shape)
    demand, cost = data.demand.tolist(), data.work_cost.tolist()
    load_cost, kg, capacity = data.load_cost.tolist(), data.load_kg.tolist(), data.capacity.tolist()
    x = [[[pulp.LpVariable(f"x{c}_{s}_{t}", 0) for t in hours] for s in sites] for c in companies]
    load = [[pulp.LpVariable(f"l{s}_{t}", 0, capacity[s][t]) for t in hours] for s in sites]
    problem = pulp.LpProblem("plan", pulp.LpMinimize)
    work_terms = [(x[c][s][t], cost[c][s]) for c in companies for s in sites for t in hours]
    load_terms = [(load[s][t], load_cost[s][t]) for s in sites for t in hours]
    problem.setObjective(LpAffineExpression(work_terms + load_terms))
    for c, t in product(companies, hours):
        terms = LpAffineExpression([(x[c][s][t], 1.0) for s in sites])
        problem.addConstraint(LpConstraint(terms, pulp.LpConstraintEQ, rhs=demand[c][t]))
    for s, t in product(sites, hours):
        terms = LpAffineExpression([*((x[c][s][t], 1.0) for c in companies), (load[s][t], -1.0)])
        problem.addConstraint(LpConstraint(terms, pulp.LpConstraintEQ, rhs=0.0))
    if data.is_capped:
        terms = LpAffineExpression([(load[s][t], kg[s][t]) for s in sites for t in hours])
        problem.addConstraint(LpConstraint(terms, pulp.LpConstraintLE, rhs=data.carbon_cap))
    return problem


def hand_over(problem: pulp.LpProblem) -> Any:
    """PuLP's own way to HiGHS, stopped before the run."""
    solver = pulp.HiGHS(msg=False)
    solver.createAndConfigureSolver(problem)
    solver.buildSolverModel(problem)
    return problem.solverModel


if __name__ == "__main__":
    measured.main({"idiomatic": (idiomatic, hand_over), "fast": (fast, hand_over)})
