"""Does what a page says, in one folder, as its reader would."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from doc_pages import Block, Command, Page

from command_line import run

COLUMNS = "110"


def follow(page: Page, folder: Path) -> None:
    """Save the page's files and run its blocks in order, in the current folder, which is ``folder``."""
    names: dict[str, object] = {"__name__": "__main__"}
    for block in page.blocks:
        place = f"{page.name}:{block.line}"
        for order in block.orders:
            if order.verb == "before":
                _run(Block("sh", None, (order.text,), block.line).commands[0], folder, place)
        if block.is_left_out:
            continue
        if block.title:
            target = folder / block.title
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(block.lines) + "\n", encoding="utf-8")
        elif block.kind == "python":
            compare(block.prints, _python(block, names, place), place)
        elif block.kind == "sh":
            compare(block.prints, "".join(_run(it, folder, page.name) for it in block.to_run), place)


def compare(shown: tuple[str, ...], printed: str, place: str) -> None:
    """Hold what a page shows against what was printed: each shown line occurs, in this order.

    How wide a column is does not count: it changes with rows that the page leaves out.
    """
    rest = map(_narrow, printed.splitlines())
    for line in shown:
        if line.strip() not in {"", "…"}:
            pattern = re.compile(".*".join(re.escape(part) for part in _narrow(line).split("…")))
            assert any(map(pattern.fullmatch, rest)), f"{place}: not printed there: {line!r}\n{printed}"


def _narrow(line: str) -> str:
    return re.sub(r"─{2,}", "──", re.sub(r"\s{2,}", "  ", line.rstrip()))


def _run(command: Command, folder: Path, place: str) -> str:
    program, *arguments = command.words
    assert program == "computeplan", f"{place}:{command.line}: cannot run {program!r}: mark it"
    # Its own shell and home are not the reader's.
    result = run(*arguments, COLUMNS=COLUMNS, NO_COLOR="1")
    where = f"{place}:{command.line}: {command.text}"
    assert result.exit_code == command.exit_code, f"{where}\nended with {result.exit_code}\n{result.output}"
    if command.target is None:
        return result.output
    (folder / command.target).write_text(result.stdout, encoding="utf-8")
    return result.stderr


def _python(block: Block, names: dict[str, object], place: str) -> str:
    printed = io.StringIO()
    code = compile("\n" * block.line + "\n".join(block.lines), place, "exec")
    with redirect_stdout(printed):
        exec(code, names)  # noqa: S102 - our own pages
    return printed.getvalue()
