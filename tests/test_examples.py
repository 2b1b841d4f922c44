"""The examples run, and say what is so."""

from __future__ import annotations

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
