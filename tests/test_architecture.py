"""The architecture holds: layers, who may know which library, sizes, names, lean imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = "computeplan"

LAYERS = (
    "errors",
    "vocabulary",  # words to choose between
    "text",  # numbers and names as people read them
    "arguments",  # what the functions of the interface are given
    "files",  # files and folders written whole
    "memory",  # how much is left
    "timing",  # a stopwatch that knows nothing of planning
    "progress",  # what a long call says of itself
    "problem",
    "config",
    "imports",  # files of other systems
    "grouping",
    "lp",
    "accounts",
    "prices",
    "audit",
    "solvers",
    "folder",
    "explanations",
    "studies",
    "runs",
    "exports",  # files for other systems
    "api",
    "bench",
    "reports",
    "cli",
)
"""Lowest first; a module imports from its own layer and those below."""

OWNERS = {
    "yaml": {"config"},
    "pydantic": {"config"},
    "highspy": {"solvers"},
    "pulp": {"solvers"},
    "clarabel": {"solvers"},
    "scipy": {"solvers"},
    "polars": {"config", "imports", "folder", "studies", "exports"},
    "distributed": {"studies"},
    "pandas": {"runs"},
    "xarray": {"runs"},
    "rich": {"reports", "cli"},
    "jinja2": {"reports"},
    "plotly": {"reports"},
    "typer": {"cli"},
    "psutil": {"memory"},
    "filelock": {"files"},
    "holidays": {"config"},
}
"""The only layers that may import a library."""

INDEPENDENT = ("computeplan.accounts", "computeplan.prices", "computeplan.audit")
"""What recomputes a plan shares nothing with what made it."""

MOST_BODY_LINES, MOST_MODULE_LINES = 50, 400
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}


@dataclass(frozen=True)
class Module:
    name: str
    source: str

    @property
    def layer(self) -> str:
        return self.name.split(".")[1] if "." in self.name else ""

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    def imports(self) -> set[str]:
        """Dotted names of everything imported anywhere, each `from` name appended."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                origin = self.origin(node)
                found |= {f"{origin}.{alias.name}" for alias in node.names}
        return found

    def origin(self, node: ast.ImportFrom) -> str:
        """Absolute name of the module that a `from` imports of."""
        if node.level == 0:
            return node.module or ""
        parents = self.name.split(".")[: -node.level]
        return ".".join([*parents, node.module] if node.module else parents)

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def read_modules(root: Path, name: str) -> list[Module]:
    return [
        Module(".".join((name, *path.relative_to(root).with_suffix("").parts)), path.read_text("utf-8"))
        for path in sorted(root.rglob("*.py"))
    ]


MODULES = read_modules(TESTS.parent / "src" / PACKAGE, PACKAGE)


def offences(check: Callable[[Module], list]) -> dict[str, list]:
    return {module.name: found for module in MODULES if (found := check(module))}


def upward_imports(module: Module) -> list[str]:
    if module.layer in {"__init__", "__main__"}:
        return []
    own = LAYERS.index(module.layer)
    layers = {name: name.split(".")[1] for name in module.imports() if name.startswith(f"{PACKAGE}.")}
    return sorted(n for n, layer in layers.items() if layer not in LAYERS or LAYERS.index(layer) > own)


def forbidden_libraries(module: Module) -> list[str]:
    libraries = {name.split(".")[0] for name in module.imports()}
    return sorted(lib for lib in libraries & set(OWNERS) if module.layer not in OWNERS[lib])


def spoken(module: Module) -> list[int]:
    """Lines that print or exit, outside the command line."""
    if module.layer in {"cli", "__main__"}:
        return []
    streams = {"sys.exit", "sys.stdout.write", "sys.stderr.write", "os._exit"}
    lines = []
    for node in ast.walk(module.tree):
        printed = isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
        raised = isinstance(node, ast.Name) and node.id == "SystemExit"
        streamed = isinstance(node, ast.Attribute) and ast.unparse(node) in streams
        if printed or raised or streamed:
            lines.append(node.lineno)
    return sorted(lines)


def long_functions(module: Module) -> list[str]:
    return [function.name for function in module.functions() if body_lines(function) > MOST_BODY_LINES]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body after the docstring."""
    first, last = function.body[0], function.body[-1]
    if ast.get_docstring(function) is not None:
        return (last.end_lineno or 0) - (first.end_lineno or 0)
    return (last.end_lineno or 0) - first.lineno + 1


def stale_pointers(module: Module, known: set[str]) -> list[str]:
    """Names after the word "see" that are neither known everywhere nor in this module."""
    named = re.findall(r"\bsee\s+`([\w.]+)`", module.source)
    known = known | defined(ast.walk(module.tree)) if named else known
    return [name for name in named if not {name, name.partition(".")[0]} & known]


def known_everywhere(modules: list[Module]) -> set[str]:
    """Names of modules, and of what is at the top of one."""
    return set().union(*({each.name.removesuffix(".__init__"), *defined(each.tree.body)} for each in modules))


def defined(nodes: Iterable[ast.AST]) -> set[str]:
    """Names of classes, functions and constants."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {each.id for each in targets if isinstance(each, ast.Name)}
    return found


