"""Values of archetypes, given or drawn, for every workload of a population."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from computeplan.config.resolve.workloads.companies import DrawnCompanies
from computeplan.config.resolve.workloads.draws import pick
from computeplan.config.schema.population import Choose
from computeplan.problem import Floats, Ints


class Option(NamedTuple):
    """A value that a field may have, where it stands in the config, and its chance."""

    value: Any
    path: str
    chance: float


def options_of(setting: Any, path: str) -> list[Option]:
    """List the values of a field that is given or chosen."""
    if isinstance(setting, Choose):
        return [
            Option(option.value, f"{path}.choose.{i}.value", option.chance)
            for i, option in enumerate(setting.choose)
        ]
    return [Option(setting, path, 1.0)]


def equal_options(values: Sequence[float], path: str) -> list[Option]:
    """List values of equal chance."""
    return [Option(value, f"{path}.{i}", 1 / len(values)) for i, value in enumerate(values)]


@dataclass(frozen=True, eq=False)
class Rows:
    """Workloads of a population, company by company.

    Attributes
    ----------
    companies : DrawnCompanies
    names : tuple of str
        Of the archetypes.
    company, archetype : (n,)
        Indices of each workload.
    """

    companies: DrawnCompanies
    names: tuple[str, ...]
    company: Ints
    archetype: Ints

    def each(self, values: Iterable[float]) -> Floats:
        """(n,) value of each workload's archetype."""
        by_archetype: Floats = np.array(list(values), float)
        return by_archetype[self.archetype]

    def drawn(self, what: str, options: Sequence[Sequence[Option]]) -> tuple[list[Option], Ints]:
        """Draw an option for each workload.

        Parameters
        ----------
        what : str
            Field, which names the stream of the draws.
        options : sequence of sequences of Option
            For each archetype.

        Returns
        -------
        flat : list of Option
            The options of all archetypes.
        index : (n,)
            Option of each workload.
        """
        index = np.zeros(len(self.company), np.int64)
        flat: list[Option] = []
        for number, (name, choices) in enumerate(zip(self.names, options, strict=True)):
            mine = self.archetype == number
            index[mine] = len(flat)
            if len(choices) > 1:
                draws = self.companies.draw(name, what)[self.company[mine]]
                index[mine] += pick([option.chance for option in choices], draws)
            flat += choices
        return flat, index

    def drawn_numbers(self, what: str, options: Sequence[Sequence[Option]]) -> Floats:
        """(n,) number drawn for each workload; infinity where the option is none."""
        flat, index = self.drawn(what, options)
        numbers = np.array([np.inf if option.value is None else option.value for option in flat], float)
        return numbers[index]
