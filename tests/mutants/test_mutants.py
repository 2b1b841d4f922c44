"""A mutant is a change, and the tests that are to notice it are there."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("cosmic_ray", reason="the extra `mutants` is not installed")

from mutants import AREAS, ROOT, Mutant, SwapExtremes

MODULE = Path("src/computeplan/reports/charts.py")


def test_a_mutant_differs_from_its_module():
    text, changed = Mutant("reports", MODULE, SwapExtremes(), 0).source()
    assert changed != text
    assert len(changed) == len(text)


def test_a_place_that_is_not_there_is_no_mutant():
    with pytest.raises(ValueError, match=r"charts\.py: place 999 of SwapExtremes changes nothing"):
        Mutant("reports", MODULE, SwapExtremes(), 999).source()


def test_the_tests_of_every_area_are_there():
    assert [path for paths in AREAS.values() for path in paths if not (ROOT / path).exists()] == []


def test_mutants_of_ranging_run_every_test_of_ranging():
    there = set(ROOT.glob("tests/studies/test_ranging*.py"))
    assert there
    assert there <= {ROOT / path for path in AREAS["studies/ranging"]}
