"""A config as PyYAML's own nodes: changed in one place, written again, and asked for lines.

Nothing here comes from the product, so a place that it names is held against another reader.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass

import yaml

Keys = tuple[str | int, ...]
Edit = Callable[[yaml.Node], None]

DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Only for writing: the product reads with libyaml, so lines are asked of the reader in Python."""


@dataclass(frozen=True)
class Spot:
    """A value of the config, and where it and its key stand."""

    keys: Keys
    node: yaml.Node
    lines: tuple[int, ...]


def node_of(text: str) -> yaml.Node:
    return yaml.compose(text, Loader=yaml.SafeLoader)


def spots(node: yaml.Node, keys: Keys = (), key_line: int = 1) -> Iterator[Spot]:
    """Every value with its path; of a list only the first two entries."""
    yield Spot(keys, node, tuple(sorted({key_line, node.start_mark.line + 1})))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from spots(value, (*keys, key.value), key.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value[:2]):
            yield from spots(value, (*keys, i), value.start_mark.line + 1)


def member(node: yaml.Node, key: str | int) -> yaml.Node:
    if isinstance(key, int):
        return node.value[key]
    return next(value for name, value in node.value if name.value == key)


def changed(root: yaml.Node, keys: Keys, edit: Edit) -> str:
    """The text with an edit of the mapping or list that holds the last key; `root` stays as it is."""
    root = parent = _shallow(root)
    for key in keys[:-1]:
        i, name = _position(parent, key)
        child = _shallow(member(parent, key))
        parent.value[i] = child if name is None else (name, child)
        parent = child
    edit(parent)
    return yaml.serialize(root, Dumper=DUMPER, allow_unicode=True, width=1000)


def replaced(root: yaml.Node, keys: Keys, snippet: str) -> str:
    """The text with another value, given as YAML."""

    def edit(parent: yaml.Node) -> None:
        i, key = _position(parent, keys[-1])
        value = node_of(snippet)
        parent.value[i] = value if key is None else (key, value)

    return changed(root, keys, edit)


def without(root: yaml.Node, keys: Keys) -> str:
    return changed(root, keys, lambda parent: parent.value.pop(_position(parent, keys[-1])[0]))


def renamed(root: yaml.Node, keys: Keys, name: str) -> str:
    def edit(parent: yaml.Node) -> None:
        i, key = _position(parent, keys[-1])
        parent.value[i] = (yaml.ScalarNode(key.tag, name, style=key.style), parent.value[i][1])

    return changed(root, keys, edit)


def doubled(root: yaml.Node, keys: Keys) -> str:
    """The text with a key twice."""

    def edit(parent: yaml.Node) -> None:
        i, _ = _position(parent, keys[-1])
        parent.value.append(deepcopy(parent.value[i]))

    return changed(root, keys, edit)


def added(root: yaml.Node, keys: Keys, key: str, snippet: str) -> str:
    """The text with one more entry in the mapping at `keys`."""
    name = yaml.ScalarNode("tag:yaml.org,2002:str", key)
    return changed(root, (*keys, key), lambda mapping: mapping.value.append((name, node_of(snippet))))


def lines_of(text: str, *places: Keys) -> tuple[int, ...]:
    """Lines of the values and their keys, or of what is nearest around each."""
    known = {spot.keys: spot.lines for spot in spots(node_of(text))}
    return tuple(sorted({line for keys in places for line in known[_nearest(keys, known)]}))


def _nearest(keys: Keys, known: Container[Keys]) -> Keys:
    while keys not in known:
        keys = keys[:-1]
    return keys


def _shallow(node: yaml.Node) -> yaml.Node:
    """A copy whose entries can be exchanged."""
    node = copy(node)
    node.value = list(node.value)
    return node


def _position(parent: yaml.Node, key: str | int) -> tuple[int, yaml.Node | None]:
    if isinstance(key, int):
        return key, None
    return next((i, name) for i, (name, _) in enumerate(parent.value) if name.value == key)
