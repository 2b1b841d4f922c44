"""The package and its tests can be imported on Windows, and tests that need POSIX are marked `posix`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

POSIX_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}
POSIX_OS = {
    *("fork", "getloadavg", "geteuid", "getuid", "kill", "killpg", "mkfifo", "setuid", "sysconf"),
    *("WIFEXITED", "wait4", "waitpid"),
}
POSIX_OF_ANY = {"SIGKILL", "SIGHUP", "chmod", "preexec_fn", "send_signal", "symlink_to"}
"""Windows has none of these, or they do something else there: symbolic links need a right of their own."""
POSIX_PLACES = re.compile(r"^/(bin|dev|proc)/|\bulimit -|\bos\.(fork|kill)")


def read_trees(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))


def needs_of(node: ast.AST) -> set[str]:
    """What a piece of code uses that only POSIX has."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Import):
            found |= {alias.name for alias in each.names} & POSIX_MODULES
        elif isinstance(each, ast.ImportFrom):
            found |= {each.module} & POSIX_MODULES
        elif isinstance(each, ast.Attribute):
            of_os = isinstance(each.value, ast.Name) and each.value.id == "os" and each.attr in POSIX_OS
            found |= {each.attr} if of_os or each.attr in POSIX_OF_ANY else set()
        elif isinstance(each, ast.Name):
            found |= {each.id} & POSIX_MODULES
        elif isinstance(each, ast.keyword):
            found |= {each.arg} & POSIX_OF_ANY
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            found |= {each.value} if POSIX_PLACES.search(each.value) else set()
    return found


def run_at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what importing a module runs: neither bodies of functions nor what only type checkers read."""
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (*node.decorator_list, *node.args.defaults)
        elif not isinstance(node, ast.ClassDef):
            yield node


def breaks_import(node: ast.AST) -> set[str]:
    return {name for name in needs_of(node) if not POSIX_PLACES.search(name)}


def names_in(node: ast.AST) -> set[str]:
    arguments = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return arguments | {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def is_marked(nodes: list[ast.AST]) -> bool:
    return any("posix" in ast.unparse(node) for node in nodes)


def unmarked_tests(tree: ast.Module) -> list[str]:
    """Tests that need POSIX, by what they call or by fixtures of their file, and are not marked."""
    parts: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            parts |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            parts[node.name] = node
    if "pytestmark" in parts and is_marked([parts["pytestmark"]]):
        return []
    needing = {name for name, node in parts.items() if needs_of(node)}
    while more := {n for n, node in parts.items() if n not in needing and names_in(node) & needing}:
        needing |= more
    return sorted(
        name
        for name in needing
        if name.startswith("test_") and not is_marked(getattr(parts[name], "decorator_list", []))
    )


@pytest.mark.parametrize("folder", ["src", "tests"])
def test_modules_can_be_imported_on_windows(folder):
    found = {
        str(path): needs
        for path, tree in read_trees(folder)
        for n in run_at_import(tree)
        if (needs := breaks_import(n))
    }
    assert found == {}


def test_tests_that_need_posix_are_marked():
    found = {str(path): names for path, tree in read_trees("tests") if (names := unmarked_tests(tree))}
    assert found == {}
