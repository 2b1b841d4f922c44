"""Every command and every Python block of the documentation runs, and prints what the page shows."""

from __future__ import annotations

import re
import shlex
import shutil

import click
import pytest
import typer
from doc_pages import ROOT, Block, Command, Page, pages
from doc_session import compare, follow

from computeplan.cli.app import app

PAGES = pages()
# What a page in Chinese runs is what the page in English runs: below, and tests/test_docs.py of README.zh.md.
RUN = [page for page in PAGES if page.does_something and not page.name.endswith(".zh.md")]
COMMANDS = typer.main.get_command(app)
TARGETS = re.findall(r"^([\w-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def every_command(page: Page) -> list[Command]:
    return [*page.inline, *(command for block in page.blocks for command in block.commands)]


def fault_of(words: tuple[str, ...]) -> str | None:
    """Say what computeplan does not know of a command line."""
    command: click.Command = COMMANDS
    for word in words[1:]:
        name = word.split("=")[0]
        if name in getattr(command, "commands", {}):
            command = command.commands[name]
        elif name.startswith("--"):
            # A group answers to the options of the command that it stands for when none is named.
            nested = getattr(command, "commands", {}).values() if command is not COMMANDS else ()
            known = {option for one in (command, *nested) for it in one.params for option in it.opts}
            known |= {"--help"}
            if name not in known:
                return f"{command.name} has no option {name}"
        elif command is COMMANDS:
            return f"no command {name!r}"
    return None


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # Who reads a page outside docs/ stands in a checkout.
    if page.path.parent == ROOT:
        shutil.copytree(ROOT / "configs", tmp_path / "configs")
    follow(page, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_not_run_exist_too(page):
    faults = []
    for command in every_command(page):
        if command.words[0] == "computeplan":
            faults += [fault_of(command.words)]
        elif command.words[0] == "make":
            faults += [f"no target {word}" for word in command.words[1:] if word not in TARGETS]
    assert [fault for fault in faults if fault] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_is_left_out_in_vain(page):
    for block in page.blocks:
        for part in block.parts_left_out:
            assert any(part in command.text for command in block.commands), f"line {block.line}: {part}"


def test_the_chinese_tutorial_has_the_files_and_commands_of_the_english_one():
    english, chinese = (Page(ROOT / "docs" / name) for name in ("tutorial.md", "tutorial.zh.md"))
    files = [[(each.title, each.lines) for each in page.blocks if each.title] for page in (english, chinese)]
    assert files[0] == files[1]
    asked, run_there = ([words_of(it) for it in every_run(page)] for page in (chinese, english))
    assert asked == [words for words in run_there if words in asked]
    assert len(asked) > 10
    assert not any(block.kind == "python" or block.prints for block in chinese.blocks)


def every_run(page: Page) -> list[Command]:
    return [command for block in page.blocks for command in block.to_run]


def words_of(command: Command) -> tuple[tuple[str, ...], int]:
    """What is run and how it ends, in whatever language a report is (docs/report.md runs both)."""
    text = shlex.join(command.words).removesuffix(" --lang zh")
    return tuple(shlex.split(text)), command.exit_code


def test_this_test_would_see_a_line_that_is_not_printed():
    with pytest.raises(AssertionError, match="not printed"):
        compare(("b", "a"), "a\nb\n", "page")
    with pytest.raises(AssertionError, match="not printed"):
        compare(("a … d",), "a b c\n", "page")
    compare(("a", "…", "c … e"), "a\nb\nc d e\n", "page")


def test_this_test_would_see_a_wrong_exit_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = tmp_path / "page.md"
    written.write_text("    computeplan check nothing.yaml\n", encoding="utf-8")
    monkeypatch.setattr(Page, "name", "page.md")
    with pytest.raises(AssertionError, match="ended with 2"):
        follow(Page(written), tmp_path)


def test_this_test_would_see_an_unknown_command():
    assert fault_of(("computeplan", "plan", "my.yaml")) == "no command 'plan'"
    assert fault_of(("computeplan", "solve", "my.yaml", "--sett=1")) == "solve has no option --sett"
    assert fault_of(("computeplan", "bench", "compare", "a.json", "b.json")) is None
    assert (
        Block(
            "sh",
            None,
            (
                "computeplan check a \\",
                "  --json  # exit code 3",
            ),
            1,
        )
        .commands[0]
        .exit_code
        == 3
    )
