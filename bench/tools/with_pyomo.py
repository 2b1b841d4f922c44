"""The problem in Pyomo: rules and its HiGHS interface, or lists of terms and its standard form as arrays."""

from __future__ import annotations

from typing import Any

import measured
import numpy as np
import pyomo.environ as pyo
import scipy.sparse  # noqa: F401  Pyomo would import it while the clock runs
from instance import Instance
from pyomo.contrib.appsi.solvers import Highs
from pyomo.core.expr.numeric_expr import LinearExpression
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler


def idiomatic(data: Instance) -> pyo.ConcreteModel:
    m = _variables(data)
    demand, work_cost, load_cost, kg = data.demand, data.work_cost, data.load_cost, data.load_kg
    m.cost = pyo.Objective(
        expr=sum(work_cost[c, s] * m.x[c, s, t] for c in m.C for s in m.S for t in m.T)
        + sum(load_cost[s, t] * m.site_load[s, t] for s in m.S for t in m.T)
    )
    m.demand = pyo.Constraint(m.C, m.T, rule=lambda m, c, t: sum(m.x[c, s, t] for s in m.S) == demand[c, t])
    m.loads = pyo.Constraint(
        m.S, m.T, rule=lambda m, s, t: sum(m.x[c, s, t] for c in m.C) - m.site_load[s, t] == 0
    )
    if data.is_capped:
        m.carbon = pyo.Constraint(
            expr=sum(kg[s, t] * m.site_load[s, t] for s in m.S for t in m.T) <= data.carbon_cap
        )
    return m


def fast(data: Instance) -> pyo.ConcreteModel:
    m = _variables(data)
    demand = data.demand.tolist()
    x, load = list(m.x.values()), list(m.site_load.values())
    companies, sites, hours = data.shape
    here, block = sites * hours, companies * sites * hours
    cost = np.append(np.repeat(data.work_cost.ravel(), hours), data.load_cost.ravel()).tolist()
    m.cost = pyo.Objective(expr=_terms(cost, x + load))
    ones, column = [1.0] * sites, [1.0] * companies + [-1.0]

    def serve(_: Any, c: int, t: int) -> Any:
        return _terms(ones, x[c * here + t : (c + 1) * here : hours]), demand[c][t]

    def carry(_: Any, s: int, t: int) -> Any:
        return _terms(column, [*x[s * hours + t : block : here], load[s * hours + t]]), 0.0

    m.demand = pyo.Constraint(m.C, m.T, rule=serve)
    m.loads = pyo.Constraint(m.S, m.T, rule=carry)
    if data.is_capped:
        m.carbon = pyo.Constraint(expr=(None, _terms(data.load_kg.ravel().tolist(), load), data.carbon_cap))
    return m


def by_interface(model: pyo.ConcreteModel) -> Any:
    solver = Highs()
    solver.set_instance(model)
    highs = solver._solver_model  # noqa: SLF001  the interface does not show the solver it fills
    highs.setOptionValue("output_flag", False)
    return highs


def by_arrays(model: pyo.ConcreteModel) -> Any:
    form = LinearStandardFormCompiler().write(model, mixed_form=True)
    matrix, sense = form.A.tocsc(), np.array([row.bound_type for row in form.rows])
    columns = ([v.lb for v in form.columns], [np.inf if v.ub is None else v.ub for v in form.columns])
    rows = (np.where(sense == 1, -np.inf, form.rhs), np.where(sense == -1, np.inf, form.rhs))
    return measured.pass_arrays(
        form.c.toarray().ravel(),
        tuple(np.array(bound, float) for bound in columns),
        rows,
        (matrix.indptr[:-1], matrix.indices, matrix.data),
    )


def _variables(data: Instance) -> pyo.ConcreteModel:
    m = pyo.ConcreteModel()
    m.C, m.S, m.T = (pyo.RangeSet(0, n - 1) for n in data.shape)
    m.x = pyo.Var(m.C, m.S, m.T, bounds=(0, None))
    capacity = data.capacity.tolist()
    m.site_load = pyo.Var(m.S, m.T, bounds=lambda _, s, t: (0, capacity[s][t]))
    return m


def _terms(coefficients: list[float], variables: list[Any]) -> LinearExpression:
    return LinearExpression(constant=0.0, linear_coefs=coefficients, linear_vars=variables)


if __name__ == "__main__":
    measured.main({"idiomatic": (idiomatic, by_interface), "fast": (fast, by_arrays)})
