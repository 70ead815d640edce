"""What personal information looks like, read from ``corpus/privacy.toml`` and checked.

The shapes are regular expressions made of named pieces: ``<dash>`` in a shape stands for the
piece ``dash`` of the file.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.toml_file import read_toml

KINDS = ("電話番号", "郵便番号", "住所", "メールアドレス", "URL", "生年月日", "氏名")
"""What can be found, under the names that stand in the masked text."""

_PIECE = re.compile(r"<([a-z_]+)>")
_PATTERN_KEYS = {"kind", "pattern", "digits", "examples", "counter_examples"}
_CONDITIONS = ("not_after", "not_before", "not_like", "must_like")

# These say how the text before a place ends.
_ENDINGS = frozenset(
    {"not_after", "official_account", "official_before", "official_talk", "personal_before", "cues", "area_end"}
    | {"town_end", "known_before", "selves", "not_name", "must_like", "role_before", "kin_before", "closing"}
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of personal information and when it is not.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    pattern : re.Pattern
        Its group ``hit``, where it has one, is what is personal; the whole of it otherwise.
    digits : frozenset of int
        How many digits it may have, an extension aside; any number if empty.
    not_after, not_before : re.Pattern or None
        It is not personal after or before this.
    not_like, must_like : re.Pattern or None
        What it must not, and must, contain.
    examples, counter_examples : tuple of str
        Texts in which it is found, and not found; for the tests and for whoever mends the rules.
    """

    kind: str
    pattern: re.Pattern[str]
    digits: frozenset[int]
    not_after: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    not_like: re.Pattern[str] | None
    must_like: re.Pattern[str] | None
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UrlRules:
    """Which URLs belong to an office or a body and not to a person; the file explains each key."""

    official: tuple[re.Pattern[str], ...]
    official_account: re.Pattern[str]
    official_before: re.Pattern[str]
    official_talk: re.Pattern[str]
    personal_before: re.Pattern[str]
    personal: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class AddressRules:
    """How house numbers, areas and buildings are written; the file explains each key."""

    strong: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]
    home: tuple[re.Pattern[str], ...]
    building: tuple[re.Pattern[str], ...]
    bare: re.Pattern[str]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    not_like: re.Pattern[str]
    not_home: re.Pattern[str]
    cues: re.Pattern[str]
    area_end: re.Pattern[str]
    town_end: re.Pattern[str]
    prefecture: re.Pattern[str]
    stops: frozenset[str]
    joints: frozenset[str]


@dataclass(frozen=True, slots=True)
class NameRules:
    """Where names stand, and what only looks like one; the file explains each key."""

    honorific: re.Pattern[str]
    title: re.Pattern[str]
    cue: re.Pattern[str]
    cue_beside_place: re.Pattern[str]
    role_before: re.Pattern[str]
    kin_before: re.Pattern[str]
    label: re.Pattern[str]
    introduces: re.Pattern[str]
    deed: re.Pattern[str]
    after_name: re.Pattern[str]
    closing: re.Pattern[str]
    selves: re.Pattern[str]
    head_of_place: re.Pattern[str]
    place_after: re.Pattern[str]
    known_before: re.Pattern[str]
    known_after: re.Pattern[str]
    not_labelled: re.Pattern[str]
    not_name: re.Pattern[str]
    child_name: re.Pattern[str]
    kin_given: re.Pattern[str]
    known: frozenset[str]
    places_too: frozenset[str]
    seldom: frozenset[str]
    surnames: frozenset[str]
    kana_surnames: frozenset[str]
    kana_given: frozenset[str]


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """All of ``corpus/privacy.toml``."""

    shapes: tuple[Shape, ...]
    urls: UrlRules
    addresses: AddressRules
    names: NameRules


Rules = TypeVar("Rules", UrlRules, AddressRules, NameRules)


