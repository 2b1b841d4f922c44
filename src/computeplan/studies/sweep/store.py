"""The points of an unfinished sweep on disk: each whole or not at all, so that a killed sweep can continue.

They are in ``.DIR.unfinished`` next to the target folder ``DIR``, and are removed when the sweep is written.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from computeplan.errors import PlanFolderError
from computeplan.files import lock_folder, write_file
from computeplan.lp import Digest
from computeplan.solvers import Basis
from computeplan.studies.sweep.task import Outcome, WarmStart

IDENTITY = "identity.json"
RESTART = "--restart begins anew and drops what is there"


@dataclass(frozen=True)
class PointStore:
    """The finished points of a sweep, in a folder."""

    folder: Path

    @classmethod
    def for_target(cls, target: Path) -> PointStore:
        """Name the store of the sweep that will be written to `target`."""
        # `.` and `..` are no names that a folder next to them could have.
        named = target if target.name not in {"", ".."} else target.resolve()
        return cls(named.with_name(f".{named.name}.unfinished"))

    def open(self, identity: dict[str, Any], *, restart: bool) -> None:
        """Start, or continue with the points that are there.

        `identity` names what the answers depend on. Raise PlanFolderError if the folder holds points of
        another sweep, or cannot be written.
        """
        with _report_errors(self.folder):
            if restart:
                (self.folder / IDENTITY).unlink(missing_ok=True)
            if (self.folder / IDENTITY).exists():
                self._check(identity)
                return
            # Points without an identity are what a run left that was killed while it removed them.
            shutil.rmtree(self._points, ignore_errors=True)
            self._points.mkdir(exist_ok=True)
            text = json.dumps(identity, indent=2, ensure_ascii=False)
            write_file(self.folder / IDENTITY, text.encode())

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and lock it, where the system can; PlanFolderError if another run is at work."""
        lock = contextlib.ExitStack()
        with _report_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.enter_context(lock_folder(self.folder, wait=False))
            except BlockingIOError:
                raise PlanFolderError(
                    f"another run is at work on this sweep ({self.folder})", path=self.folder
                ) from None
        with lock:
            yield

    def save(self, outcome: Outcome) -> None:
        """Write a finished point."""
        with _report_errors(self.folder):
            record: dict[str, Any] = {"row": outcome.row, "digest": None}
            if outcome.start is not None:
                write_file(self._file(outcome.index, "bases"), _pack(outcome.start.bases))
                record["digest"] = asdict(outcome.start.digest)
            # The row comes last: a point with a row is finished.
            write_file(self._file(outcome.index, "json"), json.dumps(record, ensure_ascii=False).encode())

    def done(self) -> set[int]:
        """Return the finished points."""
        return {int(file.stem) for file in self._points.glob("*.json")}

    def row(self, index: int) -> dict[str, Any]:
        """Read the row of a finished point."""
        return dict(self._record(index)["row"])

    def warm_start(self, index: int) -> WarmStart | None:
        """Read what a finished point leaves for those that start from it."""
        found = self._record(index)["digest"]
        if found is None:
            return None
        digest = Digest(**{**found, "shape": tuple(found["shape"])})
        return WarmStart(digest, _unpack(self._file(index, "bases").read_bytes()))

    def remove(self) -> None:
        """Remove the store; if killed halfway, what is left is ignored."""
        with contextlib.suppress(OSError):
            (self.folder / IDENTITY).unlink(missing_ok=True)
            shutil.rmtree(self.folder)

    def remove_left_behind(self) -> None:
        """Remove what a run left that was killed at its very end, unless another run is at work."""
        if self.folder.exists():
            with contextlib.suppress(PlanFolderError), self.locked():
                self.remove()

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
        changed = changed_keys(found, identity)
        if changed:
            raise PlanFolderError(
                f"{self.folder} holds points of a sweep that differs in {changed}",
                path=self.folder,
                hint=f"--out DIR names another place, {RESTART}",
            )


def changed_keys(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Name what differs between two identities; empty if nothing."""
    keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
    return ", ".join(keys)


def _pack(bases: tuple[Basis | None, ...]) -> bytes:
    arrays = {"size": np.array(len(bases))}
    for i, basis in enumerate(bases):
        if basis is not None:
            arrays |= {f"columns{i}": basis.columns, f"rows{i}": basis.rows}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpack(content: bytes) -> tuple[Basis | None, ...]:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return tuple(
            Basis(arrays[f"columns{i}"], arrays[f"rows{i}"]) if f"columns{i}" in arrays else None
            for i in range(int(arrays["size"]))
        )


@contextlib.contextmanager
def _report_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PlanFolderError(
            f"{folder} cannot be written: {error.strerror or error}", path=folder
        ) from error
