"""The config as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Final, Self

from pydantic import Field, StringConstraints, model_validator

from computeplan.config.schema.base import Name, PartName, Section, fault_at, raise_faults
from computeplan.config.schema.horizon import HorizonSection, ObjectiveSection, SolverSection
from computeplan.config.schema.network import NetworkSection, Zone
from computeplan.config.schema.population import Population
from computeplan.config.schema.quantity import PositiveNumber
from computeplan.config.schema.rules import Rule
from computeplan.config.schema.series_field import NamedSeries
from computeplan.config.schema.sites import Cap, Hardware, Site
from computeplan.config.schema.sweep import SweepSection
from computeplan.config.schema.workloads import Workload, WorkloadTable
from computeplan.config.units import DEFAULT_CURRENCY
from computeplan.problem import Split

CURRENCY_PATTERN: Final = r"^[A-Z]{3}$"


class Config(Section):
    """Everything that a plan depends on."""

    name: Name = Field(description="Name of the plan.")
    description: str = Field("", description="Free text.")
    currency: Annotated[str, StringConstraints(strict=True, pattern=CURRENCY_PATTERN)] = Field(
        DEFAULT_CURRENCY, description="Code of the currency of all money, three capital letters."
    )
    horizon: HorizonSection = Field(description="Time that the plan covers.")
    objective: ObjectiveSection = Field(
        default_factory=ObjectiveSection, description="What the plan minimizes."
    )
    split: Split = Field(
        Split.FEW_POOLS,
        description="How interchangeable workloads share work: `few_pools`, each on as few as possible; "
        "`proportional`: each does the same part of its work in every pool.",
    )
    solver: SolverSection = Field(default_factory=SolverSection, description="Which solver finds the plan.")
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
    population: Population | None = Field(None, description="Companies and workloads drawn at random.")
    demand_scale: PositiveNumber = Field(
        1.0,
        description="Factor on all work: demand, and volume and rate of jobs; not on data sets.",
    )
    scenarios: dict[Name, dict[str, Any]] = Field(
        {},
        description="Named overlays: mappings merge into the file, other values replace, null removes a key.",
    )
    sweep: SweepSection | None = Field(None, description="What `computeplan sweep` varies.")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        needed = {"zones": self.zones, "hardware": self.hardware, "sites": self.sites}
        faults = [fault_at((key,), "at least one entry") for key, value in needed.items() if not value]
        if not (self.workloads or self.workload_tables or self.population):
            faults.append(fault_at(("workloads",), "workloads, workload_tables or a population"))
        raise_faults(self, faults)
        return self
