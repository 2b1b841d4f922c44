"""Changes the source in one place at a time and sees whether a test notices: `make mutants`.

Mutations are those of cosmic-ray that a slip of the pen could make. Each mutant of a sample runs the tests of
its area in a copy of the source, at most three times as long as they take unchanged. The last line counts.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import ClassVar

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).parents[2]
LEAST_KILLED = 0.9

KNOWN = ("tests/report/test_known_numbers.py", "tests/report/test_goldens.py")
AREAS = {
    "accounts": ("tests/plan/test_accounts.py", "tests/plan/test_statements.py", "tests/closed_form", *KNOWN),
    "prices": ("tests/plan/test_dual_bound.py", "tests/plan_folder/test_limit_prices.py", *KNOWN),
    "studies/ranging": (*KNOWN, *map(str, sorted(ROOT.glob("tests/studies/test_ranging*.py")))),
    "reports": (
        *KNOWN,
        *(f"tests/report/test_{name}.py" for name in ("blocks", "views", "study_html", "html", "figures")),
        "tests/bench_command/test_bench_tables.py",
        "tests/bench_command/test_charts.py",
    ),
    "explanations": ("tests/explain", *KNOWN),
    "config/resolve": ("tests/config", "tests/report/test_known_numbers.py"),
}
"""Tests that run for mutants of a package, those that notice most first."""

BINARY = "Add_Sub Sub_Add Mul_Div Div_Mul FloorDiv_Mul Mod_Mul"
COMPARISON = "Lt_LtE LtE_Lt Gt_GtE GtE_Gt Lt_Gt Gt_Lt LtE_GtE GtE_LtE Eq_NotEq NotEq_Eq Is_IsNot IsNot_Is"
UNARY = "Delete_USub Delete_Not"
LOGIC = "AndWithOr OrWithAnd TrueWithFalse FalseWithTrue"
NAMES = [
    *(f"ReplaceBinaryOperator_{pair}" for pair in BINARY.split()),
    *(f"ReplaceComparisonOperator_{pair}" for pair in COMPARISON.split()),
    *(f"ReplaceUnaryOperator_{name}" for name in UNARY.split()),
    *(f"Replace{pair}" for pair in LOGIC.split()),
    *("AddNot", "NumberReplacer", "ZeroIterationForLoop"),
]


class SwapExtremes(Operator):
    """Takes the least for the greatest, and the other way round."""

    OTHERS: ClassVar = {"max": "min", "min": "max", "maximum": "minimum", "minimum": "maximum"}

    def mutation_positions(self, node: parso.tree.NodeOrLeaf) -> Iterator[tuple]:
        """Find the names of functions that have another."""
        if node.type == "name" and node.value in self.OTHERS:
            yield node.start_pos, node.end_pos

    def mutate(self, node: parso.tree.NodeOrLeaf, _index: int) -> parso.tree.NodeOrLeaf:
        """Write the other name."""
        node.value = self.OTHERS[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple:
        """Give none: cosmic-ray tests its own with them."""
        return ()


@dataclass(frozen=True)
class Mutant:
    """One change of a module."""

    area: str
    module: Path
    operator: Operator
    occurrence: int

    def source(self) -> tuple[str, str]:
        """Give the module as it is and changed.

        Raises
        ------
        ValueError
            If nothing is changed: an unchanged or empty module would count as a mutant.
        """
        text = (ROOT / self.module).read_text(encoding="utf-8")
        changed = mutate_code(text, self.operator, self.occurrence)
        if changed is None or changed == text:
            name = type(self.operator).__name__
            raise ValueError(f"{self.module}: place {self.occurrence} of {name} changes nothing")
        return text, changed

    def __str__(self) -> str:
        text, changed = self.source()
        lines = list(
            unified_diff(text.splitlines(), changed.splitlines(), str(self.module), n=0, lineterm="")
        )
        return "\n".join(("", lines[0][4:], *lines[2:]))


def mutants(areas: list[str]) -> list[Mutant]:
    """Find all changes of the modules of some areas."""
    operators = [SwapExtremes(), *(get_operator(f"core/{name}")() for name in NAMES)]
    found = []
    for area in areas:
        for path in sorted((ROOT / "src/computeplan" / area).rglob("*.py")):
            nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
            for operator in operators:
                count = sum(len(list(operator.mutation_positions(node))) for node in nodes)
                found += [Mutant(area, path.relative_to(ROOT), operator, place) for place in range(count)]
    return found


def passes(area: str, folder: Path, limit_s: float | None = None) -> bool:
    """Run the tests of an area on the source in a folder; a test that does not end has failed."""
    paths = os.pathsep.join(map(str, (folder, ROOT / "tests", ROOT / "tests/report")))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
        *AREAS[area],
    ]
    with subprocess.Popen(  # noqa: S603  our own command
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(limit_s) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return False


def is_killed(mutant: Mutant, folder: Path, limit_s: float) -> bool:
    """Say whether a test notices a change, made in the copy of the source and taken back."""
    text, changed = mutant.source()
    target = folder / mutant.module.relative_to("src")
    try:
        target.write_text(changed, encoding="utf-8")
        return not passes(mutant.area, folder, limit_s)
    finally:
        target.write_text(text, encoding="utf-8")


def main() -> int:
    """Sample mutants, run their tests, print those that survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--areas", nargs="*", default=list(AREAS), choices=AREAS)
    asked = parser.parse_args()
    found = mutants(asked.areas)
    sample = random.Random(asked.seed).sample(found, min(asked.count, len(found)))  # noqa: S311  no secret
    print(f"{len(sample)} of {len(found)} mutants of {', '.join(asked.areas)}, seed {asked.seed}")
    survivors = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(ROOT / "src/computeplan", folder / "computeplan")
        limits_s: dict[str, float] = {}
        for number, mutant in enumerate(
            sorted(sample, key=lambda each: asked.areas.index(each.area)), start=1
        ):
            if mutant.area not in limits_s:
                start = time.monotonic()
                if not passes(mutant.area, folder):
                    print(f"the tests of {mutant.area} fail without any change")
                    return 1
                limits_s[mutant.area] = 3 * (time.monotonic() - start) + 10
            killed = is_killed(mutant, folder, limits_s[mutant.area])
            if not killed:
                survivors.append(mutant)
            print(
                f"{number}/{len(sample)} {'killed' if killed else 'SURVIVED'}{mutant if not killed else ''}",
                flush=True,
            )
    share = 1 - len(survivors) / max(len(sample), 1)
    print(f"{len(sample) - len(survivors)} of {len(sample)} mutants killed: {100 * share:.1f} %")
    return int(share < LEAST_KILLED)


if __name__ == "__main__":
    sys.exit(main())