@functools.cache
def read_privacy_rules(path: Path | None = None) -> PrivacyRules:
    """Read the rules; those that travel with the program when no file is named.

    Parameters
    ----------
    path : Path, optional
        A TOML file like ``corpus/privacy.toml``.

    Returns
    -------
    PrivacyRules
        Every pattern compiled.

    Raises
    ------
    IkenError
        With file, key and remedy.
    """
    path = path or resources.corpus("privacy.toml")
    data = read_toml(path)
    pieces = _Section(path, "pieces", data.get("pieces"), {})
    spelled = {name: pieces.text(name) for name in pieces.values}
    return PrivacyRules(
        shapes=tuple(_shape(_Section(path, place, table, spelled)) for place, table in _tables(path, data)),
        urls=_filled(UrlRules, _Section(path, "url", data.get("url"), spelled)),
        addresses=_filled(AddressRules, _Section(path, "address", data.get("address"), spelled)),
        names=_filled(NameRules, _Section(path, "name", data.get("name"), spelled)),
    )


class _Section:
    """One table of the file: gives its values, or says which of them is wrong."""

    def __init__(self, path: Path, place: str, values: object, pieces: Mapping[str, str]) -> None:
        self.path = path
        self.place = place
        self.pieces = pieces
        if not isinstance(values, dict):
            raise self.fault(place, "表がありません", f"[{place}] を書いてください")
        self.values: dict[str, Any] = values

    def fault(self, key: str, what: str, remedy: str) -> IkenError:
        place = key if key == self.place else f"{self.place} {key}"
        return IkenError(what, file=str(self.path), place=place, remedy=remedy)

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value:
            raise self.fault(key, "形がありません", f"{key} = '…' と書いてください")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            raise self.fault(key, "語の並びがありません", f'{key} = ["…", "…"] と書いてください')
        return tuple(value)

    def pattern(self, key: str) -> re.Pattern[str]:
        return self.compiled(key, self.text(key))

    def patterns(self, key: str) -> tuple[re.Pattern[str], ...]:
        return tuple(self.compiled(key, text) for text in self.words(key))

    def compiled(self, key: str, text: str) -> re.Pattern[str]:
        for _ in range(4):  # pieces are made of pieces
            text = _PIECE.sub(lambda match: self.pieces.get(match[1], match[0]), text)
        if key in _ENDINGS:
            text = rf"(?:{text})\Z"
        try:
            return re.compile(text)
        except re.error as error:
            what = f"「{text[:40]}」は正規表現として読めません（{error}）"
            raise self.fault(key, what, "括弧の対応と部品の名を確かめてください") from error


def _tables(path: Path, data: Mapping[str, object]) -> Sequence[tuple[str, object]]:
    tables = data.get("patterns")
    if not isinstance(tables, list) or not tables:
        remedy = "[[patterns]] を一つ以上書いてください"
        raise IkenError("探す形がありません", file=str(path), place="patterns", remedy=remedy)
    return [(f"patterns {number}番目", table) for number, table in enumerate(tables, 1)]


def _shape(section: _Section) -> Shape:
    kind = section.text("kind")
    if kind not in KINDS:
        raise section.fault("kind", f"「{kind}」という種類はありません", f"{' '.join(KINDS)} のどれかにしてください")
    for key in section.values:
        if key not in _PATTERN_KEYS and key not in _CONDITIONS:
            raise section.fault(key, "知らない項目です", f"{' '.join(_CONDITIONS)} などの綴りを確かめてください")
    digits = section.values.get("digits", [])
    if not isinstance(digits, list) or not all(isinstance(count, int) for count in digits):
        raise section.fault("digits", "個数の並びではありません", "digits = [10, 11] と書いてください")
    conditions = {key: section.pattern(key) if key in section.values else None for key in _CONDITIONS}
    return Shape(
        kind=kind,
        pattern=section.pattern("pattern"),
        digits=frozenset(digits),
        examples=section.words("examples"),
        counter_examples=section.words("counter_examples") if "counter_examples" in section.values else (),
        **conditions,
    )


def _filled(kind: type[Rules], section: _Section) -> Rules:
    """Read a section key by key, each as its field wants it."""
    readers: dict[str, Callable[[str], object]] = {
        "re.Pattern[str]": section.pattern,
        "tuple[re.Pattern[str], ...]": section.patterns,
        "frozenset[str]": lambda key: frozenset(section.words(key)),
    }
    values: dict[str, Any] = {field.name: readers[str(field.type)](field.name) for field in fields(kind)}
    return kind(**values)
