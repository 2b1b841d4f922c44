"""The file of results: where the numbers come from, every run, and what they come to."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from computeplan.bench.differences import differences
from computeplan.bench.growth import Growth, growths
from computeplan.bench.instances import Instance
from computeplan.bench.machine import commit, machine
from computeplan.bench.profile import Profile, profiles
from computeplan.bench.protocol import Protocol
from computeplan.bench.record import Run
from computeplan.bench.summary import Summary, summarize
from computeplan.errors import UsageError
from computeplan.plan.provenance import created, versions

FORMAT = "computeplan bench 1"
ORIGIN = ("created", "commit", "machine", "versions", "protocol", "planned")


@dataclass
class Results:
    """Runs so far.

    Attributes
    ----------
    origin : dict
        ``created``, ``commit``, ``machine``, ``versions``, ``protocol``, and ``planned`` runs.
    instances : tuple of Instance
    runs : list of Run
    """

    origin: dict[str, Any]
    instances: tuple[Instance, ...]
    runs: list[Run] = field(default_factory=list)

    @staticmethod
    def of(protocol: Protocol) -> Results:
        """Begin results of a protocol, here and now."""
        origin = {
            "created": created(),
            "commit": commit(),
            "machine": machine(),
            "versions": versions(),
            "protocol": protocol.data(),
            "planned": protocol.planned,
        }
        return Results(origin, protocol.instances)

    @property
    def summaries(self) -> list[Summary]:
        """A line for each instance and solver."""
        return summarize(self.runs)

    @property
    def growths(self) -> list[Growth]:
        """How time grows, by family and solver."""
        return growths(self.summaries, self.instances)

    @property
    def profiles(self) -> list[Profile]:
        """How solvers compare."""
        return profiles(self.summaries)

    def data(self) -> dict[str, object]:
        """Give everything, ready for JSON."""
        return {
            "format": FORMAT,
            **self.origin,
            "instances": [instance.data() for instance in self.instances],
            "summary": [summary.data() for summary in self.summaries],
            "growth": [growth.data() for growth in self.growths],
            "profile": [profile.data() for profile in self.profiles],
            "runs": [asdict(run) for run in self.runs],
        }

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all.

        Parameters
        ----------
        path : Path
        """
        write_whole(path, json.dumps(self.data(), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def load_results(path: Path) -> Results:
    """Read a file of results.

    Parameters
    ----------
    path : Path

    Raises
    ------
    UsageError
        If it is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise UsageError(f"{path}: expected results of format {FORMAT!r}, got {data['format']!r}")
        origin = {key: data[key] for key in ORIGIN}
        instances = tuple(Instance.of(instance) for instance in data["instances"])
        found = Results(origin, instances, [Run(**run) for run in data["runs"]])
        # What is computed from them shows whether they are whole.
        found.data()
        differences(origin, origin)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UsageError(f"{path} is no file of results of `computeplan bench`") from error
    return found


def check_target(path: Path) -> None:
    """Make sure that results may be written here: nothing else is overwritten.

    Parameters
    ----------
    path : Path

    Raises
    ------
    UsageError
        If something else is there, or it cannot be written.
    """
    if path.suffix != ".json":
        raise UsageError(f"--out: expected a file ending in .json, got {path}")
    if path.exists():
        load_results(path)
    elif path.with_suffix(".svg").exists():
        raise UsageError(f"{path.with_suffix('.svg')} is there already and is not overwritten")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UsageError(f"{path} cannot be written: no permission to write to {path.parent}")


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place, then put it there.

    Parameters
    ----------
    path : Path
    text : str
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
