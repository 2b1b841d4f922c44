"""Write a page for each command, docs/commands/NAME.md, and their list from what `--help` says."""

# ruff: noqa: INP001 - a script beside the pages that it writes, no package

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from computeplan.cli.app import COMMANDS, app
from computeplan.cli.help import command_name

FOLDER = Path(__file__).with_name("commands")

SEE = {
    "new": "[tutorial](../tutorial.md)",
    "check": "[the config](../config.md)",
    "solve": "[the plan folder](../plan_folder.md), [the model](../model.md)",
    "roll": "[again next week](../howto/roll.md)",
    "explain": "[when no plan exists](../howto/infeasible.md)",
    "audit": "[reliability](../reliability.md)",
    "report": "[the report](../report.md)",
    "sweep": "[studies](../studies.md), [sweeps and clusters](../howto/sweeps.md)",
    "frontier": "[frontier and break-even](../howto/frontier.md)",
    "ranging": "[studies](../studies.md)",
    "alternatives": "[what good plans share](../howto/alternatives.md)",
    "import": "[data of other systems](../howto/import.md)",
    "export": "[to your systems](../howto/export.md)",
    "schema": "[the config](../config.md)",
    "bench": "[measure](../benchmark.md)",
}


def pages() -> dict[str, str]:
    """Write the pages by file name."""
    rows, found = [], {}
    for panel, commands in COMMANDS.items():
        for command in commands:
            name = command_name(command)
            found[f"{name}.md"] = _page(name)
            rows.append(f"| {panel} | [{name}]({name}.md) | {_summary(_help(name))} |")
    found["bench.md"] = _page("bench")
    rows.append(f"| Tools | [bench](bench.md) | {_summary(_help('bench'))} |")
    head = (
        "# Commands\n\nWritten from `--help` by `make docs`; do not edit.\n\n| | command | |\n|---|---|---|\n"
    )
    return {"index.md": head + "\n".join(rows) + "\n", **found}


def _page(name: str) -> str:
    shown = _help(name)
    see = f"\nMore: {SEE[name]}.\n" if name in SEE else ""
    return f"# computeplan {name}\n\n{_summary(shown)}\n\n```text\n{shown}\n```\n{see}"


def _help(name: str) -> str:
    shown = CliRunner().invoke(app, [name, "--help"], prog_name="computeplan", env={"COLUMNS": "100"})
    return shown.stdout.rstrip()


def _summary(shown: str) -> str:
    paragraphs = re.split(r"\n\s*\n", shown)
    return " ".join(paragraphs[1].split()) if len(paragraphs) > 1 else ""


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
