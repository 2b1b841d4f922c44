"""The commands together."""

from __future__ import annotations

from typing import Annotated

import typer

from computeplan.cli.alternatives import alternatives
from computeplan.cli.audit import audit
from computeplan.cli.bench import bench
from computeplan.cli.check import check
from computeplan.cli.compare import compare
from computeplan.cli.explain import explain
from computeplan.cli.export import export
from computeplan.cli.frontier import frontier
from computeplan.cli.help import (
    PLAN,
    STUDY,
    TOOLS,
    UNDERSTAND,
    CommandsByUse,
    HelpfulCommand,
    command_name,
)
from computeplan.cli.import_ import import_
from computeplan.cli.new import new
from computeplan.cli.ranging import ranging
from computeplan.cli.report import report
from computeplan.cli.roll import roll
from computeplan.cli.schedule import schedule
from computeplan.cli.schema import schema
from computeplan.cli.shares import shares
from computeplan.cli.solve import solve
from computeplan.cli.sweep import sweep

EPILOG = (
    "Exit codes: 0 solved, 1 internal error, 2 usage or config, 3 infeasible, "
    "4 limit reached without a plan, 5 audit failed, 6 above --max-gap. "
    "Data goes to stdout, everything else to stderr."
)

app = typer.Typer(
    name="computeplan",
    cls=CommandsByUse,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich would take longer to import than all else that `--help` needs
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)


def _version(wanted: bool) -> None:
    if wanted:
        import computeplan
        from computeplan.cli.terminal import write

        write(f"computeplan {computeplan.__version__}")
        raise typer.Exit


@app.callback()
def computeplan(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Plan which company's computing work runs where and when: cheapest and cleanest, verified."""


COMMANDS = {
    PLAN: (new, check, solve, roll),
    UNDERSTAND: (explain, schedule, shares, compare, report, audit),
    STUDY: (sweep, frontier, ranging, alternatives),
    TOOLS: (import_, export, schema),
}
"""By what they are for, in the order in which one comes to need them."""

for panel, commands in COMMANDS.items():
    for command in commands:
        app.command(command_name(command), cls=HelpfulCommand, rich_help_panel=panel)(command)
app.add_typer(
    bench, name="bench", help="Measure how long planning takes; compare measurements.", rich_help_panel=TOOLS
)
