"""Reads a plan folder; every file is held against the hash that was taken when it was written.

Nothing in a folder is trusted: whatever it holds, reading it ends with an error that names the place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import NoneType
from typing import Any

from computeplan.errors import PlanFolderError
from computeplan.files import leads_outside, read_file
from computeplan.folder.contents import FORMAT, PLAN, PROVENANCE, SEAL, USES, WRITERS
from computeplan.text import shown_value, some_names

ANY = "*"
"""Key of a shape that stands for every key."""

MOST = 1e15
"""Numbers in a record are smaller."""

ORIGIN = {"created": str, "config": {"path": str, "scenario": (str, NoneType), "set": [str]}}
"""What every folder says of its origin: types, lists of one, and mappings by key."""

PLAN_ORIGIN = {
    "config": {"sha256": str},
    "versions": {ANY: str},
    "inputs": [{"path": str, "origin": str, "sha256": str}],
    "options": {
        "name": str,
        "method": str,
        "time_limit_s": (float, int, NoneType),
        "threads": (int, NoneType),
        "options": (dict, NoneType),
    },
    "times_s": {ANY: (float, int)},
}
"""What a plan's folder says besides."""

AGAIN = "solve again, or bring back the file that was there"
MOST_NAMED = 8
"""Folders inside another that a message names."""


@dataclass(frozen=True)
class PlanFolder:
    """A folder that holds a plan."""

    path: Path
    provenance: dict[str, Any]
    """What ``provenance.json`` says."""

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, by path inside the folder."""
        hashes: dict[str, str] = self.provenance["files"]
        return hashes

    @property
    def kind(self) -> str:
        """What the folder holds."""
        return str(self.provenance.get("kind", PLAN))

    def read(self, name: str) -> bytes:
        """Read one file by its path inside the folder, with ``/``.

        Raises `PlanFolderError` if it is not there or is not what was written.
        """
        content, fault = self._read(name)
        if fault:
            raise PlanFolderError(f"{self.path}: {fault}", path=self.path, hint=AGAIN)
        return content

    def read_changed(self, name: str) -> bytes:
        """Read one file, whether or not it is what was written."""
        try:
            return read_file(self.path / name)
        except (OSError, ValueError) as error:
            raise PlanFolderError(f"{name} cannot be read: {reason(error)}", path=name) from error

    def read_json(self, name: str) -> Any:
        """Read one file as JSON, if it is what was written."""
        return parse_json(self.path / name, self.read(name))

    def check_origin(self) -> None:
        """Make sure that the record says of its origin what is read from it.

        Raises `PlanFolderError`.
        """
        for shape in (ORIGIN, PLAN_ORIGIN) if self.kind == PLAN else (ORIGIN,):
            if misfit := _misfit("", self.provenance, shape):
                raise PlanFolderError(
                    f"{self.path / PROVENANCE}: {misfit}", path=self.path / PROVENANCE, hint=AGAIN
                )

    def faults(self) -> tuple[str, ...]:
        """Name every file that is not what was written, and everything else that is in the folder."""
        changed = [fault for name in self.hashes if (fault := self._read(name)[1])]
        foreign = [f"{name} is no {kind} of the plan" for name, kind in self.foreign().items()]
        return (*filter(None, [seal_fault(self.provenance)]), *changed, *foreign)

    def foreign(self) -> dict[str, str]:
        """Find what is no part of the folder, and whether it is a file or a folder; links are files."""
        own = {PROVENANCE, *self.hashes}
        folders = {parent for name in own for parent in Path(name).parents}
        found: dict[str, str] = {}
        for path in sorted(self.path.rglob("*")):
            name = path.relative_to(self.path)
            is_folder = path.is_dir() and not path.is_symlink()
            if name not in folders and name.as_posix() not in own and name.parent in folders:
                found[name.as_posix()] = "folder" if is_folder else "file"
        return found

    def _read(self, name: str) -> tuple[bytes, str]:
        """Read a file, and say what is wrong with it; nothing where it is what was written."""
        if name not in self.hashes:
            return b"", f"{name} is no file of the plan"
        try:
            content = self.read_changed(name)
        except PlanFolderError as error:
            return b"", str(error)
        same = sha256(content).hexdigest() == self.hashes[name]
        return content, "" if same else f"{name} has changed since the plan was written"


def open_folder(path: Path, kind: str | None = PLAN) -> PlanFolder:
    """Find out which files make up a plan, or what else `kind` names; None takes any.

    Raises `PlanFolderError` if it is no such folder, or its record has changed.
    """
    found = find_folder(path, kind)
    if fault := seal_fault(found.provenance):
        raise PlanFolderError(f"{path}: {fault}", path=path, hint=AGAIN)
    found.check_origin()
    return found


def find_folder(path: Path, kind: str | None = PLAN) -> PlanFolder:
    """Open a folder whose record may have changed.

    Raises `PlanFolderError` if it is no such folder, or its record cannot be one.
    """
    record = path / PROVENANCE
    try:
        provenance = parse_json(record, read_file(record))
    except (OSError, ValueError) as error:
        expected = f"the folder of a {kind or 'plan, a sweep or a frontier'}"
        hint = _folders_inside(path) or f"{WRITERS[kind or PLAN]} writes one"
        raise PlanFolderError(path=path, expected=expected, found=_found(path, error), hint=hint) from error
    _check_format(record, provenance)
    _check_files(record, provenance)
    found = PlanFolder(path, provenance)
    if kind is not None and found.kind != kind:
        use = USES.get(found.kind, f"{WRITERS[kind]} writes a {kind}")
        raise PlanFolderError(
            path=path, expected=f"a folder with a {kind}", found=f"one with a {found.kind}", hint=use
        )
    return found


@contextmanager
def blame_folder(saved: PlanFolder) -> Iterator[None]:
    """Report what goes wrong where a study's folder is interpreted as a fault of its files.

    Raises `PlanFolderError`.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise PlanFolderError(
            path=saved.path,
            expected=f"a {saved.kind} of this version",
            found=repr(error),
            hint="make it again",
        ) from error


