"""Reads the files a config names: inside its folder only, each once, with a hash of what was read."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from computeplan.config.resolve.faults import Faults
from computeplan.config.words import did_you_mean

FORMATS = (".csv", ".parquet")


@dataclass(frozen=True)
class InputFile:
    """An input beside the config.

    Attributes
    ----------
    path : str
        As the config names it, relative to its folder, with ``/``.
    sha256 : str
        Hash of the bytes that were read.
    bytes : int
        Their number.
    """

    path: str
    sha256: str
    bytes: int


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
    """

    def __init__(self, folder: Path, faults: Faults, memory: Memory) -> None:
        self._folder = folder.resolve()
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
            if place is None:
                return None
            try:
                content = place.read_bytes()
            except OSError as error:
                self._faults.add(path, "a file that can be read", f"{file!r}: {error.strerror or error}")
                return None
            name = Path(os.path.normpath(self._folder / file)).relative_to(self._folder).as_posix()
            about = InputFile(name, hashlib.sha256(content).hexdigest(), len(content))
            self.memory.contents[file] = about, content
        about, content = self.memory.contents[file]
        self._read[about.path] = about
        return about.path, content

    def _place(self, file: str, path: str) -> Path | None:
        """Where the file is, symbolic links resolved; None, and a fault, where it must not be read."""
        try:
            place = (self._folder / file).resolve()
            named = Path(os.path.normpath(self._folder / file))
            inside = all(path.is_relative_to(self._folder) for path in (place, named))
            is_file = place.is_file()
        except (OSError, ValueError, RuntimeError):  # a name too long, with a NUL, or a loop of links
            self._faults.add(path, "the name of a file", repr(file))
            return None
        if not inside:
            hint = "copy the file beside the config"
            self._faults.add(path, "a file inside the config's folder", f"{file!r}, which is outside", hint)
        elif place.suffix.lower() not in FORMATS:
            self._faults.add(path, f"a file of type {' or '.join(FORMATS)}", repr(file))
        elif not is_file:
            self._faults.add(path, "a file that exists", repr(file), self._nearest(file))
        else:
            return place
        return None

    def _nearest(self, file: str) -> str:
        folder = (self._folder / file).parent
        if not folder.is_dir():
            return "its folder does not exist"
        prefix = file[: len(file) - len(Path(file).name)]
        return did_you_mean(file, sorted(prefix + p.name for p in folder.iterdir() if p.suffix in FORMATS))
