"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The YAML config.", show_default=False)]
Scenario = Annotated[
    str | None, typer.Option(metavar="NAME", help="Overlay of the config's `scenarios` to apply.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Replace one value: sites.hami.pue=1.2."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
AllowPaths = Annotated[
    list[Path] | None,
    typer.Option("--allow-path", metavar="DIR", help="Folder outside the config's whose files it may read."),
]
