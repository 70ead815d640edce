"""How a city answers an opinion (対応区分): the choices of the circulation sheet, and what each means."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.toml_file import read_toml

FILE = "responses.toml"
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Response:
    """One choice.

    Attributes
    ----------
    name : str
    meaning : str
        Empty for a choice of the user's own.
    """

    name: str
    meaning: str = ""


def responses_of(names: Iterable[str] = ()) -> tuple[Response, ...]:
    """Give the choices: those named, with the meanings that are known, or those of ``corpus/responses.toml``.

    >>> [one.name for one in responses_of()]
    ['反映', '記載済', '参考', '困難', 'その他']
    """
    known, _ = _read()
    meanings = {one.name: one.meaning for one in known}
    return tuple(Response(name, meanings.get(name, "")) for name in names) or known


def names_submitters(heading: str) -> bool:
    """Whether a column's values stand for the people who handed something in: 提出者番号, 回答者ID."""
    return _folded(heading) in _read()[1]


def check_names(names: object, *, file: str, place: str) -> tuple[str, ...]:
    """Read a list of choices.

    Raises
    ------
    IkenError
        When it is no list of different, short names.
    """
    if (
        not isinstance(names, list)
        or not names
        or not all(isinstance(name, str) and 0 < len(name.strip()) <= _LONGEST for name in names)
        or len({name.strip() for name in names}) < len(names)
    ):
        raise IkenError(
            f"「{place}」の値が、異なる{_LONGEST}字までの名前の並びではありません",
            file=file,
            place=place,
            remedy='responses = ["反映", "記載済", "参考"] のように書いてください',
        )
    return tuple(name.strip() for name in names)


@functools.cache
def _read() -> tuple[tuple[Response, ...], frozenset[str]]:
    data = read_toml(resources.corpus(FILE))
    names = check_names([one.get("name") for one in data["response"]], file=FILE, place="response")
    meanings = [str(one["meaning"]) for one in data["response"]]
    headings = frozenset(_folded(heading) for heading in data["submitters"]["headings"])
    return tuple(map(Response, names, meanings)), headings


def _folded(heading: str) -> str:
    return normalize(heading).replace(" ", "").casefold()
