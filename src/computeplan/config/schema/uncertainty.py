"""The section `uncertainty`: what may come, what is decided before it is known, and which risk counts."""

from __future__ import annotations

from math import fsum
from typing import Final, Self

from pydantic import Field, model_validator

from computeplan.config.schema.base import Name, Settings, fault_at, raise_faults
from computeplan.config.schema.quantity import Share
from computeplan.vocabulary import FirstDecision, PlanForm, RiskMeasure

BASE: Final = "base"
"""Name of the file without a scenario."""
WEIGHT_TOLERANCE = 1e-6
"""Largest distance of the sum of all weights from 1."""


class RiskSection(Settings):
    """What of the costs of all scenarios is minimized: (1 − weight) · expected cost + weight · measure."""

    measure: RiskMeasure = Field(
        RiskMeasure.EXPECTED,
        description="`expected`: the mean cost; `cvar`: the mean of the worst cases; `worst`: the highest "
        "cost; `regret`: the most that a scenario costs above its own best plan.",
    )
    level: Share = Field(
        0.8, description="Of `cvar`: share of the cases that are not among the worst, below 1."
    )
    weight: Share = Field(1.0, description="Share of the measure; the rest is the expected cost.")

    @model_validator(mode="after")
    def _is_used(self) -> Self:
        given = self.model_fields_set
        expected = self.measure is RiskMeasure.EXPECTED
        faults = []
        if "level" in given and self.measure is not RiskMeasure.CVAR:
            faults.append(fault_at(("level",), "no level, which only `cvar` has"))
        if self.level == 1:
            faults.append(fault_at(("level",), "a share below 1", found="1"))
        if "weight" in given and expected:
            faults.append(fault_at(("weight",), "no weight: the expected cost is all that counts"))
        raise_faults(self, faults)
        return self


class UncertaintySection(Settings):
    """What is decided before it is known which scenario comes, and what may come."""

    weights: dict[Name, Share] = Field(
        min_length=1,
        description="Probability of each scenario that may come; they add up to 1. `base` is the file "
        "without a scenario. A scenario of weight 0 is left out.",
    )
    decide_first: tuple[FirstDecision, ...] = Field(
        tuple(FirstDecision),
        description="Kinds of decisions that are the same in all scenarios, as they are made before it is "
        "known which one comes; default all of them. Everything else is decided scenario by scenario.",
    )
    risk: RiskSection = Field(default_factory=RiskSection, description="What is minimized.")
    method: PlanForm = Field(
        PlanForm.AUTO,
        description="`extensive`: one program of all scenarios; `decomposition`: one for each, solved again "
        "and again, not with whole numbers; `auto`: by size.",
    )
    gap: Share = Field(1e-4, description="Relative gap at which the decomposition ends.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = fsum(self.weights.values())
        faults = []
        if abs(total - 1) > WEIGHT_TOLERANCE:
            hint = f"divide each by {total:.6g}" if total > 0 else "give each scenario its probability"
            faults.append(fault_at(("weights",), "weights that add up to 1", hint, f"{total:.6g} in sum"))
        raise_faults(self, faults)
        return self

    @property
    def scenarios(self) -> dict[str, float]:
        """Weights of the scenarios that can come."""
        return {name: weight for name, weight in self.weights.items() if weight > 0}
