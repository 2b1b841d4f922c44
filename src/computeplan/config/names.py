"""Names and the indices they stand for: lookups, wildcards, and what workloads refer to by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from computeplan.config.yaml.places import matches
from computeplan.errors import Faults
from computeplan.problem import Bools, Floats
from computeplan.text import did_you_mean, some_names


class Names:
    """Names of one sort of thing, in order.

    `what`: one of them in words, such as ``a zone``. `is_open`: whether looking up an unknown name adds it.
    """

    def __init__(self, what: str, names: Iterable[str], *, is_open: bool = False) -> None:
        self._what = what
        self._index = {name: i for i, name in enumerate(names)}
        self._is_open, self._known = is_open, len(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def __getitem__(self, name: str) -> int:
        return self._index[name]

    @property
    def expected(self) -> str:
        """What a fault about an unknown name expects."""
        return f"the name of {self._what}"

    def position(self, name: str) -> int:
        """Return the index of a name, -1 if it is unknown."""
        if self._is_open:
            self._index.setdefault(name, len(self._index))
        return self._index.get(name, -1)

    @property
    def added(self) -> tuple[str, ...]:
        """Names that were unknown when they were looked up."""
        return tuple(self._index)[self._known :]

    def hint(self, name: str) -> str:
        """Suggest what a wrong name may have meant."""
        return did_you_mean(name, tuple(self._index)[: self._known])

    def find(self, name: str, path: str, faults: Faults) -> int:
        """Return the index of a name; if it is unknown, add a fault and return 0."""
        position = self.position(name)
        if position < 0:
            faults.add(path, self.expected, repr(name), self.hint(name))
            return 0
        return position


def matching_names(pattern: str, path: str, names: tuple[str, ...], expected: str, faults: Faults) -> Bools:
    """(n,) which names match a pattern, in which ``*`` stands for any text; a fault if there are none."""
    found = np.array([matches(pattern, name) for name in names], bool)
    if not found.any():
        faults.add(path, expected, repr(pattern), did_you_mean(pattern, dict.fromkeys(names)))
    return found


OTHER = "other"
"""Key of `unit_cost` for the sites that it does not name."""
_MOST_LISTED = 5

ANY_KIND = "any"
"""Kind of workloads that name none, where no hardware has a table."""


@dataclass(frozen=True)
class NameIndex:
    """The names that workloads refer to: zones, kinds, labels and sites."""

    zones: Names
    kinds: Names
    labels: Names
    sites: Names
    around: Bools
    """(Z, Z) whether the zone of the column is the zone of the row or encloses it."""
    needs_kind: bool
    """Whether some hardware has a table of efficiencies, so that workloads must name their kind."""
    faults: Faults
    without_cost: dict[str, list[str]] = field(default_factory=dict)
    """Paths of `unit_cost` that name no cost for some sites, by these sites."""

    def zone(self, name: str, path: str) -> int:
        """Return the index of a zone."""
        return self.zones.find(name, path, self.faults)

    def kind(self, name: str | None, path: str) -> int:
        """Return the index of a kind."""
        if name is None and self.needs_kind:
            self.faults.add(path, self.kinds.expected, "nothing", self.kinds.hint(""))
            return 0
        return self.kinds.find(name or ANY_KIND, path, self.faults)

    def required_labels(self, names: Iterable[str], path: str) -> Bools:
        """(B,) labels that the site must provide."""
        found = [self.labels.find(name, f"{path}.{i}", self.faults) for i, name in enumerate(names)]
        return self.labels_row([index for index in found if index < len(self.labels)])

    def labels_row(self, indices: list[int]) -> Bools:
        """(B,) labels with the given indices."""
        row = np.zeros(len(self.labels), bool)
        row[indices] = True
        return row

    def allowed_zones(self, names: Iterable[str] | None, path: str) -> Bools:
        """(Z,) zones where work may run: those named and those within them; all if None."""
        if names is None:
            return np.ones(len(self.zones), bool)
        return self.zones_row(
            [self.zones.find(name, f"{path}.{i}", self.faults) for i, name in enumerate(names)]
        )

    def zones_row(self, indices: list[int]) -> Bools:
        """(Z,) zones with the given indices, and those within them."""
        row: Bools = np.any(self.around[:, indices], axis=1)
        return row

    def site_costs(self, costs: Mapping[str, float], path: str) -> Floats:
        """(S,) extra cost at each site, money per unit·h; `OTHER` stands for those that are not named."""
        rest = costs.get(OTHER, 0.0) if OTHER not in self.sites else 0.0
        row = np.full(len(self.sites), rest)
        named = [name for name in costs if name != OTHER or OTHER in self.sites]
        for name in named:
            row[self.sites.find(name, f"{path}.{name}", self.faults)] = costs[name]
        if 0 < len(named) == len(costs) and (missing := [site for site in self.sites if site not in costs]):
            self.without_cost.setdefault(some_names(missing), []).append(path)
        return row

    def warnings(self) -> list[str]:
        """Return a line for each kind that no table knows, and for sites whose extra cost is left out."""
        unknown = list(self.kinds.added) if self.needs_kind else []
        hint = "only hardware without a table runs it, at efficiency 1"
        lines = [
            f"kind {kind!r}: no efficiency table knows it, {hint}; {self.kinds.hint(kind)}"
            for kind in unknown[:_MOST_LISTED]
        ]
        if len(unknown) > _MOST_LISTED:
            lines.append(
                f"kinds of work: no efficiency table knows {len(unknown) - _MOST_LISTED:,} more of them"
            )
        return lines + [
            f"{some_names(paths)}: the cost at {sites} is left out and counts as 0; `{OTHER}` sets it"
            for sites, paths in list(self.without_cost.items())[:_MOST_LISTED]
        ]
