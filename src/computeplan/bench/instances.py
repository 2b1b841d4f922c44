"""What is measured: generated instances and the user's own configs, and with which solvers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from computeplan.bench.families import FAMILIES
from computeplan.bench.world import Scale
from computeplan.errors import UsageError
from computeplan.text import expected_one_of
from computeplan.vocabulary import Method

GROWING, SIZES = "companies", (100, 1_000, 10_000)
"""Dimension that grows, and its sizes, where the command line states no other."""


@dataclass(frozen=True)
class Instance:
    """A config to be solved: generated from a family, or the user's own at the path `config`."""

    name: str
    family: str | None = None
    scale: Scale | None = None
    seed: int | None = None
    config: str = ""

    @property
    def ladder(self) -> tuple[str, int | None]:
        """What it shares with smaller and larger ones."""
        return self.family or self.name, self.seed

    def write(self, folder: Path) -> Path:
        """Write a generated config into a folder of its own in `folder`; return the config's path."""
        if self.family is None or self.scale is None or self.seed is None:
            return Path(self.config)
        return FAMILIES[self.family](self.scale, self.seed).write(folder / self.name)

    @staticmethod
    def of(data: dict[str, Any]) -> Instance:
        """Read what `asdict` gave."""
        scale = data["scale"]
        return Instance(**{**data, "scale": Scale(**scale) if isinstance(scale, dict) else None})


def list_instances(
    subjects: Sequence[str], sizes: Mapping[str, str | None], seeds: Sequence[int]
) -> tuple[Instance, ...]:
    """List what is to be measured, each family from its smallest instance up.

    `subjects`: families or paths of configs; all families if empty. `sizes`: by dimension a number, or
    numbers such as ``1,7,28`` for the one that grows. Companies grow as usual if none does and their number
    is not stated. Raises `UsageError` if a subject is neither, a size is no number, or two dimensions grow.
    """
    growing, scales = _scales(sizes)
    found: list[Instance] = []
    for subject in dict.fromkeys(subjects or FAMILIES):
        if subject not in FAMILIES:
            found.append(_own_config(subject))
            continue
        for seed in seeds:
            suffix = f"-seed-{seed}" if len(seeds) > 1 else ""
            for scale in scales:
                name = f"{subject}-{getattr(scale, growing)}-{growing}{suffix}"
                found.append(Instance(name, subject, scale, seed))
    return tuple(found)


def _scales(sizes: Mapping[str, str | None]) -> tuple[str, list[Scale]]:
    """Read the dimension that grows, and the sizes, the smallest first."""
    values = {name: read_numbers(f"--{name}", text) for name, text in sizes.items() if text is not None}
    lists = [name for name, found in values.items() if len(found) > 1]
    if len(lists) > 1:
        stated = " and ".join(f"--{name} {sizes[name]}" for name in lists)
        raise UsageError(path=stated, expected="one list of sizes", hint="give the other a single number")
    base = replace(Scale(), **{name: found[0] for name, found in values.items()})
    growing = lists[0] if lists else GROWING
    return growing, [replace(base, **{growing: size}) for size in sorted(values.get(growing, SIZES))]


def _own_config(subject: str) -> Instance:
    path = Path(subject)
    if path.exists() and not path.is_dir():
        return Instance(name=subject, config=subject)
    raise UsageError(**expected_one_of(("a config", *FAMILIES), subject))


def read_numbers(option: str, text: str) -> list[int]:
    """Read whole numbers from the word of an option, such as ``1,7,28``, each once."""
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = [0]
    if min(found) < 1:
        raise UsageError(path=option, expected="whole numbers from 1, separated by commas", found=repr(text))
    return list(dict.fromkeys(found))


class SolverChoice(NamedTuple):
    """A solver and the algorithm of HiGHS; other solvers have their own."""

    name: str
    method: Method = Method.AUTO

    def __str__(self) -> str:
        return self.name if self.method is Method.AUTO else f"{self.name}:{self.method}"


def read_solvers(texts: Iterable[str]) -> tuple[SolverChoice, ...]:
    """Read solvers such as ``highs``, ``highs:ipm`` or ``highs,cbc``, each once.

    Raises `UsageError` if a word is wrong. Whether there is such a solver shows when it is asked.
    """
    return tuple(dict.fromkeys(_read_solver(word) for text in texts for word in text.split(",")))


def _read_solver(text: str) -> SolverChoice:
    name, _, method = text.partition(":")
    if method not in ("", *Method):
        raise UsageError(
            path=f"--solver {text}", expected=f"a method of {', '.join(Method)}", found=repr(method)
        )
    if name != "highs" and method not in ("", Method.AUTO):
        raise UsageError(f"--solver {text}: only highs has methods", path="--solver")
    return SolverChoice(name, Method(method or Method.AUTO))
