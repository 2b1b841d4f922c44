"""What counts of the costs of several scenarios: their mean, the mean of the worst, the largest regret.

With probabilities p, costs c and the weight ω of the measure,

R(c) = (1 − ω) Σ p_s c_s + ω max { Σ r_s (c_s − reference_s) : Σ r = 1, 0 ≤ r_s ≤ most_s }

most = p / (1 − level) gives the conditional value at risk, most = 1 the largest; the reference is 0 or, for
regret, what the scenario costs if it is known beforehand. So R(c) ≥ Σ q_s c_s − ω Σ r_s reference_s for every
q = (1 − ω) p + ω r: costs that are bounded from below, each by its own bound, bound R.
As a linear program (Rockafellar and Uryasev), ω (ζ + Σ most_s a_s) with a_s ≥ c_s − reference_s − ζ, a ≥ 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.config import RiskSection
from computeplan.problem import Floats
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.vocabulary import RiskMeasure


@dataclass(frozen=True, eq=False)
class Risk(ReadOnlyArrays):
    """A risk measure of the costs of S scenarios."""

    probability: Floats
    """(S,) above 0, in sum 1."""
    weight: float
    """ω, from 0 to 1."""
    most: Floats
    """(S,) largest share of each scenario in the measure."""
    reference: Floats
    """(S,) cost from which each scenario counts."""

    @classmethod
    def of(cls, section: RiskSection, probability: Floats, alone: Floats | None) -> Risk:
        """Make the measure that a config states; `alone` (S,) is what each scenario costs if it is known."""
        probability = probability / probability.sum()
        weight = 0.0 if section.measure is RiskMeasure.EXPECTED else section.weight
        tail = section.measure is RiskMeasure.CVAR
        most = np.minimum(probability / (1.0 - section.level), 1.0) if tail else np.ones(len(probability))
        above = alone if section.measure is RiskMeasure.REGRET else None
        return cls(probability, weight, most, np.zeros(len(probability)) if above is None else above)

    @property
    def in_mean(self) -> Floats:
        """(S,) weight of each scenario's cost in the part that is the mean."""
        return (1.0 - self.weight) * self.probability

    def value(self, costs: Floats) -> float:
        """Measure costs (S,); inf if one of them is."""
        if not np.isfinite(costs).all():
            return np.inf
        return float(self.in_mean @ costs) + self.weight * float(
            self.shares(costs) @ (costs - self.reference)
        )

    def shares(self, costs: Floats) -> Floats:
        """(S,) share r of each scenario in the measure of costs: those that are worst take the most."""
        order = np.argsort(self.reference - costs, kind="stable")
        before = np.cumsum(self.most[order]) - self.most[order]
        shares = np.zeros(len(costs))
        shares[order] = np.clip(1.0 - before, 0.0, self.most[order])
        return shares

    def nearest(self, weights: Floats) -> tuple[Floats, float]:
        """Turn a solver's weights (S,) into a valid q, and give what the references take off."""
        if not self.weight:
            return self.probability, 0.0
        shares = np.clip((weights - self.in_mean) / self.weight, 0.0, self.most)
        room = self.most - shares
        missing = 1.0 - shares.sum()
        shares += room * (missing / room.sum()) if missing > 0 else shares * (missing / shares.sum())
        return self.in_mean + self.weight * shares, self.weight * float(shares @ self.reference)
