"""A config that is read many times with other values: its text is parsed and its files are read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from computeplan.config.load import LoadedConfig, load_document
from computeplan.config.resolve.input_files import Memory
from computeplan.config.yaml_source import Document, read_document
from computeplan.errors import ConfigError, Fault


@dataclass(frozen=True, eq=False)
class ConfigReader:
    """One state of a config file and of the files that it names, whatever becomes of them on disk.

    It can be pickled, and loaded on a machine that has none of the files.

    Attributes
    ----------
    folder : Path
        The config's folder.
    document : Document
        The parsed file.
    memory : Memory
        The files read so far.
    """

    folder: Path
    document: Document
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def open(cls, path: Path) -> ConfigReader:
        """Read a config file.

        Parameters
        ----------
        path : Path

        Raises
        ------
        ConfigError
        """
        return cls(path.parent, read_document(path))

    def load(self, *, scenario: str | None = None, overrides: Sequence[str] = ()) -> LoadedConfig:
        """Check the config and make its problem; the same as `load_config`.

        Parameters
        ----------
        scenario : str, optional
        overrides : sequence of str

        Raises
        ------
        ConfigError
        """
        return load_document(
            self.document, self.folder, scenario=scenario, overrides=overrides, memory=self.memory
        )

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the file's scenarios."""
        data = self.document.data
        found = data.get("scenarios") if isinstance(data, dict) else None
        return tuple(found) if isinstance(found, dict) else ()

    def read_text(self, file: str, path: str) -> str:
        """Read a text file inside the config's folder.

        Parameters
        ----------
        file : str
            Relative to the folder.
        path : str
            Where in the config it is named.

        Raises
        ------
        ConfigError
        """
        place = self.folder / file
        try:
            if not place.resolve().is_relative_to(self.folder.resolve()):
                raise ConfigError([Fault(path, "a file inside the config's folder", repr(file))])
            return place.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise ConfigError([Fault(path, "a CSV file in UTF-8", repr(file))]) from None
        except OSError as error:
            found = f"{file!r}: {error.strerror or error}"
            raise ConfigError([Fault(path, "a file that can be read", found)]) from None
