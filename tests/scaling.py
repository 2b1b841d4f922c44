"""The same case in other units of money, power and work: its optimum is known from the case itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from builders import Battery, Case, Contract, Demand, Job, Link, Pool, Series, Site
from computeplan.problem import CapMeasure, Goal, RuleMeasure


def scaled(case: Case, *, money: float = 1.0, power: float = 1.0, work: float = 1.0) -> Case:
    """The case where a unit of money, of power or of work is so many of the old ones.

    Prices follow: what one unit·h costs and emits in all is `money / work` of what it was, so that the
    optimum is that of the case times `money`, or for least carbon the same.
    """
    return case.but(
        sites=[_site(site, money, power) for site in case.sites],
        pools=[_pool(pool, money, power, work) for pool in case.pools],
        workloads=[_workload(workload, money, work) for workload in case.workloads],
        contracts=[_contract(contract, money, power) for contract in case.contracts],
        batteries=[_battery(battery, money, power) for battery in case.batteries],
        links=[_link(link, money, power) for link in case.links],
        rules=[
            replace(rule, limit=rule.limit * money) if rule.measure is RuleMeasure.COST else rule
            for rule in case.rules
        ],
        caps=[
            replace(cap, limit=_times(cap.limit, work if cap.measure is CapMeasure.UNITS else power))
            for cap in case.caps
        ],
        carbon_price=case.carbon_price * money,
        budget=case.budget * money,
    )


def factor(case: Case, money: float) -> float:
    """What the optimum is multiplied by."""
    return money if case.goal is Goal.COST else 1.0


def _times(series: Series | None, factor: float) -> Series | None:
    if series is None:
        return None
    return [value * factor for value in series] if isinstance(series, Sequence) else series * factor


def _site(site: Site, money: float, power: float) -> Site:
    return replace(
        site,
        price=_times(site.price, money / power),
        import_limit=site.import_limit * power,
        demand_charge=_times(site.demand_charge, money / power),
        carbon=_times(site.carbon, 1 / power),
        market=_times(site.market, 1 / power),
        hourly=_times(site.hourly, 1 / power),
        water=_times(site.water, 1 / power),
        certificates=site.certificates * power,
        certificate_price=site.certificate_price * money / power,
        opening_price=site.opening_price * money,
    )


def _pool(pool: Pool, money: float, power: float, work: float) -> Pool:
    return replace(
        pool,
        units=pool.units * work,
        min_units=pool.min_units * work,
        price=_times(pool.price, money / work),
        idle_kw=pool.idle_kw * power / work,
        busy_kw=pool.busy_kw * power / work,
        step=pool.step * work,
        new=pool.new * work,
        new_price=pool.new_price * money / work,
        new_kg=pool.new_kg / work,
    )


def _workload(workload: Demand | Job, money: float, work: float) -> Demand | Job:
    priced = replace(
        workload,
        traffic=workload.traffic / work,
        unit_cost={site: cost * money / work for site, cost in workload.unit_cost.items()},
        shortfall_price=workload.shortfall_price * money / work,
        move=workload.move * money / work,
    )
    return replace(priced.times(work), data=workload.data)


def _contract(contract: Contract, money: float, power: float) -> Contract:
    return replace(
        contract,
        # Where the power is chosen, this is its profile, which has no unit.
        available=contract.available if contract.most else _times(contract.available, power),
        price=_times(contract.price, money / power),
        feed_in=_times(contract.feed_in, money / power),
        carbon=contract.carbon / power,
        most=contract.most * power,
        capacity_price=contract.capacity_price * money / power,
    )


def _battery(battery: Battery, money: float, power: float) -> Battery:
    sized = {"power": battery.power * power, "energy": battery.energy * power}
    return replace(battery, price=battery.price * money / power, **sized)


def _link(link: Link, money: float, power: float) -> Link:
    changed = {"price": link.price * money, "lease_price": link.lease_price * money}
    return replace(link, **changed, energy=link.energy * power, carbon=link.carbon / power)
