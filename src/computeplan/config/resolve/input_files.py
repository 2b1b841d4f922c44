"""Reads the files a config names: where it may only, each once, with a hash of what was read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from computeplan.config.regular_file import MIB, NoFileError, TooLargeError, read_regular
from computeplan.config.resolve.faults import Faults
from computeplan.config.words import did_you_mean

FORMATS = (".csv", ".parquet")
MOST_BYTES = 1024 * MIB
"""Largest size of all inputs together."""

OUTSIDE = "outside"
"""Folder in which a plan keeps inputs that came from outside the config's own."""


@dataclass(frozen=True)
class InputFile:
    """An input that a config names.

    Attributes
    ----------
    path : str
        Where a plan keeps it, with ``/``: as the config names it, relative to its folder; a file from
        elsewhere under ``outside/``.
    sha256 : str
        Hash of the bytes that were read.
    bytes : int
        Their number.
    origin : str
        As the config names it.
    """

    path: str
    sha256: str
    bytes: int
    origin: str


@dataclass(frozen=True)
class Memory:
    """Files as they were when they were first read, for a config that is read again with other values.

    Attributes
    ----------
    contents : dict of str to (InputFile, bytes)
        By the name that the config uses.
    tables : dict
        Columns of tables, by file and column names; not pickled.
    """

    contents: dict[str, tuple[InputFile, bytes]] = field(default_factory=dict)
    tables: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[Memory], tuple[dict[str, tuple[InputFile, bytes]]]]:
        """Leave out what can be made again."""
        return Memory, (self.contents,)


class InputFiles:
    """The files that were read.

    Parameters
    ----------
    folder : Path
        The config's folder.
    faults : Faults
        Receives what is wrong with a file.
    memory : Memory
        What it holds is not read again.
    also : sequence of Path
        Other folders from which files may be read.
    """

    def __init__(self, folder: Path, faults: Faults, memory: Memory, also: Sequence[Path] = ()) -> None:
        self._folder = folder.resolve()
        self._allowed = (self._folder, *(other.resolve() for other in also))
        self._faults = faults
        self._read: dict[str, InputFile] = {}
        self.memory = memory

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """Every file read so far, by path."""
        return tuple(self._read[name] for name in sorted(self._read))

    def read(self, file: str, path: str) -> tuple[str, bytes] | None:
        """Read a file.

        Parameters
        ----------
        file : str
            As the config names it, relative to its folder.
        path : str
            Where in the config it is named.

        Returns
        -------
        (str, bytes) or None
            Path as named, relative to the folder, and content; None, and a fault, where it cannot be read.
        """
        if file not in self.memory.contents:
            place = self._place(file, path)
            content = self._content(place, file, path) if place is not None else None
            if place is None or content is None:
                return None
            self.memory.contents[file] = self._about(file, place, content), content
        about, content = self.memory.contents[file]
        self._read[about.path] = about
        return about.path, content

    def _about(self, file: str, place: Path, content: bytes) -> InputFile:
        named, digest = self._named(file), hashlib.sha256(content).hexdigest()
        inside = named.is_relative_to(self._folder)
        kept = (
            named.relative_to(self._folder).as_posix() if inside else f"{OUTSIDE}/{digest[:8]}-{place.name}"
        )
        return InputFile(kept, digest, len(content), file)

    def _content(self, place: Path, file: str, path: str) -> bytes | None:
        used = sum(known.bytes for known in self._read.values())
        try:
            return read_regular(place, MOST_BYTES - used)
        except FileNotFoundError:
            self._faults.add(path, "a file that exists", repr(file), self._nearest(file))
        except NoFileError as error:
            self._faults.add(path, "a file", f"{file!r}, {error.kind}")
        except TooLargeError as error:
            beside = f" beside {used / MIB:,.1f} MiB of other inputs" if used else ""
            self._faults.add(
                path,
                error.expected + beside,
                f"{file!r} of {error.found}",
                "split the config, or leave columns and rows out",
            )
        except OSError as error:
            self._faults.add(path, "a file that can be read", f"{file!r}: {error.strerror or error}")
        return None

    def _named(self, file: str) -> Path:
        """Where the file would be without symbolic links."""
        return Path(os.path.normpath(self._folder / file))

    def _place(self, file: str, path: str) -> Path | None:
        """Where the file is, symbolic links resolved; None, and a fault, where it must not be read."""
        try:
            place = (self._folder / file).resolve()
        except (OSError, ValueError, RuntimeError):  # a name too long, with a NUL, or a loop of links
            self._faults.add(path, "the name of a file", repr(file))
            return None
        # A file inside must be named inside too: a plan keeps it under that name.
        leaves = place.is_relative_to(self._folder) and not self._named(file).is_relative_to(self._folder)
        if leaves or not any(place.is_relative_to(folder) for folder in self._allowed):
            hint = "copy the file beside the config, or allow its folder with --allow-path DIR"
            self._faults.add(path, "a file inside the config's folder", f"{file!r}, which is outside", hint)
        elif place.suffix.lower() not in FORMATS:
            self._faults.add(path, f"a file of type {' or '.join(FORMATS)}", repr(file))
        else:
            return place
        return None

    def _nearest(self, file: str) -> str:
        if "://" in file:
            return "nothing is fetched: save it beside the config"
        folder = (self._folder / file).parent
        if not folder.is_dir():
            return "its folder does not exist"
        prefix = file[: len(file) - len(Path(file).name)]
        return did_you_mean(file, sorted(prefix + p.name for p in folder.iterdir() if p.suffix in FORMATS))
