"""Arguments and options that several commands share, alone and in blocks.

A command takes a block as one parameter; `flat_signature` shows typer its fields, and `gather_blocks` puts
what the user typed back together.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from computeplan.cli import completion, terminal
from computeplan.errors import UsageError
from computeplan.text import expected_one_of
from computeplan.vocabulary import Method, Policy

if TYPE_CHECKING:
    from computeplan.runs.loaded import Loaded

ALL = "all"
"""Every choice of an option at once."""


def choice(*flags: str, among: Iterable[str], help: str) -> Any:  # noqa: A002 - named as typer names it
    """Make an option that takes one of some words."""
    words = [str(word) for word in among]

    def parse(text: str) -> str:
        if text not in words:
            raise typer.BadParameter(str(UsageError(**expected_one_of(words, text))))
        return text

    metavar = f"[{'|'.join(words)}]"
    return typer.Option(
        *flags, metavar=metavar, parser=parse, autocompletion=lambda: words, help=help, show_default=False
    )


Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The YAML config.", show_default=False)]
Scenario = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        autocompletion=completion.scenarios,
        help="Overlay of the config's `scenarios` to apply.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        autocompletion=completion.settings,
        help="Replace one value: sites.hami.pue=1.2.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
AllowPaths = Annotated[
    list[Path] | None,
    typer.Option("--allow-path", metavar="DIR", help="Folder outside the config's whose files it may read."),
]
Solver = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="highs, clarabel, staircase, auto, cbc or any other that PuLP finds."),
]
TimeLimit = Annotated[float | None, typer.Option(metavar="S", help="Seconds for the solver, above 0.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show the log: each stage, and what the solver says itself.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show nothing but the answer, and errors.")]
Own = Annotated[
    list[str] | None,
    typer.Option(
        "--solver-option",
        metavar="NAME=VALUE",
        help="One of the solver's own options, such as random_seed=7 of HiGHS; may be repeated.",
    ),
]
Threads = Annotated[int | None, typer.Option(metavar="N", min=1, help="Most threads for the solver.")]
Algorithm = Annotated[
    Method | None, typer.Option("--method", metavar=f"[{'|'.join(Method)}]", help="Algorithm of HiGHS.")
]
MaxGap = Annotated[
    str | None,
    typer.Option(
        "--max-gap",
        metavar="SHARE",
        help="End with exit code 6 unless the plan is proved to be at most so far above the optimum: 1%.",
    ),
]
Baselines = Annotated[
    list[str] | None,
    choice("--baselines", among=[*Policy, ALL], help="Compare with simple policies too, may be repeated."),
]


@dataclass(frozen=True)
class Overlay:
    """What is laid over a config, and where else it may read files."""

    scenario: Scenario = None
    overrides: Overrides = None
    allow_paths: AllowPaths = None

    def load(self, config: Path) -> Loaded:
        """Read a config and show what in it looks wrong."""
        with terminal.working("reading the config"):
            from computeplan import api

            loaded = api.load(config, **self.arguments())
        for warning in loaded.warnings:
            terminal.note(f"warning: {warning}")
        return loaded

    def arguments(self) -> dict[str, Any]:
        """Give the arguments by which the functions of `computeplan.api` take this."""
        return {
            "scenario": self.scenario,
            "overrides": tuple(self.overrides or ()),
            "allow_paths": tuple(self.allow_paths or ()),
        }

    def folder(self, parent: str, config: Path) -> Path:
        """Name a folder after the config and the scenario; what no file name may hold becomes ``-``."""
        from computeplan.files import portable_name

        name = config.stem if self.scenario is None else f"{config.stem}-{self.scenario}"
        return Path(parent) / portable_name(re.sub(r"[^\w.-]", "-", name).lstrip(".") or "plan")

    def stated(self) -> list[str]:
        """List the options that the user typed."""
        typed = {"--set": self.overrides, "--allow-path": self.allow_paths, "--scenario": self.scenario}
        return [option for option, value in typed.items() if value]


@dataclass(frozen=True)
class SolverFlags:
    """How the user wants the solver to work; what is not stated is as the config says."""

    solver: Solver = None
    time_limit: TimeLimit = None
    threads: Threads = None
    method: Algorithm = None
    solver_option: Own = None

    def stated(self) -> dict[str, Any]:
        """Give the fields of the solver's options that the user stated."""
        typed = {
            "name": self.solver,
            "time_limit_s": self.time_limit,
            "threads": self.threads,
            "method": self.method,
            "options": _read_options(self.solver_option) if self.solver_option else None,
        }
        return {name: value for name, value in typed.items() if value is not None}


def _read_options(typed: Sequence[str]) -> dict[str, Any]:
    """Read ``NAME=VALUE`` with values as in a config."""
    from computeplan.config.yaml.text import read_scalar

    found = {}
    for text in typed:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise UsageError(path="--solver-option", expected="NAME=VALUE", found=repr(text))
        found[name.strip()] = read_scalar(value.strip())
    return found


def read_share(option: str, text: str | None, most: float = inf) -> float | None:
    """Read a share such as ``0.1%`` or ``0.001``, below `most`."""
    if text is None:
        return None
    number, percent = text.strip().removesuffix("%"), text.strip().endswith("%")
    try:
        share = float(number) / (100 if percent else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share < most:
        raise UsageError(path=option, expected="a share such as 0.1% or 0.001", found=repr(text))
    return share


def named_policies(chosen: Iterable[str] | None) -> list[str]:
    """Name the policies that were chosen; all of them for `ALL`."""
    names = list(chosen or ())
    return list(Policy) if ALL in names else names


@dataclass(frozen=True)
class LoudnessFlags:
    """How much a command says on stderr; every command takes it."""

    verbose: Verbose = False
    quiet: Quiet = False


def read_loudness(typed: Mapping[str, Any]) -> terminal.Loudness:
    """Read how much is to be said."""
    if typed["verbose"] and typed["quiet"]:
        raise UsageError(path="--quiet", expected="either it or --verbose", found="both")
    if typed["quiet"]:
        return terminal.Loudness.QUIET
    return terminal.Loudness.VERBOSE if typed["verbose"] else terminal.Loudness.USUAL


def flat_signature(command: Callable[..., Any]) -> inspect.Signature:
    """Give the signature of a command with the fields of its blocks in place of the blocks."""
    signature = inspect.signature(command, eval_str=True)
    loudness = inspect.Parameter("loudness", inspect.Parameter.KEYWORD_ONLY, annotation=LoudnessFlags)
    stated = [*signature.parameters.values(), loudness]
    parameters = [flat for parameter in stated for flat in _flatten(parameter)]
    return signature.replace(parameters=sorted(parameters, key=lambda parameter: parameter.kind))


def gather_blocks(command: Callable[..., Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Put what the user typed into the blocks that a command takes."""
    found = {}
    for name, parameter in inspect.signature(command, eval_str=True).parameters.items():
        block = parameter.annotation
        if is_dataclass(block) and isinstance(block, type):
            found[name] = block(**{field.name: typed[field.name] for field in fields(block)})
        else:
            found[name] = typed[name]
    return found


def _flatten(parameter: inspect.Parameter) -> Iterator[inspect.Parameter]:
    block = parameter.annotation
    if not (is_dataclass(block) and isinstance(block, type)):
        yield parameter
        return
    types = get_type_hints(block, include_extras=True)
    for field in fields(block):
        yield inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=types[field.name],
        )
