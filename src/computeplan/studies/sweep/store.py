"""The points of an unfinished sweep on disk: each whole or not at all, so that a killed sweep goes on.

Beside the target folder ``DIR`` stands ``.DIR.unfinished``; it is removed when the sweep is written.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from computeplan.errors import PlanFolderError
from computeplan.lp import Digest
from computeplan.solvers import Basis
from computeplan.studies.sweep.task import Outcome, Trace

IDENTITY = "identity.json"
RESTART = "--restart begins anew and drops what is there"


@dataclass(frozen=True)
class Store:
    """The finished points of a sweep.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    @classmethod
    def beside(cls, target: Path) -> Store:
        """Name the store of the sweep that will be written to `target`."""
        return cls(target.with_name(f".{target.name}.unfinished"))

    def open(self, identity: dict[str, Any], *, restart: bool) -> None:
        """Begin, or go on with the points that are there.

        Parameters
        ----------
        identity : dict
            What the answers depend on, by name.
        restart : bool
            Drop what is there.

        Raises
        ------
        PlanFolderError
            If it holds points of another sweep, or cannot be written.
        """
        with _reported(self.folder):
            if restart:
                shutil.rmtree(self._points, ignore_errors=True)
                (self.folder / IDENTITY).unlink(missing_ok=True)
            if (self.folder / IDENTITY).exists():
                self._check(identity)
                return
            self._points.mkdir(exist_ok=True)
            text = json.dumps(identity, indent=2, ensure_ascii=False)
            _write(self.folder / IDENTITY, text.encode())

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder and keep another run out while this one works at it, where the system can.

        Raises
        ------
        PlanFolderError
            If another run is at work.
        """
        with _reported(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        try:
            import fcntl
        except ImportError:
            yield
            return
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise PlanFolderError(f"another run is at work on this sweep ({self.folder})") from None
        finally:
            os.close(handle)

    def save(self, outcome: Outcome) -> None:
        """Write a finished point."""
        with _reported(self.folder):
            record: dict[str, Any] = {"row": outcome.row, "digest": None}
            if outcome.trace is not None:
                _write(self._file(outcome.index, "bases"), _packed(outcome.trace.bases))
                record["digest"] = asdict(outcome.trace.digest)
            # The row comes last: a point with a row is finished.
            _write(self._file(outcome.index, "json"), json.dumps(record, ensure_ascii=False).encode())

    def done(self) -> set[int]:
        """Give the finished points."""
        return {int(file.stem) for file in self._points.glob("*.json")}

    def row(self, index: int) -> dict[str, Any]:
        """Read what a finished point is worth."""
        return dict(self._record(index)["row"])

    def trace(self, index: int) -> Trace | None:
        """Read what a finished point leaves for those that start from it."""
        found = self._record(index)["digest"]
        if found is None:
            return None
        digest = Digest(**{**found, "shape": tuple(found["shape"])})
        return Trace(digest, _unpacked(self._file(index, "bases").read_bytes()))

    def remove(self) -> None:
        """Remove the store."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _points(self) -> Path:
        return self.folder / "points"

    def _file(self, index: int, kind: str) -> Path:
        return self._points / f"{index:06d}.{kind}"

    def _record(self, index: int) -> dict[str, Any]:
        return dict(json.loads(self._file(index, "json").read_text(encoding="utf-8")))

    def _check(self, identity: dict[str, Any]) -> None:
        try:
            found = json.loads((self.folder / IDENTITY).read_text(encoding="utf-8"))
        except ValueError:
            found = {}
        changed = differences(found, identity)
        if changed:
            raise PlanFolderError(
                f"{self.folder} holds points of a sweep that differs in {changed}; "
                f"--out DIR names another place, {RESTART}"
            )


def differences(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Name what differs between two identities; empty if nothing."""
    keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    return ", ".join(keys)


def _packed(bases: tuple[Basis | None, ...]) -> bytes:
    arrays = {"size": np.array(len(bases))}
    for i, basis in enumerate(bases):
        if basis is not None:
            arrays |= {f"columns{i}": basis.columns, f"rows{i}": basis.rows}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpacked(content: bytes) -> tuple[Basis | None, ...]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return tuple(
            Basis(arrays[f"columns{i}"], arrays[f"rows{i}"]) if f"columns{i}" in arrays else None
            for i in range(int(arrays["size"]))
        )


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(f"{path.suffix}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextlib.contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PlanFolderError(f"{folder} cannot be written: {error.strerror or error}") from error
