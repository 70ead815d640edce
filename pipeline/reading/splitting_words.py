"""What tells that a comment holds several opinions, read from ``corpus/splitting.toml``."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.toml_file import read_toml

_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class SplittingWords:
    """Patterns for the parts of a comment. All but the two of ``asks`` are matched at the start of a sentence.

    Attributes
    ----------
    numbers : tuple of re.Pattern
        Ways of numbering (（１）, ①, 第一に); the group ``n`` holds the number.
    line_numbers : tuple of re.Pattern
        Those that count at the start of a line only.
    bullet, line_bullet, heading : re.Pattern
        ・ and its like; signs that count at the start of a line only; 【図書館】.
    inner : re.Pattern
        A heading within one opinion (理由, 現状); matches the whole heading.
    lists_inner, announces, lists_opinions : re.Pattern
        Searched for in the sentence before a list: it lists reasons or examples; it says that a list
        follows; it says that opinions follow.
    concludes : re.Pattern
        Takes up a whole list (以上の理由から).
    shift, adds : re.Pattern
        Turns to another topic (次に); adds to what was said (また).
    continues, blurs, presses : re.Pattern
        Goes on with the sentence before; may go on with it; presses for what was asked before (せめて).
    place : re.Pattern
        A place in the plan (７ページの, 第３章).
    topic_line : re.Pattern
        A line that names a topic (図書館について).
    ask, item_ask : re.Pattern
        Searched for: the end of a sentence that asks; the end of an item of a list that asks.
    stand : re.Pattern
        Searched for: the end of a sentence that takes a stand (反対します).
    closing : re.Pattern
        A greeting or a closing: 以上、ご検討ください.
    notice : re.Pattern
        Searched for: announces an opinion (一言だけ言わせてください).
    common : frozenset of str
        Words that two topics may share.
    """

    numbers: tuple[_Pattern, ...]
    line_numbers: tuple[_Pattern, ...]
    bullet: _Pattern
    line_bullet: _Pattern
    heading: _Pattern
    inner: _Pattern
    lists_inner: _Pattern
    announces: _Pattern
    lists_opinions: _Pattern
    concludes: _Pattern
    shift: _Pattern
    adds: _Pattern
    continues: _Pattern
    blurs: _Pattern
    presses: _Pattern
    place: _Pattern
    topic_line: _Pattern
    ask: _Pattern
    item_ask: _Pattern
    stand: _Pattern
    closing: _Pattern
    notice: _Pattern
    common: frozenset[str]


@functools.cache
def read_splitting_words(path: Path | None = None) -> SplittingWords:
    """Read the words; those that travel with the program when no file is named.

    Parameters
    ----------
    path : Path, optional
        A file like ``corpus/splitting.toml``.

    Returns
    -------
    SplittingWords

    Raises
    ------
    IkenError
        With file, key and remedy.
    """
    path = path or resources.corpus("splitting.toml")
    data = read_toml(path)
    return _Reader(path, data).words()


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
    data: Mapping[str, Any]

    def words(self) -> SplittingWords:
        tails = self._joined("asks.tails")
        opener = self._joined("asks.closing_openers")
        return SplittingWords(
            numbers=self._numbers("marks.numbers"),
            line_numbers=self._numbers("marks.line_numbers"),
            bullet=self._compile("marks.signs", f"[{re.escape(self._text('marks.signs'))}]"),
            line_bullet=self._compile("marks.line_signs", f"[{re.escape(self._text('marks.line_signs'))}]"),
            heading=self._compile("marks.headings", self._text("marks.headings")),
            inner=self._any("inner.heads", after="$"),
            lists_inner=self._any("leads.inner"),
            announces=self._any("leads.announces"),
            lists_opinions=self._any("leads.opinions"),
            concludes=self._any("leads.concludes"),
            shift=self._any("joints.shift"),
            adds=self._any("joints.adds"),
            continues=self._any("joints.continues"),
            blurs=self._any("joints.blurs"),
            presses=self._any("joints.presses"),
            place=self._compile("joints.places", self._text("joints.places")),
            topic_line=self._compile("joints.topic_line", self._text("joints.topic_line")),
            ask=self._any("asks.ends", after=f"(?:{tails})*$"),
            item_ask=self._any("asks.item_ends", after="$"),
            stand=self._any("asks.stands", after="$"),
            closing=self._any("asks.closings", before=f"(?:{opener})*"),
            notice=self._any("asks.notices"),
            common=frozenset(self._texts("common.words")),
        )

    def _table(self, name: str) -> Mapping[str, Any]:
        table = self.data.get(name)
        if not isinstance(table, dict) or not table:
            raise self._fault("表がありません", name, f"[{name}] の下に書いてください")
        return table

    def _value(self, key: str) -> object:
        table, _, name = key.partition(".")
        return self._table(table).get(name)

    def _text(self, key: str) -> str:
        value = self._value(key)
        if not isinstance(value, str) or not value:
            raise self._fault("文字列がありません", key, f"{key} = '…' と書いてください")
        return value

    def _texts(self, key: str) -> list[str]:
        value = self._value(key)
        if not isinstance(value, list) or not value or not all(isinstance(part, str) and part for part in value):
            raise self._fault("言い方の並びがありません", key, f"{key} = ['…', '…'] と書いてください")
        return value

    def _joined(self, key: str) -> str:
        parts = self._texts(key)
        for part in parts:
            self._compile(key, part)
        return "|".join(f"(?:{part})" for part in parts)

    def _any(self, key: str, before: str = "", after: str = "") -> _Pattern:
        return re.compile(f"{before}(?:{self._joined(key)}){after}")

    def _numbers(self, key: str) -> tuple[_Pattern, ...]:
        return tuple(self._compile(key, part, group="n") for part in self._texts(key))

    def _compile(self, key: str, pattern: str, group: str = "") -> _Pattern:
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            what = f"「{pattern}」は正規表現として読めません（{error}）"
            raise self._fault(what, key, "括弧の対応を確かめてください") from error
        if group and group not in compiled.groupindex:
            raise self._fault("番号の場所が分かりません", key, f"番号のところを (?P<{group}>…) で囲んでください")
        return compiled

    def _fault(self, what: str, key: str, remedy: str) -> IkenError:
        return IkenError(what, file=str(self.path), place=key, remedy=remedy)
