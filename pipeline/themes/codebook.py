"""The codebook: what each theme means and which words speak for and against it.

It is data (``corpus/themes.toml``) that a city may edit; whatever is wrong with it
is said with the file, the key and the remedy.
"""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.batch import Batch
from pipeline.language.tokenize import Word
from pipeline.records import Evidence
from pipeline.themes.terms import Match, Matcher, parse_expression, surfaces

_THEME_KEYS = {
    "name",
    "color",
    "definition",
    "include",
    "exclude",
    "terms",
    "against",
    "ignore",
    "examples",
    "counterexamples",
}
_RESERVED_NAMES = {"なし", "該当なし", "保留", "付与", "合計(実数)"}


@dataclass(frozen=True, slots=True)
class Term:
    """An expression that speaks for a theme (weight above 0) or against it (below 0)."""

    expression: str
    weight: float


@dataclass(frozen=True)
class Theme:
    """One theme of the codebook.

    Attributes
    ----------
    name : str
        As it stands in every deliverable.
    definition : str
        What the theme is about, in one sentence.
    include, exclude : tuple of str
        What belongs and what does not, for people.
    terms : tuple of Term
        What speaks for it and against it.
    ignore : tuple of str
        Expressions that hide their words from this theme: コミュニティバス says nothing about ties.
    examples, counterexamples : tuple of str
        Opinions of our own that belong and that do not.
    """

    name: str
    definition: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    terms: tuple[Term, ...]
    ignore: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    color: str = "#555555"


@dataclass(frozen=True)
class Codebook:
    """All themes, in the order in which they are shown.

    Attributes
    ----------
    themes : tuple of Theme
    digest : str
        SHA-256 of the file it was read from, in hexadecimal.
    """

    themes: tuple[Theme, ...]
    digest: str = ""
    _search: _Search = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the search, once for all opinions."""
        object.__setattr__(self, "_search", _Search(self.themes))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the themes, in order."""
        return tuple(theme.name for theme in self.themes)

    def evidence(self, words: Sequence[Word]) -> tuple[tuple[Evidence, ...], ...]:
        """For each theme, the terms that stand in the text, in its order; a term counts once.

        Of terms for a theme that share a word only the strongest counts, so that a phrase and
        a word within it are not added up.
        """
        return self.search(Batch([words])).evidence(0)

    def search(self, batch: Batch) -> Found:
        """Look for the terms in many texts at once."""
        return self._search.find(batch)


Hit = tuple[Term, Match]


@dataclass(frozen=True)
class Found:
    """The terms that stand in some texts.

    Attributes
    ----------
    hits : list of dict of int to list
        For each text and theme (by number), the terms that count.
    totals : ndarray of shape (n_texts, n_themes)
        The sums of their weights.
    """

    batch: Batch
    hits: list[dict[int, list[Hit]]]
    totals: NDArray[np.float64]

    def evidence(self, text: int) -> tuple[tuple[Evidence, ...], ...]:
        """Show what was found in one text, for each theme."""
        return tuple(self.theme_evidence(text, theme) for theme in range(self.totals.shape[1]))

    def theme_evidence(self, text: int, theme: int) -> tuple[Evidence, ...]:
        """Show what was found in one text for one theme."""
        return tuple(
            Evidence(surfaces(self.batch.words, match), term.weight, term.expression)
            for term, match in self.hits[text].get(theme, ())
        )


class _Search:
    """One search for the expressions of all themes."""

    def __init__(self, themes: tuple[Theme, ...]) -> None:
        self._themes = len(themes)
        self._last: Found | None = None
        # (theme, term), with None for an expression that hides its words from the theme
        self._meaning: list[tuple[int, Term | None]] = []
        expressions = []
        for number, theme in enumerate(themes):
            self._meaning += [(number, term) for term in theme.terms] + [(number, None)] * len(theme.ignore)
            expressions += [term.expression for term in theme.terms] + list(theme.ignore)
        self._matcher = Matcher([parse_expression(text) for text in expressions])

    def find(self, batch: Batch) -> Found:
        # the themes and the plan look at one batch after the other: the second time it is there already
        if self._last is None or self._last.batch is not batch:
            self._last = self._found(batch)
        return self._last

    def _found(self, batch: Batch) -> Found:
        totals = np.zeros((len(batch), self._themes))
        hits: list[dict[int, list[Hit]]] = []
        for text, found in enumerate(self._matcher.find(batch)):
            by_theme: dict[int, list[Hit]] = {}
            hidden: dict[int, set[int]] = {}
            for number, match in found:
                theme, term = self._meaning[number]
                if term is None:
                    hidden.setdefault(theme, set()).update(_positions(match))
                else:
                    by_theme.setdefault(theme, []).append((term, match))
            for theme, theme_hits in by_theme.items():
                by_theme[theme] = _strongest(theme_hits, hidden.get(theme))
                totals[text, theme] = sum(term.weight for term, _ in by_theme[theme])
            hits.append(by_theme)
        return Found(batch, hits, totals)


