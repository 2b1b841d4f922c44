"""Solve configs/chongqing.yaml and draw the terminal view of its plan, docs/images/chongqing.svg."""

# ruff: noqa: INP001 - a script beside the pages that it draws for, no package

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from computeplan import api
from computeplan.reports.subjects.plan import describe_plan
from computeplan.reports.terminal import render_terminal

ROOT = Path(__file__).resolve().parents[1]
CONFIG = Path("configs") / "chongqing.yaml"
TARGET = ROOT / "docs" / "images" / "chongqing.svg"
WIDTH = 100


def main() -> None:
    """Write the picture."""
    run = api.solve(ROOT / CONFIG)
    if run.plan.solution is None:
        raise SystemExit(f"{CONFIG} has no plan: {run.plan.status}")
    console = Console(record=True, file=io.StringIO(), width=WIDTH, highlight=False, markup=False)
    console.print(render_terminal(describe_plan(run, run.plan.solution, Path("plans") / CONFIG.stem)))
    svg = console.export_svg(title=f"computeplan solve {CONFIG}")
    # A picture loads no font from elsewhere: the reader's own monospace font will do.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    TARGET.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