def parse_json(path: Path, content: bytes) -> Any:
    """Read JSON; what is none, or is nested too deep to be read, is an error that names the file."""
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PlanFolderError(path=path, expected="JSON", found=error) from error


def reason(error: Exception) -> str:
    """Say why a file cannot be read."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def add_seal(record: Mapping[str, object]) -> dict[str, object]:
    """Add the hash of all that a record says."""
    content = {key: value for key, value in record.items() if key != SEAL}
    return {**content, SEAL: sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}


def seal_fault(record: Mapping[str, object]) -> str:
    """Say whether a record is not what was written."""
    if SEAL not in record and "format" not in record:
        return ""  # both came with the first numbered format
    try:
        is_written = add_seal(record)[SEAL] == record.get(SEAL)
    except RecursionError:
        is_written = False
    return "" if is_written else f"{PROVENANCE} has changed since it was written"


def _found(path: Path, error: Exception) -> str:
    """Say what is there instead of the folder of a plan."""
    if not path.exists():
        return "no such folder"
    if not path.is_dir():
        return "a file"
    is_missing = isinstance(error, FileNotFoundError)
    return f"one without {PROVENANCE}" if is_missing else f"{PROVENANCE}: {reason(error)}"


def _folders_inside(path: Path) -> str:
    """Name the folders of plans and studies that a folder holds."""
    try:
        names = sorted(each.name for each in path.iterdir() if (each / PROVENANCE).is_file())
    except OSError:
        return ""
    return f"it holds {some_names(names, MOST_NAMED)}: name one of them" if names else ""


def _check_format(path: Path, provenance: object) -> None:
    """Refuse the folder of a later version; one that states no format is older than formats."""
    record = provenance if isinstance(provenance, dict) else {}
    number = record.get("format", FORMAT)
    if isinstance(number, bool) or number not in range(FORMAT + 1):
        raise PlanFolderError(
            path=path,
            expected=f"a folder of format {FORMAT}",
            found=shown_value(number),
            hint=f"it was written by computeplan {written_by(record)}, use that version or a later one",
        )


def written_by(record: Mapping[str, Any]) -> str:
    """Name the version of computeplan that wrote a folder."""
    made_by = record.get("versions")
    return str(made_by.get("computeplan", "unknown")) if isinstance(made_by, dict) else "unknown"


def _check_files(path: Path, provenance: object) -> None:
    files = provenance.get("files") if isinstance(provenance, dict) else None
    names = files if isinstance(files, dict) else {}
    if not names or not all(isinstance(digest, str) for digest in names.values()):
        raise PlanFolderError(path=path, expected="the hashes of a plan's files", found="none")
    outside = [name for name in names if leads_outside(name)]
    if outside:
        raise PlanFolderError(f"{path}: {outside[0]!r} leads out of the folder", path=path)


def _misfit(where: str, value: Any, shape: Any) -> str:
    """Say where data has another shape; nothing where it fits."""
    inner: list[tuple[str, Any, Any]] = []
    if isinstance(shape, dict):
        fits = isinstance(value, dict)
        keys = value if fits and ANY in shape else shape
        inner = [(f"{where}.{key}", value.get(key), shape.get(key, shape.get(ANY))) for key in keys if fits]
    elif isinstance(shape, list):
        fits = isinstance(value, list)
        inner = [(f"{where}.{place}", each, shape[0]) for place, each in enumerate(value if fits else ())]
    else:
        fits = isinstance(value, shape) and not isinstance(value, bool)
        fits = fits and (not isinstance(value, int | float) or abs(value) < MOST)
    if not fits:
        return f"{where.strip('.')}: expected another value than {shown_value(value)}"
    return next((misfit for part in inner if (misfit := _misfit(*part))), "")
