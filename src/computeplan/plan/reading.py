"""Reads a plan folder; every file is held against the hash that was taken when it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from computeplan.errors import PlanFolderError
from computeplan.plan.contents import PLAN, PROVENANCE, USES, WRITERS


@dataclass(frozen=True)
class PlanFolder:
    """A folder that holds a plan.

    Attributes
    ----------
    path : Path
    provenance : dict
        What ``provenance.json`` says.
    """

    path: Path
    provenance: dict[str, Any]

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, by path inside the folder."""
        hashes: dict[str, str] = self.provenance["files"]
        return hashes

    def read(self, name: str) -> bytes:
        """Read one file.

        Parameters
        ----------
        name : str
            Path inside the folder, with ``/``.

        Raises
        ------
        PlanFolderError
            If it is not there or is not what was written.
        """
        fault = self._fault(name)
        if fault:
            raise PlanFolderError(f"{self.path}: {fault}; solve again, or bring back the file that was there")
        return (self.path / name).read_bytes()

    def faults(self) -> tuple[str, ...]:
        """Name every file that is not what was written, and every file that was not."""
        changed = [self._fault(name) for name in self.hashes]
        there = {path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file()}
        foreign = sorted(there - set(self.hashes) - {PROVENANCE})
        return (*filter(None, changed), *(f"{name} is no file of the plan" for name in foreign))

    def _fault(self, name: str) -> str:
        """Say what is wrong with a file; nothing where it is what was written."""
        if name not in self.hashes:
            return f"{name} is no file of the plan"
        try:
            content = (self.path / name).read_bytes()
        except OSError as error:
            return f"{name} cannot be read: {error.strerror or error}"
        same = sha256(content).hexdigest() == self.hashes[name]
        return "" if same else f"{name} has changed since the plan was written"


def open_folder(path: Path, kind: str | None = PLAN) -> PlanFolder:
    """Find out which files make up a plan.

    Parameters
    ----------
    path : Path
        The folder that was written by ``solve``.
    kind : str, optional
        What it is to hold, as in `write_folder`; None takes any.

    Raises
    ------
    PlanFolderError
        If it is no plan folder.
    """
    try:
        provenance = json.loads((path / PROVENANCE).read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanFolderError(
            f"{path}: expected a {kind or PLAN} folder, got none: {PROVENANCE}: {error.strerror or error}; "
            f"{WRITERS[kind or PLAN]} writes one"
        ) from error
    except ValueError as error:
        raise PlanFolderError(f"{path / PROVENANCE}: expected JSON, got {error}") from error
    _check(path, provenance)
    found = provenance.get("kind", PLAN)
    if kind is not None and found != kind:
        use = USES.get(found, f"{WRITERS[kind]} writes a {kind}")
        raise PlanFolderError(f"{path}: expected a folder with a {kind}, got one with a {found}; {use}")
    return PlanFolder(path, provenance)


def _check(path: Path, provenance: object) -> None:
    files = provenance.get("files") if isinstance(provenance, dict) else None
    names = files if isinstance(files, dict) else {}
    if not names or not all(isinstance(digest, str) for digest in names.values()):
        raise PlanFolderError(f"{path / PROVENANCE}: expected the hashes of a plan's files, got none")
    outside = [name for name in names if Path(name).is_absolute() or ".." in Path(name).parts]
    if outside:
        raise PlanFolderError(f"{path / PROVENANCE}: {outside[0]!r} leads out of the folder")
