"""The examples run, and say what is so."""

from __future__ import annotations

import ast
import json
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_studies_of_the_quickstart(capsys):
    found = runpy.run_path(str(EXAMPLES / "studies.py"))
    assert found["frontier"].exact
    assert found["under"].money == pytest.approx(found["direct"], rel=1e-6)
    assert set(found["ranging"].tables()) == {"shadow_prices", "breaks", "steps", "moves", "bookings"}
    assert "optimal" in capsys.readouterr().out


def test_every_cell_of_the_notebook_runs(monkeypatch, capsys):
    """Cell by cell, as a notebook does; the last expression of a cell is what it shows."""
    monkeypatch.chdir(EXAMPLES)
    notebook = json.loads((EXAMPLES / "quickstart.ipynb").read_text(encoding="utf-8"))
    names, shown = {}, []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == []
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own code
        if last and not ast.unparse(last).startswith("print"):
            shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names))  # noqa: S307
        elif last:
            exec(compile(ast.unparse(last), "cell", "exec"), names)  # noqa: S102
    assert all(len(repr(each)) < 5000 for each in shown if hasattr(each, "_facts"))
    assert names["dear"].emissions.location <= names["run"].emissions.location
    assert names["both"].status == "optimal"
    assert type(names["figure"]).__name__ == "Figure"
    assert "location" in capsys.readouterr().out