def graph(modules: list[Module]) -> dict[str, set[str]]:
    """Modules each module imports."""
    names = {module.name.removesuffix(".__init__") for module in modules}
    edges: dict[str, set[str]] = {}
    for module in modules:
        name = module.name.removesuffix(".__init__")
        wanted = {i if i in names else i.rpartition(".")[0] for i in module.imports()}
        edges[name] = (wanted & names) - {name}
    return edges


def reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    done: set[str] = set()
    queue = [name for name in edges if name == start or name.startswith(f"{start}.")]
    while queue:
        name = queue.pop()
        if name not in done:
            done.add(name)
            queue.extend(edges[name])
    return done


def test_imports_run_downwards():
    assert offences(upward_imports) == {}


def test_libraries_stay_in_their_layers():
    assert offences(forbidden_libraries) == {}


def test_only_the_command_line_prints_or_exits():
    assert offences(spoken) == {}


def test_functions_are_short():
    assert offences(long_functions) == {}


def test_modules_are_short():
    lines = {module.name: len(module.source.splitlines()) for module in MODULES}
    assert {name: size for name, size in lines.items() if size > MOST_MODULE_LINES} == {}


def test_names_say_what_a_module_is_for():
    words = {module.name: set(module.name.lower().replace("_", ".").split(".")) for module in MODULES}
    assert {name for name, parts in words.items() if parts & VAGUE_NAMES} == set()


def test_what_a_comment_points_to_is_there():
    known = known_everywhere(MODULES)
    assert offences(lambda module: stale_pointers(module, known)) == {}


def test_a_class_name_means_one_thing():
    classes = [n.name for module in MODULES for n in ast.walk(module.tree) if isinstance(n, ast.ClassDef)]
    assert {name for name in classes if classes.count(name) > 1} == set()


def test_imports_have_no_cycle():
    TopologicalSorter(graph(MODULES)).prepare()


@pytest.mark.parametrize("root", INDEPENDENT)
def test_what_recomputes_a_plan_shares_nothing_with_what_made_it(root):
    used = reachable(graph(MODULES), root)
    assert root in used
    assert {name for name in used if name.split(".")[1] in {"lp", "grouping", "solvers"}} == set()


def test_the_oracle_knows_the_numeric_problem_only():
    for module in read_modules(TESTS / "reference", "reference"):
        known = {name for name in module.imports() if name.startswith(PACKAGE)}
        assert all(name.startswith(f"{PACKAGE}.problem.") for name in known), module.name


def test_importing_the_package_is_lean():
    code = f"import sys, {PACKAGE}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603  our own code
    heavy = {"polars", "pulp", "highspy", "numpy", "pydantic", "rich"}
    assert heavy & set(loaded.stdout.split()) == set()


def test_the_checks_see_what_they_forbid():
    def lp(source: str) -> Module:
        return Module("computeplan.lp.model", source)

    assert upward_imports(lp("from computeplan.solvers import solve")) == ["computeplan.solvers.solve"]
    assert upward_imports(lp("def f():\n    from ..audit import bound")) == ["computeplan.audit.bound"]
    assert upward_imports(lp("from computeplan.problem import Problem\nfrom .windows import Slots")) == []
    assert forbidden_libraries(lp("import pulp, numpy\nfrom polars import col")) == ["polars", "pulp"]
    assert spoken(lp("import sys\nprint(1)\nsys.exit(2)\nraise SystemExit")) == [2, 3, 4]
    assert long_functions(lp("def f():\n    'doc'\n" + "    x = 1\n" * 51)) == ["f"]
    assert long_functions(lp("def f():\n    'doc'\n" + "    x = 1\n" * 50)) == []


def test_a_pointer_to_nothing_is_seen():
    here = Module(
        "computeplan.a", "# see `f`, see `K.x`, see `computeplan.b`, see `m`\nclass K:\n  def m(): 0"
    )
    there = Module("computeplan.b", "# see `m`\ndef f(): 0\nclass L:\n  def n(): 0")
    known = known_everywhere([here, there])
    assert (stale_pointers(here, known), stale_pointers(there, known)) == ([], ["m"])


def test_the_graph_sees_a_cycle():
    pair = [
        Module("computeplan.a", "from computeplan.b import x"),
        Module("computeplan.b", "import computeplan.a"),
    ]
    with pytest.raises(CycleError, match="cycle"):
        TopologicalSorter(graph(pair)).prepare()
