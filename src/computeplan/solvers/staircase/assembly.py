"""Where each product of two coefficients goes in the blocks of the normal equations.

All numbers that are not zero, of all blocks, are one list:

    numbers = P θ + constant

with a sparse matrix P of products, made once. A part of the list belongs to each block:

    D[t,d]        pivots, a diagonal                 B[t,d,c]    pivots with block rows
    C[t,c,c']     block rows, the upper triangle     E[t,f,d]    front with pivots, kept sparse
    W[t,f,c]      front with block rows              G[t,f,f']   front with itself
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from computeplan.problem import Floats, Ints
from computeplan.solvers.staircase.border import BLOCK, BORDER, PIVOT, Pairs
from computeplan.solvers.staircase.standard import StandardForm
from computeplan.solvers.staircase.structure import Staircase

PARTS = ("D", "B", "C", "E", "W", "G")


@dataclass(frozen=True, eq=False)
class Assembly:
    """The list, and the place of each of its numbers in the blocks."""

    products: Any
    """(k, n) P."""
    constant: Floats
    """(k,) entries of border columns."""
    parts: dict[str, slice]
    """Part of the list that belongs to each block."""
    places: dict[str, Ints]
    """Place of each of its numbers in the flat block, ascending."""


@dataclass(frozen=True, eq=False)
class _Terms:
    """Terms of one block: the flat place of each, its factor, and its column; a constant has none."""

    place: Ints
    factor: Floats
    column: Ints


def assemble_products(form: StandardForm, stairs: Staircase, pairs: Pairs) -> Assembly:
    """Make the list for a program."""
    blocks = _terms(form, stairs, pairs)
    parts, places, data, rows, columns, constants = {}, {}, [], [], [], []
    size = 0
    for name in PARTS:
        place = np.concatenate([terms.place for terms in blocks[name]])
        places[name], at = np.unique(place, return_inverse=True)
        factor = np.concatenate([terms.factor for terms in blocks[name]])
        column = np.concatenate([terms.column for terms in blocks[name]])
        is_constant = column < 0
        count = len(places[name])
        constants.append(np.bincount(at[is_constant], factor[is_constant], count))
        data.append(factor[~is_constant])
        rows.append(at[~is_constant] + size)
        columns.append(column[~is_constant])
        parts[name] = slice(size, size + count)
        size += count
    from scipy import sparse

    entries = np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))
    products = sparse.csr_array(entries, shape=(size, len(form.cost)))
    return Assembly(products, np.concatenate(constants), parts, places)


def _terms(form: StandardForm, stairs: Staircase, pairs: Pairs) -> dict[str, list[_Terms]]:
    """Find the terms of each block."""
    rows, border = stairs.rows, stairs.border
    kind, place, period = rows.kind, rows.place, rows.period
    one, other = pairs.one, pairs.other

    def chosen(first: int, second: int) -> Ints:
        return np.flatnonzero((kind[one] == first) & (kind[other] == second))

    def terms(at: Ints, flat: Ints) -> _Terms:
        return _Terms(flat, pairs.product[at], pairs.column[at])

    found = {}
    at = chosen(PIVOT, PIVOT)
    found["D"] = [terms(at, period[one[at]] * stairs.pivots + place[one[at]])]
    at = chosen(PIVOT, BLOCK)
    row = period[one[at]] * stairs.pivots + place[one[at]]
    found["B"] = [terms(at, row * stairs.block + place[other[at]])]
    at = chosen(BLOCK, BLOCK)
    low, high = np.sort((place[one[at]], place[other[at]]), axis=0)
    found["C"] = [terms(at, (period[one[at]] * stairs.block + low) * stairs.block + high)]
    links = _Links.of(form, stairs)
    for name, kind_of, size in (("E", PIVOT, stairs.pivots), ("W", BLOCK, stairs.block)):
        at, link = chosen(kind_of, BORDER), links.of_kind(kind_of, kind)
        slots = border.slot[place[other[at]]], border.slot[link.variable]
        flat = [
            (period[row] * border.width + slot) * size + place[row]
            for row, slot in zip((one[at], link.row), slots, strict=True)
        ]
        found[name] = [terms(at, flat[0]), link.terms(flat[1])]
    at, link = chosen(BORDER, BORDER), links.of_kind(BORDER, kind)
    among = terms(at, at), place[one[at]], place[other[at]]
    linked = link.terms(link.variable), place[link.row], link.variable
    found["G"] = _both_ways(stairs, *among) + _both_ways(stairs, *linked)
    return found


def _both_ways(stairs: Staircase, terms: _Terms, one: Ints, other: Ints) -> list[_Terms]:
    """Put terms of two border variables in both triangles of the front, where the later one comes alive."""
    border = stairs.border
    at = np.maximum(border.first[one], border.first[other])
    there = (at * border.width + border.slot[one]) * border.width + border.slot[other]
    back = (at * border.width + border.slot[other]) * border.width + border.slot[one]
    apart = one != other
    return [
        _Terms(there, terms.factor, terms.column),
        _Terms(back[apart], terms.factor[apart], terms.column[apart]),
    ]


@dataclass(frozen=True, eq=False)
class _Links:
    """Entries of border columns, (k,) each."""

    row: Ints
    variable: Ints
    value: Floats

    @classmethod
    def of(cls, form: StandardForm, stairs: Staircase) -> _Links:
        linked = form.matrix[:, stairs.border.columns].tocoo()
        row, link = linked.coords
        return cls(row, len(stairs.border.rows) + link, linked.data)

    def of_kind(self, kind: int, kinds: Ints) -> _Links:
        """Those in rows of one kind."""
        at = kinds[self.row] == kind
        return _Links(self.row[at], self.variable[at], self.value[at])

    def terms(self, flat: Ints) -> _Terms:
        return _Terms(flat, self.value, np.full(len(flat), -1))
