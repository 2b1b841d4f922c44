"""Reads the files that a config names, each once, with a hash of what was read.

Only regular files in allowed folders are read, up to a size limit: pipes and devices may never end.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

from computeplan.errors import Faults, UsageError
from computeplan.files import portable_name
from computeplan.text import did_you_mean

MIB = 1024**2

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


class NoFileError(Exception):
    """A path leads to something other than a file, its `kind`, such as ``a pipe``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"expected a file, got {kind}")


class TooLargeError(Exception):
    """A file is larger than the limit."""

    def __init__(self, most_bytes: int, n_bytes: int) -> None:
        self.expected, self.found = f"at most {most_bytes / MIB:,.0f} MiB", f"{n_bytes / MIB:,.1f} MiB"
        super().__init__(f"expected {self.expected}, got {self.found}")


def read_regular(path: Path, most_bytes: int) -> bytes:
    """Read a regular file of at most `most_bytes`.

    Raises `NoFileError` if it is a folder, a pipe or a device. Raises `TooLargeError`, `OSError`.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        raise NoFileError(next((kind for is_kind, kind in _KINDS if is_kind(mode)), "something else"))
    with path.open("rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise TooLargeError(most_bytes, max(path.stat().st_size, len(content)))
    return content


FORMATS = (".csv", ".parquet")
MOST_BYTES = 1024 * MIB
"""Most bytes of all inputs together."""

OUTSIDE = "outside"
"""Folder in which a plan keeps inputs from outside the config's folder."""


@dataclass(frozen=True)
class InputFile:
    """A file that a config names."""

    path: str
    """Where a plan keeps it, with ``/``: relative to the config's folder, or under ``outside/`` if it comes
    from another folder or has a name that some systems do not take."""
    sha256: str
    """Hash of the bytes read."""
    bytes: int
    origin: str
    """As the config names it."""
    unread: tuple[str, ...] = ()
    """Columns of a register that no field reads."""


@dataclass(frozen=True)
class Memory:
    """Files as first read, by the name that the config uses, for a config that is loaded again."""

    contents: dict[str, tuple[InputFile, bytes]] = field(default_factory=dict)
    tables: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)
    """Columns of tables, by file and column names; not pickled."""

    def __reduce__(self) -> tuple[type[Memory], tuple[dict[str, tuple[InputFile, bytes]]]]:
        """Leave out the tables, which can be read again from the contents."""
        return Memory, (self.contents,)


def allowed_folders(paths: Sequence[str | Path]) -> tuple[Path, ...]:
    """Return folders from which files may be read; a `UsageError` if one is not a folder."""
    folders = tuple(map(Path, paths))
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(path="allowed path", expected="a folder", found=repr(str(folder)))
    return folders


class InputFiles:
    """Reads the files of a config and keeps a list of them.

    `memory`: files in it are not read again. `also`: other folders from which files may be read.
    """

    def __init__(self, folder: Path, faults: Faults, memory: Memory, also: Sequence[Path] = ()) -> None:
        self._folder = folder.resolve()
        self._allowed = (self._folder, *(other.resolve() for other in also))
        self._faults = faults
        self._read: dict[str, InputFile] = {}
        self.memory = memory

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """The files read so far, by path."""
        return tuple(self._read[name] for name in sorted(self._read))

    def note_unread(self, file: str, columns: Sequence[str]) -> None:
        """Keep the columns of a file that nothing reads."""
        about = self.memory.contents[file][0]
        self._read[about.path] = replace(self._read[about.path], unread=tuple(columns))

    def read(self, file: str, path: str) -> tuple[str, bytes] | None:
        """Read a file by the name that the config uses; None after a fault.

        Returns the path under which a plan keeps it, and its content.
        """
        if file not in self.memory.contents:
            place = self._real_path(file, path)
            content = self._read_content(place, file, path) if place is not None else None
            if place is None or content is None:
                return None
            self.memory.contents[file] = self._describe(file, place, content), content
        about, content = self.memory.contents[file]
        self._read.setdefault(about.path, about)
        return about.path, content

    def _describe(self, file: str, place: Path, content: bytes) -> InputFile:
        named, digest = self._named_path(file), hashlib.sha256(content).hexdigest()
        kept = f"{OUTSIDE}/{digest[:8]}-{portable_name(place.name)}"
        if named.is_relative_to(self._folder):
            inside = named.relative_to(self._folder)
            if all(part == portable_name(part) for part in inside.parts):
                kept = inside.as_posix()
        return InputFile(kept, digest, len(content), file)

    def _read_content(self, place: Path, file: str, path: str) -> bytes | None:
        used = sum(known.bytes for known in self._read.values())
        try:
            return read_regular(place, MOST_BYTES - used)
        except FileNotFoundError:
            self._faults.add(path, "a file that exists", repr(file), self._missing_hint(file))
        except NoFileError as error:
            self._faults.add(path, "a file", f"{file!r}, {error.kind}")
        except TooLargeError as error:
            others = f" with {used / MIB:,.1f} MiB of other inputs" if used else ""
            self._faults.add(
                path,
                error.expected + others,
                f"{file!r} of {error.found}",
                "split the config, or leave columns and rows out",
            )
        except OSError as error:
            self._faults.add(path, "a file that can be read", f"{file!r}: {error.strerror or error}")
        return None

    def _named_path(self, file: str) -> Path:
        """Return the path as named, without following symbolic links."""
        return Path(os.path.normpath(self._folder / file))

    def _real_path(self, file: str, path: str) -> Path | None:
        """Return the real path; None, after a fault, if it must not be read."""
        try:
            place = (self._folder / file).resolve()
            if not place.exists():  # names are composed when a config is read, not those of files
                other = (self._folder / normalize("NFD", file)).resolve()
                place = other if other.exists() else place
        except (OSError, ValueError, RuntimeError):  # a name too long, one with a NUL, or a loop of links
            self._faults.add(path, "the name of a file", repr(file))
            return None
        # A file inside must be named inside too: a plan keeps it under that name.
        leaves = place.is_relative_to(self._folder) and not self._named_path(file).is_relative_to(
            self._folder
        )
        if leaves or not any(place.is_relative_to(folder) for folder in self._allowed):
            hint = "copy the file next to the config, or allow its folder with --allow-path DIR"
            self._faults.add(path, "a file inside the config's folder", f"{file!r}, which is outside", hint)
        elif place.suffix.lower() not in FORMATS:
            self._faults.add(path, f"a file of type {' or '.join(FORMATS)}", repr(file))
        else:
            return place
        return None

    def _missing_hint(self, file: str) -> str:
        if "://" in file:
            return "nothing is fetched: save it next to the config"
        folder = (self._folder / file).parent
        if not folder.is_dir():
            return "its folder does not exist"
        prefix = file[: len(file) - len(Path(file).name)]
        return did_you_mean(file, sorted(prefix + p.name for p in folder.iterdir() if p.suffix in FORMATS))
