"""What stands at a site, by family."""

from __future__ import annotations

from computeplan.bench.families.world import World

Settings = dict[str, object]


def owned(world: World, site: int) -> Settings:
    """Make a site of owned units; in the city more can be rented, so that a plan exists."""
    pools: Settings = {"own": {"hardware": "gpu", "term": "owned", "units": world.units_per_site}}
    if site == 0:
        pools["rent"] = {"hardware": "gpu", "term": "on_demand", "price": 3}
    return {"grid": _grid(site), "pools": pools}


def booked(world: World, site: int) -> Settings:
    """Make a site where units are booked for all hours, or rented dear by the hour."""
    book = {
        "hardware": "gpu",
        "term": "reserved",
        "max_units": world.units_per_site,
        "price": _price(2, site),
    }
    rent = {"hardware": "gpu", "term": "on_demand", "price": _price(5, site)}
    return {"grid": _grid(site), "pools": {"book": book, "rent": rent}}


def complete(world: World, site: int) -> Settings:
    """Make a site with everything: two kinds of hardware, all terms, contracts, a demand charge."""
    units = world.units_per_site
    booked_units = {
        f"{name}-book": {
            "hardware": name,
            "term": "reserved",
            "max_units": units,
            "price": _price(price, site),
        }
        for name, price in (("gpu", 8), ("npu", 5))
    }
    return {
        "grid": {**_grid(site), "demand_charge": "38 CNY/kW/month"},
        "contracts": {
            "wind": _contract("wind", f"{0.2 * units:.6g} kW", "take_or_pay"),
            "solar": _contract("solar", f"{0.2 * units:.6g} kW", "pay_as_used"),
        },
        "pools": {
            "own": {"hardware": "gpu", "term": "owned", "units": units // 4, "availability": 0.95},
            "rent": {"hardware": "gpu", "term": "on_demand", "price": _price(16, site)},
            **booked_units,
        },
    }


def _grid(site: int) -> Settings:
    return {"price": {"series": f"price-{site}"}, "carbon": {"series": f"carbon-{site}"}}


def _contract(source: str, capacity: str, settlement: str) -> Settings:
    return {
        "profile": {"series": source},
        "capacity": capacity,
        "price": "0.35 CNY/kWh",
        "settlement": settlement,
        "carbon": 0,
    }


def _price(base: float, site: int) -> float:
    """Price of a unit and hour; the farther, the cheaper."""
    return round(base * (1 - 0.01 * (site % 10)), 4)