def _positions(match: Match) -> set[int]:
    return {position for piece in match for position in piece}


def _strongest(hits: list[Hit], hidden: set[int] | None) -> list[Hit]:
    if len(hits) == 1 and not hidden:
        return hits
    hidden = hidden or set()
    kept: list[Hit] = []
    counted: set[str] = set()
    taken: dict[bool, set[int]] = {True: set(hidden), False: set(hidden)}
    for term, match in sorted(hits, key=lambda hit: (-abs(hit[0].weight), hit[1][0].start, hit[0].expression)):
        positions = _positions(match)
        side = taken[term.weight > 0]
        if term.expression not in counted and not positions & side:
            counted.add(term.expression)
            side |= positions
            kept.append((term, match))
    return sorted(kept, key=lambda hit: (hit[1][0].start, hit[0].expression))


@functools.cache
def read_codebook(path: Path | None = None) -> Codebook:
    """Read and check a codebook; the one that travels with the program when none is named.

    Raises
    ------
    IkenError
        With file, key and remedy, for whatever is wrong.
    """
    path = path or resources.corpus("themes.toml")
    try:
        body = path.read_bytes()
    except OSError as error:
        raise IkenError(
            "コードブックが読めません", file=str(path), remedy="--codebook のファイル名を確かめてください"
        ) from error
    try:
        data = tomllib.loads(body.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise IkenError(
            f"TOMLとして読めません（{error}）",
            file=str(path),
            remedy="示された行の記号と引用符、文字コード（UTF-8）を確かめてください",
        ) from error
    tables = data.get("theme")
    if not isinstance(tables, list) or not tables:
        raise IkenError(
            "テーマが一つもありません", file=str(path), place="theme", remedy="[[theme]] で始まる項目を書いてください"
        )
    themes = tuple(_read_theme(table, str(path), number) for number, table in enumerate(tables, 1))
    names = [theme.name for theme in themes]
    for name in names:
        if names.count(name) > 1:
            raise IkenError(
                f"テーマ「{name}」が二つあります", file=str(path), place="name", remedy="片方の name を変えてください"
            )
    return Codebook(themes, hashlib.sha256(body).hexdigest())


def _read_theme(table: object, file: str, number: int) -> Theme:
    def wrong(key: str, what: str, remedy: str) -> IkenError:
        return IkenError(what, file=file, place=f"{number}番目の[[theme]] {key}", remedy=remedy)

    if not isinstance(table, dict):
        raise wrong("", "テーマが表になっていません", "[[theme]] の下に name などを書いてください")
    for key in table:
        if key not in _THEME_KEYS:
            raise wrong(key, f"「{key}」という項目はありません", f"使えるのは {'、'.join(sorted(_THEME_KEYS))} です")

    def text(key: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise wrong(key, f"「{key}」に文字がありません", f'{key} = "…" と書いてください')
        return value.strip()

    def texts(key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise wrong(key, f"「{key}」が文字の並びになっていません", f'{key} = ["…", "…"] と書いてください')
        return tuple(item.strip() for item in value)

    def terms(key: str, sign: int) -> list[Term]:
        groups = table.get(key, [])
        if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
            raise wrong(
                key,
                f"「{key}」が表の並びになっていません",
                f'{key} = [{{ weight = 1.0, words = ["…"] }}] と書いてください',
            )
        found = []
        for group in groups:
            weight, words = group.get("weight"), group.get("words")
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= 5:
                raise wrong(f"{key}.weight", f"重み「{weight}」は使えません", "0より大きく5以下の数にしてください")
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise wrong(f"{key}.words", "語の並びがありません", 'words = ["…", "…"] と書いてください')
            found += [Term(check(word, key), sign * float(weight)) for word in words]
        return found

    def check(expression: str, key: str) -> str:
        try:
            parse_expression(expression)
        except ValueError as error:
            raise wrong(key, str(error), "語を書くか、行ごと消してください") from error
        return expression.strip()

    name = text("name")
    if name in _RESERVED_NAMES or any(mark in name for mark in "|:、,"):
        raise wrong("name", f"「{name}」はテーマの名前に使えません", "区切り記号（| : 、 ,）や判定の語を避けてください")
    all_terms = [*terms("terms", 1), *terms("against", -1)]
    if not any(term.weight > 0 for term in all_terms):
        raise wrong("terms", f"「{name}」に手がかりの語がありません", "terms に語を一つ以上書いてください")
    for expression, times in Counter(term.expression for term in all_terms).items():
        if times > 1:
            raise wrong("terms", f"「{expression}」が二度あります", "片方を消してください")
    return Theme(
        name=name,
        definition=text("definition"),
        include=texts("include"),
        exclude=texts("exclude"),
        terms=tuple(all_terms),
        ignore=tuple(check(item, "ignore") for item in texts("ignore")),
        examples=texts("examples"),
        counterexamples=texts("counterexamples"),
        color=text("color", "#555555"),
    )
