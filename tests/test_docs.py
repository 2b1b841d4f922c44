"""What stands in docs/ and README.md is what the code does."""

import re
import runpy
from pathlib import Path

import pytest
import typer

from computeplan.cli import app
from computeplan.config import json_schema

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")]


def test_config_reference_is_current():
    script = runpy.run_path(str(ROOT / "docs" / "make_config_reference.py"))
    written = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    assert written == script["reference"](json_schema()), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def test_readme_draws_every_layer_above_those_that_it_imports():
    picture = (ROOT / "README.md").read_text(encoding="utf-8").split("## How it is built")[1].split("```")[1]
    drawn = [line.split()[0] for line in picture.strip().splitlines()]
    package = ROOT / "src" / "computeplan"
    layers = {
        path.stem for path in package.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert set(drawn) == layers - {"__init__", "__main__"}
    upward = []
    for module in package.rglob("*.py"):
        layer = module.relative_to(package).parts[0].removesuffix(".py")
        if layer in drawn:
            used = re.findall(r"(?:from|import) computeplan\.(\w+)", module.read_text(encoding="utf-8"))
            upward += [(module.name, other) for other in used if drawn.index(other) < drawn.index(layer)]
    assert upward == []


def test_readme_shows_every_command_in_the_order_of_the_help():
    use = (ROOT / "README.md").read_text(encoding="utf-8").split("## Use")[1]
    shown = re.findall(r"^    computeplan (\w+)", use, re.MULTILINE)
    group = typer.main.get_command(app)
    assert list(dict.fromkeys(shown)) == list(group.commands)
