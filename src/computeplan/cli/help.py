"""How ``--help`` shows commands by what they are for, and arguments without the names of types."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from typer.core import TyperCommand, TyperGroup

PLAN, UNDERSTAND, STUDY, TOOLS = "Plan", "Understand", "Study", "Tools"
_TYPE = re.compile(r" <[^<>]*>$")


def command_name(command: Callable[..., Any]) -> str:
    """Name a command after its function; the underscore behind a word of Python's own goes."""
    return command.__name__.strip("_").replace("_", "-")


class HelpfulCommand(TyperCommand):
    """A command whose help names its arguments as the usage line does."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """List arguments, then options; the classes of both differ between versions of typer."""
        records: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            if (record := parameter.get_help_record(ctx)) is not None:
                if parameter.param_type_name == "argument":
                    records["Arguments"].append((_TYPE.sub("", record[0]), record[1]))
                else:
                    records["Options"].append(record)
        _write(formatter, records)


class CommandsByUse(TyperGroup):
    """A group that shows its commands under what they are for."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands of each panel, in their order."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        shown = [(name, command) for name, command in commands if command and not command.hidden]
        longest = max((len(name) for name, _ in shown), default=0)
        records: dict[str, list[tuple[str, str]]] = {}
        for name, command in shown:
            panel = getattr(command, "rich_help_panel", None)
            room = formatter.width - longest - 6
            summary = command.get_short_help_str(room)
            records.setdefault(str(panel or "Commands"), []).append((name.ljust(longest), summary))
        _write(formatter, records)


def _write(formatter: Any, records: dict[str, list[tuple[str, str]]]) -> None:
    for title, rows in records.items():
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)
