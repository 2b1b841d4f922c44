"""What every part of the resolution shares."""

from __future__ import annotations

from dataclasses import dataclass, field

from computeplan.config.resolve.faults import Faults
from computeplan.config.resolve.input_files import InputFiles
from computeplan.problem import Horizon


@dataclass(frozen=True)
class Context:
    """Shared by all parts of one resolution.

    Attributes
    ----------
    horizon : Horizon
    currency : str
        Code of the config's currency.
    files : InputFiles
        Reads the files that the config names.
    faults : Faults
        Receives what is wrong.
    warnings : list of str
        Receives what is read differently than a person may expect.
    """

    horizon: Horizon
    currency: str
    files: InputFiles
    faults: Faults
    warnings: list[str] = field(default_factory=list)
