"""The frontiers of one config: its tables, and the folder that answers later questions without solving."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from computeplan.errors import PlanFolderError
from computeplan.explain import Reason
from computeplan.plan.folder import write_folder
from computeplan.plan.tables.files import csv_bytes, parquet_bytes
from computeplan.problem import CarbonBasis
from computeplan.studies.baselines import Baseline
from computeplan.studies.frontier.frontier import Frontier, from_data
from computeplan.studies.frontier.words import baseline_rows, frontier_summary, point_rows, segment_rows

if TYPE_CHECKING:
    import polars as pl

FILE = "frontier.json"
"""Holds every digit of the frontiers."""


@dataclass(frozen=True, eq=False)
class FrontierStudy:
    """One frontier for each basis that was asked for.

    Attributes
    ----------
    frontiers : tuple of Frontier
        At least one.
    config : str
        YAML of the config that was solved.
    reasons : tuple of Reason
        Why there is no plan, as far as simple conditions show it.
    provenance : mapping
        Where it comes from; grows into ``provenance.json``.
    baselines : tuple of Baseline
        Plans under simple policies, those that were asked for.
    """

    frontiers: tuple[Frontier, ...]
    config: str
    reasons: tuple[Reason, ...]
    provenance: Mapping[str, object]
    baselines: tuple[Baseline, ...] = ()

    def on(self, basis: CarbonBasis | str) -> Frontier:
        """Give the frontier on a basis.

        Raises
        ------
        KeyError
            If it was not asked for.
        """
        return {str(frontier.basis): frontier for frontier in self.frontiers}[str(basis)]

    def tables(self) -> dict[str, pl.DataFrame]:
        """Make the tables ``points``, ``segments`` and, where asked for, ``baselines``, frames by name."""
        import polars as pl

        tables = frontier_tables(self.frontiers)
        beside = [row for frontier in self.frontiers for row in baseline_rows(frontier, self.baselines)]
        return {**tables, "baselines": pl.DataFrame(beside)} if beside else tables

    def summary(self) -> dict[str, object]:
        """Summarize the study; the same for the same config and solver."""
        return {
            "name": self.frontiers[0].name,
            "frontiers": [frontier_summary(frontier) for frontier in self.frontiers],
            "baselines": [
                row for frontier in self.frontiers for row in baseline_rows(frontier, self.baselines)
            ],
            "reasons": [reason.data() for reason in self.reasons],
        }

    def save(self, folder: str | Path) -> None:
        """Write the study's folder, whole or not at all; an earlier one there is replaced.

        Parameters
        ----------
        folder : str or Path

        Raises
        ------
        PlanFolderError
            If it cannot be written or holds something else.
        """
        write_folder(Path(folder), self._files(), dict(self.provenance))

    def _files(self) -> Iterator[tuple[str, bytes]]:
        yield "config.yaml", self.config.encode()
        data = {"frontiers": [frontier.data() for frontier in self.frontiers]}
        for name, content in ((FILE, data), ("summary.json", self.summary())):
            yield name, f"{json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)}\n".encode()
        for name, frame in self.tables().items():
            yield f"tables/{name}.parquet", parquet_bytes(frame)
            yield f"tables/{name}.csv", csv_bytes(frame)


def frontier_tables(frontiers: Sequence[Frontier]) -> dict[str, pl.DataFrame]:
    """Make the tables of frontiers.

    Parameters
    ----------
    frontiers : sequence of Frontier
    """
    import polars as pl

    traced = [(frontier, frontier.curve) for frontier in frontiers if frontier.curve is not None]
    points = [row for frontier, curve in traced for row in point_rows(frontier, curve)]
    segments = [row for frontier, curve in traced for row in segment_rows(frontier, curve)]
    return {"points": pl.DataFrame(points), "segments": pl.DataFrame(segments)}


def read_frontiers(folder: str | Path) -> tuple[Frontier, ...]:
    """Read the frontiers of a folder that `FrontierStudy.save` wrote.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    PlanFolderError
        If there is none, or it is damaged.
    """
    path = Path(folder) / FILE
    try:
        data: Any = json.loads(path.read_text(encoding="utf-8"))
        return tuple(from_data(each) for each in data["frontiers"])
    except FileNotFoundError:
        raise PlanFolderError(
            f"{folder} holds no frontier ({FILE}); `computeplan frontier CONFIG --out {folder}` writes one"
        ) from None
    except OSError as error:
        raise PlanFolderError(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise PlanFolderError(f"{path} is damaged ({error!r}); trace the frontier again") from error
