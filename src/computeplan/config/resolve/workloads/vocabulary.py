"""What workloads refer to by name: zones, kinds, labels, sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from computeplan.config.resolve.faults import Faults
from computeplan.config.resolve.names import Names
from computeplan.problem import Bools, Floats

ANY_KIND = "any"
"""Kind of workloads that name none, where no hardware has a table."""


@dataclass(frozen=True)
class Vocabulary:
    """Names that workloads use.

    Attributes
    ----------
    zones, kinds, labels, sites : Names
    around : (Z, Z)
        Whether the zone of the column is the zone of the row or encloses it.
    needs_kind : bool
        Whether some hardware has a table of efficiencies, so that workloads must name their kind.
    faults : Faults
        Receives names that are unknown.

    Notes
    -----
    Every method takes the place of what it reads in the config as `path`.
    """

    zones: Names
    kinds: Names
    labels: Names
    sites: Names
    around: Bools
    needs_kind: bool
    faults: Faults

    def zone(self, name: str, path: str) -> int:
        """Index of a zone."""
        return self.zones.find(name, path, self.faults)

    def kind(self, name: str | None, path: str) -> int:
        """Index of a kind."""
        if name is None and self.needs_kind:
            self.faults.add(path, self.kinds.expected, "nothing", self.kinds.hint(""))
            return 0
        return self.kinds.find(name or ANY_KIND, path, self.faults)

    def required_labels(self, names: Iterable[str], path: str) -> Bools:
        """(B,) labels that a site must provide."""
        found = [self.labels.find(name, f"{path}.{i}", self.faults) for i, name in enumerate(names)]
        return self.labels_row([index for index in found if index < len(self.labels)])

    def labels_row(self, indices: list[int]) -> Bools:
        """(B,) the labels with the given indices."""
        row = np.zeros(len(self.labels), bool)
        row[indices] = True
        return row

    def allowed_zones(self, names: Iterable[str] | None, path: str) -> Bools:
        """(Z,) zones in which work may run: those named and those within them; all where none is named."""
        if names is None:
            return np.ones(len(self.zones), bool)
        return self.zones_row(
            [self.zones.find(name, f"{path}.{i}", self.faults) for i, name in enumerate(names)]
        )

    def zones_row(self, indices: list[int]) -> Bools:
        """(Z,) the zones with the given indices, and those within them."""
        row: Bools = np.any(self.around[:, indices], axis=1)
        return row

    def site_costs(self, costs: Mapping[str, float], path: str) -> Floats:
        """(S,) extra cost of a unit·h at each site."""
        row = np.zeros(len(self.sites))
        for name, cost in costs.items():
            row[self.sites.find(name, f"{path}.{name}", self.faults)] = cost
        return row
