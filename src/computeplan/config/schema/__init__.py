"""What a config may hold: one model a section, every field documented with its unit.

Quantities are floats in their documented unit after validation. Money is in the config's currency,
which validation takes from its context: ``Config.model_validate(data, context={"currency": "EUR"})``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Discriminator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import InitErrorDetails

from computeplan.config.schema.base import Name, PartName, Settings, SiteName, fault, fault_at, raise_faults
from computeplan.config.schema.horizon import HorizonSection, ObjectiveSection, SolverSection
from computeplan.config.schema.network import NetworkSection, Zone
from computeplan.config.schema.population import Population
from computeplan.config.schema.quantity import Money, PositiveNumber, Share, Tonnes
from computeplan.config.schema.series import NamedSeries
from computeplan.config.schema.sites import Cap, Hardware, Site
from computeplan.config.schema.sweep import SweepSection
from computeplan.config.schema.uncertainty import BASE, UncertaintySection
from computeplan.config.schema.workloads import MoveSection, Workload, WorkloadTable
from computeplan.config.units import DEFAULT_CURRENCY
from computeplan.problem import Split
from computeplan.text import did_you_mean

Patterns = tuple[Name, ...]


class Selection(Settings):
    """A set of workloads: those that match all keys given; `*` stands for any text."""

    workloads: Patterns | None = Field(None, min_length=1, description="Names of workloads; default all.")
    companies: Patterns | None = Field(None, min_length=1, description="Their companies; default all.")
    tiers: Patterns | None = Field(None, min_length=1, description="Tiers of the companies; default all.")


class ShareRule(Settings):
    """Minimum or maximum share of a set's work that is done at some sites, over the horizon."""

    rule: Literal["share"] = Field(description="Kind of rule.")
    of: Selection = Field(default_factory=Selection, description="The set; default all workloads.")
    sites: tuple[SiteName, ...] = Field(min_length=1, description="Names of sites.")
    least: Share | None = Field(None, description="Minimum share of the work done.")
    most: Share | None = Field(None, description="Maximum share of the work done.")

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.least is None and self.most is None:
            raise_faults(self, [fault_at(("least",), "a share here or under `most`")])
        if self.least is not None and self.most is not None and self.most < self.least:
            raise_faults(self, [fault_at(("most",), f"at least `least`, {self.least:g}")])
        return self


class CompanyRule(Settings):
    """Maximum list cost or emissions of each of some companies, over the horizon.

    The list cost of work is the price of its units, its energy at busy power and the grid's price, its
    traffic and its extra cost; its emissions are those of that energy with the grid's location factor.
    """

    rule: Literal["company"] = Field(description="Kind of rule.")
    companies: Patterns = Field(
        min_length=1, description="Names of companies; the limits hold for each one. `*` stands for any text."
    )
    cost: Money | None = Field(None, description="Maximum list cost, currency.")
    carbon: Tonnes | None = Field(None, description="Maximum emissions, t CO2e.")

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.cost is None and self.carbon is None:
            raise_faults(self, [fault_at(("cost",), "a limit here or under `carbon`")])
        return self


Rule = Annotated[ShareRule | CompanyRule, Discriminator("rule")]
"""A rule on the work of a set of workloads."""


CURRENCY_PATTERN: Final = r"^[A-Z]{3}$"


class Config(Settings):
    """Everything that a plan depends on."""

    format: Literal[1] = Field(1, description="Number of the format of the config.")
    name: Name = Field(description="Name of the plan.")
    description: str = Field("", description="Free text.")
    currency: Annotated[str, StringConstraints(strict=True, pattern=CURRENCY_PATTERN)] = Field(
        DEFAULT_CURRENCY, description="Currency of all money: a code of three capital letters."
    )
    horizon: HorizonSection = Field(description="Time that the plan covers.")
    objective: ObjectiveSection = Field(
        default_factory=ObjectiveSection, description="What the plan minimizes."
    )
    split: Split = Field(
        Split.FEW_POOLS,
        description="How interchangeable workloads share pools: `few_pools`, each uses as few as possible; "
        "`proportional`: each does the same share of its work in every pool.",
    )
    move: MoveSection = Field(
        default_factory=MoveSection,
        description="What moving costs of workloads that do not say it themselves; default nothing.",
    )
    solver: SolverSection = Field(default_factory=SolverSection, description="Solver of the linear program.")
    series: dict[Name, NamedSeries] = Field(
        {}, description="Named series, for any field that takes a series."
    )
    zones: dict[Name, Zone] = Field({}, description="Zones by name; at least one.")
    network: NetworkSection = Field(
        default_factory=NetworkSection, description="Latencies and links between zones."
    )
    hardware: dict[Name, Hardware] = Field({}, description="Kinds of hardware by name; at least one.")
    sites: dict[PartName, Site] = Field({}, description="Sites by name; at least one.")
    caps: dict[Name, Cap] = Field({}, description="Limits on groups of pools by name.")
    rules: dict[Name, Rule] = Field({}, description="Rules on the work of sets of workloads by name.")
    workloads: dict[Name, Workload] = Field({}, description="Workloads by name.")
    workload_tables: tuple[WorkloadTable, ...] = Field((), description="Registers of workloads in files.")
    population: Population | None = Field(None, description="Companies and workloads, drawn at random.")
    demand_scale: PositiveNumber = Field(
        1.0,
        description="Factor on all work: demands, and volumes and rates of jobs; not on data sets.",
    )
    scenarios: dict[Name, dict[str, Any]] = Field(
        {},
        description="Named changes of the file: mappings merge, other values replace, null removes a key.",
    )
    sweep: SweepSection | None = Field(None, description="What `computeplan sweep` varies.")
    uncertainty: UncertaintySection | None = Field(
        None,
        description="Scenarios that may come, for a plan of which some decisions are made before one does.",
    )

    @field_validator("format", mode="before")
    @classmethod
    def _is_known(cls, number: Any) -> Any:
        if type(number) is not int or number != 1:
            raise fault("1", "a later format needs a later version of computeplan")
        return number

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        needed = {"zones": self.zones, "hardware": self.hardware, "sites": self.sites}
        faults = [fault_at((key,), "at least one entry") for key, value in needed.items() if not value]
        if not (self.workloads or self.workload_tables or self.population):
            faults.append(fault_at(("workloads",), "workloads, workload_tables or a population"))
        faults += self._unknown_scenarios()
        raise_faults(self, faults)
        return self

    def _unknown_scenarios(self) -> list[InitErrorDetails]:
        known = {BASE, *self.scenarios}
        uncertain = self.uncertainty.weights if self.uncertainty is not None else {}
        return [
            fault_at(
                ("uncertainty", "weights", name),
                f"the name of a scenario, or `{BASE}` for the file without one",
                did_you_mean(name, sorted(known)),
                repr(name),
            )
            for name in uncertain
            if name not in known
        ]


__all__ = ["Config", "SolverSection"]
