"""What a measured process is asked to do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

ASKED, ANSWER = "job.json", "answer.json"
"""Files in the folder of a job."""


@dataclass(frozen=True)
class Job:
    """One solve of one config.

    Attributes
    ----------
    config : str
        Path; empty to see only whether the solver is there.
    solver, method : str
    threads : int, optional
    scenario : str, optional
    overrides : tuple of str
    allow_paths : tuple of str
        Folders that the config may read files from, beside its own.
    """

    config: str
    solver: str
    method: str = "auto"
    threads: int | None = None
    scenario: str | None = None
    overrides: tuple[str, ...] = ()
    allow_paths: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Put the job into a folder."""
        (folder / ASKED).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def read(folder: Path) -> Job:
        """Read the job of a folder."""
        data = json.loads((folder / ASKED).read_text(encoding="utf-8"))
        lists = {name: tuple(data[name]) for name in ("overrides", "allow_paths")}
        return Job(**{**data, **lists})
