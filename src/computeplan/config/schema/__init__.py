"""What a config may hold: one model a section, every field documented with its unit.

Quantities are floats in their documented unit after validation. Money is in the config's currency,
which validation takes from its context: ``Config.model_validate(data, context={"currency": "EUR"})``.
"""

from computeplan.config.schema.base import Section
from computeplan.config.schema.horizon import Block, HorizonSection, ObjectiveSection, SolverSection
from computeplan.config.schema.network import (
    LatencyConvention,
    LatencyFile,
    Lease,
    Link,
    NetworkSection,
    Zone,
)
from computeplan.config.schema.population import (
    Archetype,
    Choose,
    ConstantLaw,
    DrawnJob,
    Law,
    LognormalLaw,
    Option,
    ParetoLaw,
    Population,
    Tier,
    UniformLaw,
)
from computeplan.config.schema.quantity import Quantity
from computeplan.config.schema.root import Config
from computeplan.config.schema.rules import CompanyRule, Rule, Selection, ShareRule
from computeplan.config.schema.series import (
    Day,
    DaySeries,
    FileSeries,
    HourRange,
    SeriesRef,
    Tariff,
    TariffRule,
    TariffSeries,
)
from computeplan.config.schema.series_field import Series, SeriesForm
from computeplan.config.schema.sites import (
    Cap,
    Contract,
    GridCarbon,
    GridSection,
    Hardware,
    NewUnits,
    OnDemandPool,
    OwnedPool,
    Pool,
    PowerCap,
    ReservedPool,
    Site,
    UnitsCap,
)
from computeplan.config.schema.workloads import TABLE_FIELDS, Job, TableDefaults, Workload, WorkloadTable

__all__ = [
    "TABLE_FIELDS",
    "Archetype",
    "Block",
    "Cap",
    "Choose",
    "CompanyRule",
    "Config",
    "ConstantLaw",
    "Contract",
    "Day",
    "DaySeries",
    "DrawnJob",
    "FileSeries",
    "GridCarbon",
    "GridSection",
    "Hardware",
    "HorizonSection",
    "HourRange",
    "Job",
    "LatencyConvention",
    "LatencyFile",
    "Law",
    "Lease",
    "Link",
    "LognormalLaw",
    "NetworkSection",
    "NewUnits",
    "ObjectiveSection",
    "OnDemandPool",
    "Option",
    "OwnedPool",
    "ParetoLaw",
    "Pool",
    "Population",
    "PowerCap",
    "Quantity",
    "ReservedPool",
    "Rule",
    "Section",
    "Selection",
    "Series",
    "SeriesForm",
    "SeriesRef",
    "ShareRule",
    "Site",
    "SolverSection",
    "TableDefaults",
    "Tariff",
    "TariffRule",
    "TariffSeries",
    "Tier",
    "UniformLaw",
    "UnitsCap",
    "Workload",
    "WorkloadTable",
    "Zone",
]
