"""A smallest problem for each constraint family, and its linear program as text.

``PYTHONPATH=tests python tests/lp/lp_cases.py`` writes the golden files anew; read the difference
before committing it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from builders import Battery, Cap, Case, Contract, Demand, Job, Link, Pool, Rule, Site, on_demand, reserved
from computeplan.grouping import merge
from computeplan.lp import LinearProgram, build
from computeplan.problem import CapMeasure, CarbonBasis, Goal, HorizonEnd, RuleMeasure

GOLDEN = Path(__file__).parent / "golden"

TWO_SITES = (Site("cq", price=0.7, carbon=0.56), Site("xj", price=0.5, carbon=0.6))
TWO_POOLS = (Pool(4, site="cq", busy_kw=1.0), Pool(6, site="xj", busy_kw=1.0, efficiency=0.5))
ROUTE = (Link(("cq", "mid"), bandwidth=9.0, price=0.1), Link(("mid", "xj"), energy=0.2, carbon=0.5))

CASES: dict[str, Case] = {
    "placement": Case(
        periods=2,
        period_h=0.5,
        weights=[2],
        pools=[Pool(4, price=1.0)],
        workloads=[Demand([1, 2], shortfall_price=9.0), Demand([3, 0]), Demand([1, 1], max_delay=0.5)],
    ),
    "deferral": Case(
        periods=4,
        blocks=[2, 2],
        end=HorizonEnd.CYCLIC,
        workloads=[Demand([1, 2, 3, 4], max_delay=1.5), Demand([5, 0, 0, 6], max_delay=1, shortfall_price=9)],
    ),
    "job_volume": Case(
        periods=4,
        blocks=[2, 2],
        weights=[1, 3],
        workloads=[Job(5.0, release=2.0, deadline=9.0, shortfall_price=7.0), Job(2.0, deadline=1.0)],
    ),
    "job_rate": Case(periods=3, workloads=[Job(4.0, release=0.25, deadline=2.5, max_rate=2.0)]),
    "fixed_split": Case(
        periods=2,
        sites=TWO_SITES,
        pools=TWO_POOLS,
        workloads=[Demand([1, 2], fixed=True, shortfall_price=9.0, unit_cost={"xj": 0.3})],
    ),
    "load": Case(
        periods=2,
        pools=[
            Pool(4, availability=[1, 0.5], efficiency={"ai": 2.0}, price=1.0),
            on_demand(price=3.0, availability=[0, 1], efficiency={"ai": 1.0, "web": 1.0}),
        ],
        workloads=[Demand(1, kind="ai"), Demand(2, kind="web")],
    ),
    "booking": Case(
        periods=2,
        weights=[2],
        pools=[reserved(8, min_units=1, price=[1.0, 2.0], availability=[1, 0.5]), Pool(1)],
        workloads=[Demand([3, 2])],
    ),
    "cap": Case(
        periods=2,
        period_h=0.5,
        sites=[Site(pue=1.2)],
        pools=[Pool(4, idle_kw=0.5, busy_kw=1.0), reserved(3, idle_kw=0.5, busy_kw=2.0, availability=0.5)],
        workloads=[Demand(2)],
        caps=[Cap(3, weights={"here/p0": 1.0, "here/p1": 2.0}), Cap([5, 6], measure=CapMeasure.POWER)],
    ),
    "energy_balance": Case(
        periods=2,
        sites=[Site(pue=[1.2, 1.5], price=[0.5, -0.1], import_limit=7.0)],
        pools=[
            Pool(4, idle_kw=0.5, busy_kw=1.0, availability=[1, 0.5]),
            on_demand(idle_kw=0.5, busy_kw=2.0),
            reserved(idle_kw=0.25, busy_kw=1.0),
        ],
        workloads=[Demand(2)],
        contracts=[Contract([3, 0], price=0.3), Contract([1, 2], price=0.2, take_or_pay=True)],
    ),
    "demand_charge": Case(
        periods=3,
        period_h=0.5,
        months=[0, 0, 1],
        sites=[Site(demand_charge=[30, 40]), Site("free")],
        pools=[Pool(2, busy_kw=1.0)],
    ),
    "move": Case(
        periods=4,
        period_h=0.5,
        blocks=[3, 1],
        weights=[2, 1],
        sites=TWO_SITES,
        pools=[*TWO_POOLS, on_demand(site="xj", price=3.0, busy_kw=1.0, efficiency=0.5)],
        workloads=[
            Demand([1, 0, 3, 2], move=0.5, shortfall_price=9.0),
            Demand([2, 2, 1, 1], move=0.5),
            Demand(1),
        ],
    ),
    "launch": Case(
        periods=3,
        pools=[Pool(4), on_demand(price=1.0)],
        workloads=[
            Job(4.0, max_rate=2.0, through=True, whole=True, shortfall_price=9.0),
            Job(4.0, max_rate=2.0, through=True, whole=True, shortfall_price=9.0),
            Job(6.0, deadline=2.0, max_rate=3.0, through=True),
            Job(3.0, max_rate=1.5, through=True),
        ],
    ),
    "run": Case(
        periods=4,
        sites=TWO_SITES,
        pools=TWO_POOLS,
        workloads=[Job(3.0, release=0.5, max_rate=2.0, through=True, unit_cost={"xj": 0.3})],
    ),
    "traffic": Case(
        periods=2,
        sites=TWO_SITES,
        pools=TWO_POOLS,
        links=ROUTE,
        workloads=[
            Demand(1, traffic=0.5),
            Demand([1, 3], fixed=True, traffic=2.0, data=10.0),
            Job(2.0, data=8.0, traffic=1.0),
            Demand(1, zone="xj"),
        ],
    ),
    "carbon_cap": Case(
        periods=2,
        weights=[2],
        sites=TWO_SITES,
        pools=TWO_POOLS,
        links=ROUTE,
        workloads=[Demand(1, traffic=0.5)],
        contracts=[Contract(1, site="xj", price=0.4, carbon=0.01)],
        basis=CarbonBasis.HOURLY,
        carbon_cap=3.0,
        carbon_price=0.08,
    ),
    "cover": Case(
        periods=2,
        sites=TWO_SITES,
        pools=TWO_POOLS,
        contracts=[Contract([2, 0], site="xj", price=0.4, carbon=0.01, take_or_pay=True)],
        basis=CarbonBasis.MARKET,
        carbon_price=0.08,
    ),
    "surplus": Case(
        periods=2,
        weights=[3],
        sites=TWO_SITES,
        pools=TWO_POOLS,
        contracts=[
            Contract([2, 0], site="xj", price=0.4, take_or_pay=True),
            Contract([1, 1], site="xj", price=0.3),
        ],
        basis=CarbonBasis.MARKET,
        carbon_cap=2.0,
    ),
    "budget": Case(
        periods=2,
        weights=[2],
        sites=[Site(price=0.5, demand_charge=3.0, carbon=0.5)],
        pools=[Pool(4, busy_kw=1.0), reserved(2, price=1.0)],
        contracts=[Contract(1, price=0.4, take_or_pay=True)],
        goal=Goal.CARBON,
        budget=20.0,
    ),
    "renewable_share": Case(
        periods=2,
        weights=[2],
        sites=[Site("cq", renewable=0.4), Site("xj")],
        pools=TWO_POOLS,
        contracts=[Contract(1, site="cq", price=0.4), Contract(1, site="xj", price=0.4)],
    ),
    "contracted_power": Case(
        periods=2,
        weights=[2],
        pools=[Pool(4, busy_kw=1.0)],
        contracts=[
            Contract([1, 0.5], price=0.4, most=6.0, capacity_price=9.0),
            Contract([0.5, 1], price=0.3, most=4.0, take_or_pay=True, carbon=0.01),
        ],
        basis=CarbonBasis.MARKET,
        carbon_price=0.08,
    ),
    "sale": Case(
        periods=2,
        period_h=0.5,
        weights=[2],
        sites=[Site(price=0.5, carbon=0.6, renewable=0.3)],
        pools=[Pool(4, busy_kw=1.0)],
        contracts=[
            Contract([3, 0], price=0.3, carbon=0.01, feed_in=[0.4, 0.2]),
            Contract([1, 0.5], price=0.2, take_or_pay=True, most=6.0, capacity_price=9.0, feed_in=0.25),
            Contract(1, price=0.4),
        ],
        basis=CarbonBasis.HOURLY,
        carbon_price=0.08,
    ),
    "leased_bandwidth": Case(
        periods=2,
        sites=TWO_SITES,
        pools=TWO_POOLS,
        links=[Link(("cq", "xj"), bandwidth=2.0, price=0.1, lease=7.0, lease_price=30.0)],
        workloads=[Demand(1, traffic=0.5)],
    ),
    "new_capacity": Case(
        periods=2,
        period_h=0.5,
        sites=[Site(pue=1.2)],
        pools=[Pool(4, idle_kw=0.5, busy_kw=1.0, availability=[1, 0.5], new=3, new_price=8, new_kg=20)],
        workloads=[Demand(2)],
        caps=[Cap(9), Cap([5, 6], measure=CapMeasure.POWER)],
        carbon_price=0.1,
    ),
    "certificates": Case(
        periods=2,
        weights=[3],
        sites=[Site("cq", market=0.5, certificates=40.0, certificate_price=0.03), Site("xj")],
        pools=TWO_POOLS,
        basis=CarbonBasis.MARKET,
        carbon_price=0.08,
    ),
    "storage": Case(
        periods=3,
        period_h=0.5,
        blocks=[2, 1],
        weights=[2, 3],
        sites=[Site(price=[0.2, 0.9, 0.5])],
        pools=[Pool(4, busy_kw=1.0)],
        batteries=[Battery(power=2.0, energy=6.0, efficiency=0.8, price=0.1)],
    ),
    "routing": Case(
        periods=2,
        sites=TWO_SITES,
        pools=TWO_POOLS,
        links=[Link(("cq", "xj"), latency=1, bandwidth=2.0, price=0.1), *ROUTE],
        workloads=[
            Demand([1, 2], traffic=0.5),
            Demand([1, 3], fixed=True, data=10.0),
            Demand(1, traffic=0.5, max_latency=0.5),
        ],
    ),
    "direction": Case(
        periods=3,
        blocks=[2, 1],
        sites=[Site(price=[0.2, -0.1, 0.5])],
        pools=[Pool(4, busy_kw=1.0)],
        batteries=[Battery(power=2.0, energy=1.5, efficiency=0.8, price=0.1), Battery(power=1.0)],
    ),
    "open_battery": Case(
        periods=2,
        period_h=0.5,
        sites=[Site(price=[0.2, 0.9], optional=True, opening_price=2.0), Site("other")],
        pools=[Pool(4, busy_kw=1.0)],
        batteries=[Battery(power=2.0, energy=6.0, efficiency=0.8), Battery(power=2.0, site="other")],
    ),
    "whole": Case(
        periods=2,
        sites=TWO_SITES,
        pools=TWO_POOLS,
        workloads=[Demand([1, 2], whole=True, shortfall_price=9.0), Demand([1, 2], whole=True)],
    ),
    "steps": Case(
        periods=2,
        pools=[reserved(9, step=4, price=1.0), Pool(2, new=5, new_price=3.0, step=2)],
        workloads=[Demand([3, 2])],
    ),
    "rented_steps": Case(
        periods=2,
        period_h=0.5,
        weights=[2],
        pools=[on_demand(10, step=4, price=[1.0, 2.0], availability=[1, 0.5]), Pool(3, price=1.0)],
        workloads=[Demand([3, 2])],
        caps=[Cap(9)],
    ),
    "open_load": Case(
        periods=2,
        sites=[Site(price=0.5, pue=1.5, optional=True, opening_price=20.0)],
        pools=[Pool(4, idle_kw=0.5, busy_kw=1.0), on_demand(3)],
        workloads=[Demand(2, shortfall_price=9.0)],
        caps=[Cap(9, CapMeasure.POWER)],
    ),
    "open_level": Case(
        periods=2,
        sites=[Site(optional=True, opening_price=20.0)],
        pools=[reserved(8, min_units=2, price=1.0), Pool(2, new=5, new_price=3.0)],
        workloads=[Demand(2, shortfall_price=9.0)],
    ),
    "rule": Case(
        periods=2,
        weights=[2],
        sites=[Site("cq", price=0.7, carbon=0.56, pue=1.5), Site("xj", price=0.5, carbon=0.6)],
        pools=[Pool(4, site="cq", busy_kw=1.0, price=2.0), Pool(6, site="xj", busy_kw=1.0, efficiency=0.5)],
        links=[Link(("cq", "xj"), price=0.1, energy=0.2, carbon=0.5)],
        workloads=[
            Demand([1, 2], traffic=0.5),
            Demand([1, 2], traffic=0.5),
            Demand([1, 3], fixed=True, data=10.0, unit_cost={"xj": 0.3}),
        ],
        rules=[
            Rule(0.25, RuleMeasure.LEAST_SHARE, ["xj"], [0]),
            Rule(0.75, RuleMeasure.MOST_SHARE, ["xj"], [0, 1]),
            Rule(9.0, RuleMeasure.COST, workloads=[1, 2]),
            Rule(5.0, RuleMeasure.CARBON, workloads=[2]),
        ],
    ),
}


def text_of(lp: LinearProgram) -> str:
    """The linear program in a form that people and version control can read."""
    columns = lp.column_names()
    lines = ["minimize", _sum(lp.cost, columns, lp.offset), "subject to"]
    rows = _rows(lp)
    for i, name in enumerate(lp.row_names()):
        low, high = lp.row_lower[i], lp.row_upper[i]
        limit = f"= {high:.10g}" if low == high else f"<= {high:.10g}"
        lines.append(f"{name}: {_sum(rows[i], columns)} {limit}")
    bounds = zip(lp.column_lower, columns, lp.column_upper, strict=True)
    if len(lp.integer):
        lines += ["whole numbers", *(columns[i] for i in lp.integer.tolist())]
    lines += ["bounds", *(f"{low:.10g} <= {name} <= {high:.10g}" for low, name, high in bounds)]
    return "\n".join(lines) + "\n"


def _rows(lp: LinearProgram) -> np.ndarray:
    dense = np.zeros((lp.n_rows, lp.n_columns))
    np.add.at(dense, (lp.rows, np.repeat(np.arange(lp.n_columns), np.diff(lp.starts))), lp.values)
    return dense


def _sum(coefficients: np.ndarray, names: list[str], constant: float = 0.0) -> str:
    terms = [f"{c:+.10g} {name}" for c, name in zip(coefficients, names, strict=True) if c]
    return " ".join([*terms, *([f"{constant:+.10g}"] if constant else [])]) or "0"


def golden_text(name: str) -> str:
    return text_of(build(merge(CASES[name].problem())).lp)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for case in CASES:
        (GOLDEN / f"{case}.lp.txt").write_text(golden_text(case), encoding="utf-8")
