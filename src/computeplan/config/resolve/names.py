"""Names to indices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from computeplan.config.resolve.faults import Faults
from computeplan.config.words import did_you_mean


class Names:
    """Names of one sort of thing in their order.

    Parameters
    ----------
    what : str
        One of them in words, such as ``a zone``.
    names : iterable of str
        Without repetition.
    is_open : bool
        Whether a name that is not there is taken in when it is looked for.
    """

    def __init__(self, what: str, names: Iterable[str], *, is_open: bool = False) -> None:
        self._what = what
        self._index = {name: i for i, name in enumerate(names)}
        self._is_open = is_open

    def __len__(self) -> int:
        return len(self._index)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def __getitem__(self, name: str) -> int:
        return self._index[name]

    @property
    def expected(self) -> str:
        """What a fault asks for."""
        return f"the name of {self._what}"

    def position(self, name: str) -> int:
        """Index of a name, -1 where it is unknown."""
        if self._is_open:
            self._index.setdefault(name, len(self._index))
        return self._index.get(name, -1)

    def hint(self, name: str) -> str:
        """Say what a wrong name may have meant."""
        return did_you_mean(name, self._index)

    def find(self, name: str, path: str, faults: Faults) -> int:
        """Index of a name; 0, and a fault, where it is unknown.

        Parameters
        ----------
        name : str
        path : str
            Where in the config it stands.
        faults : Faults

        Returns
        -------
        int
        """
        position = self.position(name)
        if position < 0:
            faults.add(path, self.expected, repr(name), self.hint(name))
            return 0
        return position
