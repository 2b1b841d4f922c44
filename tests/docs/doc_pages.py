"""Code blocks of a Markdown page, and what the page says about running them.

How pages are written:

* ```` ```sh ```` holds commands, one a line; `\\` goes on in the next. A comment `# exit code 3` says how it
  ends. An indented block whose first word is a program is one too.
* ```` ```python ```` is Python; all of a page share their names.
* ```` ```text ```` directly after one of both is what it prints: each line, in this order; `…` stands for
  what is left out, in a line or of lines.
* ```` ```yaml title="my.yaml" ```` (or csv) is a file that the reader saves.
* ``<!-- not run: REASON -->`` before a block: it is not run; ``<!-- not run `PART`: REASON -->``: nor are its
  commands with PART in them.
* ``<!-- before: COMMAND -->`` runs a command that the reader need not see.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("computeplan", "make", "pip", "dask", "git", "cd", "python")
GENERATED = ("config.md", "api.md", "commands")

_FENCE = re.compile(r"^```(?P<kind>\S*)\s*(?P<rest>.*)$")
_TITLE = re.compile(r'title="([^"]+)"')
_ORDER = re.compile(r"^<!-- (?P<verb>not run|before)(?: `(?P<part>[^`]+)`)?: (?P<text>.+) -->$")
_EXIT = re.compile(r"#.*\bexit code (\d)\b")
_INLINE = re.compile(r"`(computeplan [^`]+)`")


@dataclass(frozen=True)
class Command:
    """A command line: its words, where its output goes, how it must end, where it stands."""

    words: tuple[str, ...]
    target: str | None
    exit_code: int
    text: str
    line: int


@dataclass(frozen=True)
class Order:
    """What a comment says about the next block."""

    verb: str
    part: str | None
    text: str


@dataclass(frozen=True)
class Block:
    """A code block."""

    kind: str
    title: str | None
    lines: tuple[str, ...]
    line: int
    orders: tuple[Order, ...] = ()
    prints: tuple[str, ...] = ()

    @property
    def is_left_out(self) -> bool:
        """Whether none of it runs."""
        return any(order.verb == "not run" and order.part is None for order in self.orders)

    @property
    def parts_left_out(self) -> list[str]:
        """What the commands that do not run have in them."""
        return [order.part for order in self.orders if order.part is not None]

    @cached_property
    def commands(self) -> list[Command]:
        """All commands of a shell block."""
        return _commands(self.lines, self.line + 1) if self.kind == "sh" else []

    @property
    def to_run(self) -> list[Command]:
        """The commands that run."""
        if self.is_left_out:
            return []
        return [it for it in self.commands if not any(part in it.text for part in self.parts_left_out)]


@dataclass(frozen=True)
class Page:
    """A Markdown page."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        """Its code blocks, in order."""
        return _with_output(_blocks(self.text.splitlines()))

    @property
    def inline(self) -> list[Command]:
        """Commands within sentences."""
        return _commands(_INLINE.findall(self.text), 0)

    @property
    def does_something(self) -> bool:
        """Whether anything in it can run."""
        return any(block.kind in {"sh", "python"} for block in self.blocks)


def pages() -> list[Page]:
    """All pages that a user reads."""
    paths = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/**/*.md")]
    written = [
        path
        for path in paths
        if path.name not in GENERATED and path.parent.name not in GENERATED and ".venvs" not in path.parts
    ]
    return [Page(path) for path in sorted(written)]


def _blocks(lines: list[str]) -> list[Block]:
    found: list[Block] = []
    orders: list[Order] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        ordered, fence = _ORDER.match(line), _FENCE.match(line)
        if ordered:
            orders.append(Order(ordered["verb"], ordered["part"], ordered["text"]))
            number += 1
        elif fence:
            end = lines.index("```", number + 1)
            title = _TITLE.search(fence["rest"])
            inside = tuple(lines[number + 1 : end])
            found.append(Block(fence["kind"], title and title[1], inside, number + 1, tuple(orders)))
            orders, number = [], end + 1
        elif _starts_indented(lines, number):
            end = _end_of_indented(lines, number)
            inside = tuple(text[4:] for text in lines[number:end])
            found.append(Block("sh", None, inside, number, tuple(orders)))
            orders, number = [], end
        else:
            number += 1
    if orders:
        raise ValueError(f"orders without a block after them: {orders}")
    return found


def _starts_indented(lines: list[str], number: int) -> bool:
    before = lines[number - 1] if number else ""
    return not before.strip() and lines[number].startswith(tuple(f"    {name} " for name in PROGRAMS))


def _end_of_indented(lines: list[str], number: int) -> int:
    while number < len(lines) and (lines[number].startswith("    ") or not lines[number].strip()):
        number += 1
    return number


def _with_output(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        if block.kind != "text":
            joined.append(block)
        elif joined and joined[-1].kind in {"sh", "python"} and not joined[-1].prints:
            joined[-1] = replace(joined[-1], prints=block.lines)
        else:
            raise ValueError(f"line {block.line}: a text block follows what prints it; a picture has no kind")
    return joined


def _commands(lines: tuple[str, ...] | list[str], first: int) -> list[Command]:
    found, held = [], ""
    for number, line in enumerate(lines, first):
        held += line
        if line.endswith("\\"):
            held = held[:-1]
            continue
        words = shlex.split(held, comments=True)
        code = _EXIT.search(held)
        if words:
            target = words[words.index(">") + 1] if ">" in words else None
            words = words[: words.index(">")] if target else words
            found.append(Command(tuple(words), target, int(code[1]) if code else 0, held.strip(), number))
        held = ""
    return found
