"""What stands in docs/ and README.md is what the code does."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import typer

import computeplan
from computeplan.cli.app import app
from computeplan.config import json_schema

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")]


def test_config_reference_is_current():
    script = runpy.run_path(str(ROOT / "docs" / "make_config_reference.py"))
    written = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    assert written == script["reference"](json_schema()), "run `make docs`"


def test_api_reference_is_current_and_whole():
    script = runpy.run_path(str(ROOT / "docs" / "make_api_reference.py"))
    written = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert written == script["page"](), "run `make docs`"
    for name in set(computeplan.__all__) - {"__version__"}:
        assert f"\n### {name}\n" in written


def test_there_is_a_page_for_every_command():
    script = runpy.run_path(str(ROOT / "docs" / "make_command_pages.py"))
    folder = ROOT / "docs" / "commands"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert written == script["pages"](), "run `make docs`"
    assert set(written) == {"index.md", *(f"{name}.md" for name in typer.main.get_command(app).commands)}


def test_formulas_are_current():
    script = runpy.run_path(str(ROOT / "docs" / "make_formulas.py"))
    written = (ROOT / "docs" / "formulas.md").read_text(encoding="utf-8")
    assert written == script["page"](), "run `make docs`"


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


def test_both_readmes_say_the_same():
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    assert commands(english) == commands(chinese)
    assert len(commands(english)) > 10
    # Each shows the report in its own language.
    assert {link.replace(".zh.", ".") for link in links(english)} == {
        link.replace(".zh.", ".") for link in links(chinese)
    }
    assert exit_codes(english) == exit_codes(chinese) == ["0", "1", "2", "3", "4", "5", "6"]
    assert layers(english) == layers(chinese)
    assert english.count("\n## ") == chinese.count("\n## ")


def commands(page: str) -> list[str]:
    """All commands, without what is said about them, and the Python."""
    lines = re.findall(r"^    (.+)$", page, re.MULTILINE)
    return [line.split("  #")[0].strip() for line in lines] + re.findall(
        r"```python\n(.*?)```", page, re.DOTALL
    )


def links(page: str) -> set[str]:
    return set(re.findall(r"\]\(([^)]+)\)", page))


def exit_codes(page: str) -> list[str]:
    return re.findall(r"^\| (\d) \|", page, re.MULTILINE)


def layers(page: str) -> list[str]:
    picture = re.search(r"```\n(cli .*?)```", page, re.DOTALL)
    assert picture
    return [line.split()[0] for line in picture[1].strip().splitlines()]


def test_the_version_stands_in_one_place_and_is_cited():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited is not None
    assert cited[1] == project["version"]
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_only_make_browser_installs_system_software():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"^([\w$()/.-]+):.*\n((?:\t.*\n?)*)", makefile, re.MULTILINE)
    assert [target for target, recipe in rules if "apt-get" in recipe] == ["browser"]
    assert not re.search(r"^[^#\n]*:.*\bbrowser\b", re.sub(r"(?m)^\.PHONY.*", "", makefile), re.MULTILINE)
