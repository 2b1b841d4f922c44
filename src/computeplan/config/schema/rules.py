"""Rules on the work of sets of workloads."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, model_validator

from computeplan.config.schema.base import Name, Section, SiteName, fault_at, raise_faults
from computeplan.config.schema.quantity import Money, Share, Tonnes

Patterns = tuple[Name, ...]


class Selection(Section):
    """A set of workloads: those that match everything given; `*` stands for any text."""

    workloads: Patterns | None = Field(None, min_length=1, description="Names of workloads; default all.")
    companies: Patterns | None = Field(None, min_length=1, description="Their companies; default all.")
    tiers: Patterns | None = Field(None, min_length=1, description="Tiers of the companies; default all.")


class ShareRule(Section):
    """Least or most share of a set's work that is done at some sites, over the horizon."""

    rule: Literal["share"] = Field(description="Kind of rule.")
    of: Selection = Field(default_factory=Selection, description="The set; default all workloads.")
    sites: tuple[SiteName, ...] = Field(min_length=1, description="Names of sites.")
    least: Share | None = Field(None, description="Least share of the work done.")
    most: Share | None = Field(None, description="Most share of the work done.")

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.least is None and self.most is None:
            raise_faults(self, [fault_at(("least",), "a share here or under `most`")])
        if self.least is not None and self.most is not None and self.most < self.least:
            raise_faults(self, [fault_at(("most",), f"at least `least`, {self.least:g}")])
        return self


class CompanyRule(Section):
    """Most list cost or emissions of the work of each of some companies, over the horizon.

    The list cost of work is the price of its units, its energy at busy power and the grid's price, its
    traffic and its extra cost; its emissions are those of that energy with the grid's location factor.
    """

    rule: Literal["company"] = Field(description="Kind of rule.")
    companies: Patterns = Field(
        min_length=1, description="Names of companies, each with the limits for itself; `*` is any text."
    )
    cost: Money | None = Field(None, description="Most list cost, currency.")
    carbon: Tonnes | None = Field(None, description="Most emissions, t CO2e.")

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.cost is None and self.carbon is None:
            raise_faults(self, [fault_at(("cost",), "a limit here or under `carbon`")])
        return self


Rule = Annotated[ShareRule | CompanyRule, Discriminator("rule")]
"""A rule on the work of a set of workloads."""
