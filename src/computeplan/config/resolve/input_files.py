"""Reads the files a config names: where it may only, each once, with a hash of what was read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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


class InputFiles:
    """The files that were read.

    Parameters
    ----------
    folder : Path
        The config's folder.
    faults : Faults
        Receives what is wrong with a file.
    also : sequence of Path
        Other folders from which files may be read.
    """

    def __init__(self, folder: Path, faults: Faults, also: Sequence[Path] = ()) -> None:
        self._folder = folder.resolve()
        self._allowed = (self._folder, *(other.resolve() for other in also))
        self._faults = faults
        self._read: dict[str, InputFile] = {}
        self._contents: dict[str, bytes] = {}

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
        place = self._place(file, path)
        if place is None:
            return None
        named = self._named(file)
        inside = named.is_relative_to(self._folder)
        name = (named.relative_to(self._folder) if inside else place).as_posix()
        if name not in self._contents:
            content = self._content(place, file, path)
            if content is None:
                return None
            digest = hashlib.sha256(content).hexdigest()
            kept = name if inside else f"{OUTSIDE}/{digest[:8]}-{place.name}"
            self._contents[name] = content
            self._read[name] = InputFile(kept, digest, len(content), file)
        return name, self._contents[name]

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
