"""What is measured: generated instances and the user's own configs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path

from computeplan.bench.families import FAMILIES
from computeplan.bench.scale import Ladder, Scale
from computeplan.errors import UsageError


@dataclass(frozen=True)
class Instance:
    """A config to be solved.

    Attributes
    ----------
    name : str
        Unique among those that are measured together.
    family : str, optional
        Absent for a config of the user.
    scale : Scale, optional
        With a family.
    seed : int, optional
        With a family.
    config : str
        Path of the user's config; empty with a family.
    """

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
        """Write the config into a folder if it is generated; return its path.

        Parameters
        ----------
        folder : Path
            Of all generated configs; each gets a folder of its own.
        """
        if self.family is None or self.scale is None or self.seed is None:
            return Path(self.config)
        return FAMILIES[self.family](self.scale, self.seed).write(folder / self.name)

    def data(self) -> dict[str, object]:
        """Give what goes into the results."""
        return asdict(self)

    @staticmethod
    def of(data: dict[str, object]) -> Instance:
        """Read what `data` gave."""
        scale = data["scale"]
        return Instance(**{**data, "scale": Scale(**scale) if isinstance(scale, dict) else None})  # type: ignore[arg-type]  # checked by the reader


def instances(subjects: Sequence[str], ladder: Ladder, seeds: Sequence[int]) -> tuple[Instance, ...]:
    """List what is to be measured, each family from its smallest instance up.

    Parameters
    ----------
    subjects : sequence of str
        Families or paths of configs; all families if empty.
    ladder : Ladder
    seeds : sequence of int

    Raises
    ------
    UsageError
        If a subject is neither.
    """
    found: list[Instance] = []
    for subject in dict.fromkeys(subjects or FAMILIES):
        found.extend(_of_family(subject, ladder, seeds) if subject in FAMILIES else [_of_user(subject)])
    return tuple(found)


def _of_family(family: str, ladder: Ladder, seeds: Sequence[int]) -> Iterable[Instance]:
    for seed in seeds:
        for scale, rung in zip(ladder.scales(), ladder.rungs, strict=True):
            suffix = f"-seed-{seed}" if len(seeds) > 1 else ""
            yield Instance(f"{family}-{rung}-{ladder.dimension}{suffix}", family, scale, seed)


def _of_user(subject: str) -> Instance:
    path = Path(subject)
    if path.exists() and not path.is_dir():
        return Instance(name=subject, config=subject)
    close = get_close_matches(subject, FAMILIES, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise UsageError(f"expected a config or one of {', '.join(FAMILIES)}, got {subject!r}{hint}")
