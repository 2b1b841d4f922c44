"""Cost by part and emissions by basis: one shape for a plan, for its sites and for companies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

from computeplan.problem import CarbonBasis, Floats

Amount = TypeVar("Amount", float, Floats)
Other = TypeVar("Other", float, Floats)


@dataclass(frozen=True, eq=False)
class CostParts(Generic[Amount]):
    """Cost by part, currency; a number, or an array with one entry for each row of a table.

    Attributes
    ----------
    usage : price of busy owned and on-demand units
    reserved : price of booked units, used or not
    energy : grid energy
    demand_charge : charge on each month's peak import
    contracts : wind and solar contracts
    network : traffic
    placement : extra cost of work at a site
    new_capacity : annualised cost of units added
    certificates : green certificates
    storage : price of energy discharged from batteries
    opening : fixed cost of optional sites that are open
    """

    usage: Amount
    reserved: Amount
    energy: Amount
    demand_charge: Amount
    contracts: Amount
    network: Amount
    placement: Amount
    new_capacity: Amount
    certificates: Amount
    storage: Amount
    opening: Amount

    @property
    def total(self) -> Amount:
        """Sum of the parts."""
        units = self.usage + self.reserved + self.new_capacity
        energy = self.energy + self.demand_charge + self.contracts + self.certificates + self.storage
        return units + energy + self.network + self.placement + self.opening

    def parts(self) -> dict[str, Amount]:
        """Each part by name, without the total."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def map(self, change: Callable[[Amount], Other]) -> CostParts[Other]:
        """Change each part in the same way."""
        return CostParts(**{name: change(part) for name, part in self.parts().items()})


@dataclass(frozen=True, eq=False)
class Emissions(Generic[Amount]):
    """Emissions on the three bases; kg or t as stated where it stands."""

    location: Amount
    market: Amount
    hourly: Amount

    def on(self, basis: CarbonBasis) -> Amount:
        """Emissions on one basis."""
        return self.bases()[str(basis)]

    def bases(self) -> dict[str, Amount]:
        """Each basis by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def map(self, change: Callable[[Amount], Other]) -> Emissions[Other]:
        """Change each basis in the same way."""
        return Emissions(**{name: change(amount) for name, amount in self.bases().items()})
