"""Write docs/formulas.md from the catalog of the model, so that the page says what the code builds."""

# ruff: noqa: INP001 - a script beside the pages that it writes, no package

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from textwrap import indent

from computeplan.lp import FAMILIES, VARIABLES

TARGET = Path(__file__).with_name("formulas.md")

HEAD = """\
# The program, family by family

Written from the code by `make docs`; do not edit. [The model](model.md) explains what is modeled; here is how
the linear program is built: each family of variables with its bounds, each family of constraints with its
formula. `computeplan export` writes a program whose columns and rows bear these names and their indices.

In brackets is the shape of a family: workloads W, slots (pairs of workload and period in which it may run),
placements Q (workloads that cost and use the same in every pool), sites S, pools P, caps G, contracts C,
batteries B, links L, rules U, months M, periods T; n where only some combinations exist. A period has Δ hours
and stands for ω periods of real time.
"""


def main() -> None:
    """Write the page."""
    TARGET.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the page, one section for each module of the model."""
    modules = dict.fromkeys(family.module for family in (*VARIABLES.values(), *FAMILIES.values()))
    return HEAD + "".join(_section(module) for module in modules)


def _section(module: str) -> str:
    documentation = import_module(f"computeplan.lp.{module}").__doc__ or ""
    title = documentation.partition("\n")[0].rstrip(".")
    variables = [
        _variables(name, family.formula) for name, family in VARIABLES.items() if family.module == module
    ]
    constraints = [
        _constraint(name, family.formula) for name, family in FAMILIES.items() if family.module == module
    ]
    return f"\n## {title}\n" + ("\n" if variables else "") + "".join((*variables, *constraints))


def _variables(name: str, text: str) -> str:
    return f"* `{name}`: {' '.join(text.split())}\n"


def _constraint(name: str, text: str) -> str:
    first, *paragraphs = text.split("\n\n")
    blocks = (part if part.endswith(".") else indent(part, "    ") for part in paragraphs)
    return f"\n`{name}`: {first}\n\n" + "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    main()
