"""Headings: what an official would call a topic, in the topic's own words.

A word tells a topic by how much more of its texts have it than of all others (a term of the relative
entropy). A heading is the noun phrase whose words tell most, that many of the texts share and that
lies near what they mean; a second one joins it where the first leaves many of them out:
「情報発信・広報の充実」.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word
from pipeline.plan.comparing import Bags, bags_of, word_bag
from pipeline.topics.meaning import meanings
from pipeline.topics.phrases import COMPOUND, DEED, DESCRIBED, OF, WORD, names_a_person, noun_phrases, read_vague

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_WORDS = 6  # 主な語
_READ = 120  # texts whose phrases are looked at, from the most fitting to the least
_LONGEST = 16  # letters of a phrase
_COMPARED = 60  # phrases that are compared by meaning
_VAGUE = "曖昧"  # a word that says little alone, and something beside another: 連携・交流
_FORMS = {OF: 1.15, COMPOUND: 1.0, DEED: 0.95, DESCRIBED: 0.8, WORD: 0.45, _VAGUE: 0.35}
_LEFT_OUT = 0.4  # share of texts that the first phrase leaves out, from which a second is sought
_SECOND = 0.2  # share of texts that the second has to stand for
_SHARED, _SAID = 0.3, 0.15  # exponents: how much it counts that texts have all its words, and say just so
_NEAR = 0.7  # how much of a score hangs on the meaning
_FEW, _FEWER = 0.12, 1.5  # share of texts that have to have a phrase's words, and how much less counts
_DIGITS = 9
_LETTERS = re.compile(r"[a-z0-9]+$")  # of addresses and units


@dataclass(frozen=True)
class Named:
    """A topic's heading and its telling words, as they are written; empty where nothing tells."""

    heading: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Candidates:
    """Phrases of a group.

    Attributes
    ----------
    keys : list of tuple of str
    texts, forms : list of str
        As most write it.
    told, near : ndarray of shape (n_phrases,)
        How much the words tell, and how near the phrase is to what the group means.
    shared, said : ndarray of shape (n_phrases, n_texts)
        Which texts have all its words, and which say just so.
    """

    keys: list[tuple[str, ...]]
    texts: list[str]
    forms: list[str]
    told: Floats
    near: Floats
    shared: Flags
    said: Flags

    def ranked(self, rows: Ints) -> list[int]:
        """The best for some of the texts, the best first."""
        if not len(rows) or not self.keys:
            return []
        shared, said = self.shared[:, rows].mean(axis=1), self.said[:, rows].mean(axis=1)
        # what few say hardly stands for the others
        enough = np.minimum(self.shared[:, rows].sum(axis=1) / max(2.0, _FEW * len(rows)), 1.0)
        form = np.array([_FORMS[one] for one in self.forms])
        scores = np.round(form * self.told * self.near * enough**_FEWER * shared**_SHARED * said**_SAID, _DIGITS)
        found = sorted(range(len(scores)), key=lambda place: (-scores[place], self.keys[place]))
        return [place for place in found if scores[place] > 0]


class Headings:
    """Names groups of one collection.

    Parameters
    ----------
    texts : sequence of sequence of Word
        The whole collection: what a group is told apart from.
    """

    def __init__(self, texts: Sequence[Sequence[Word]]) -> None:
        self._texts = texts
        self._vague = read_vague()
        self._bags: Bags = bags_of([word_bag(words) for words in texts])
        self._columns = {key: column for column, key in enumerate(self._bags.names)}
        self._counts = np.bincount(self._bags.table.indices, minlength=len(self._bags.names))
        silent = self._vague.formulaic | self._vague.never
        self._is_silent = np.array([key in silent for key in self._bags.names], dtype=bool)

    def name(self, members: Sequence[int], taken: frozenset[str] = frozenset()) -> Named:
        """Name a group.

        Parameters
        ----------
        members : sequence of int
            Rows, the most fitting first.
        taken : frozenset of str
            Headings that others have already.
        """
        rows = np.asarray(members, dtype=np.int64)
        tells = self._tells(rows)
        spread = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _READ)).astype(np.int64))
        read = [self._texts[row] for row in rows[spread].tolist()]
        return Named(self._heading(self._candidates(read, tells), taken), self._main_words(read, tells))

    def _tells(self, rows: Ints) -> Floats:
        """How much each word tells the group from all other texts; below 0 never."""
        table = self._bags.table
        within = np.bincount(table[rows].indices, minlength=len(self._bags.names))
        here = within / len(rows)
        there = (self._counts - within + 0.5) / (max(table.shape[0] - len(rows), 1) + 1.0)
        tells = np.where((within > 0) & ~self._is_silent, here * np.log(np.maximum(here, 1e-12) / there), 0.0)
        return np.asarray(np.round(np.maximum(tells, 0.0), _DIGITS), dtype=np.float64)

    def _tell(self, key: str, tells: Floats) -> float:
        return float(tells[self._columns[key]])

    def _main_words(self, texts: Sequence[Sequence[Word]], tells: Floats) -> tuple[str, ...]:
        """Nouns with their endings (公民館, 高齢者), the most telling first; no names of persons."""
        forms: dict[str, Counter[str]] = {}
        for words in texts:
            for place, word in enumerate(words):
                if (
                    word.is_content
                    and word.pos == "名詞"
                    and not names_a_person(word)
                    and not _LETTERS.match(word.surface)
                ):
                    after = words[place + 1] if place + 1 < len(words) else None
                    ending = after.surface if after and after.pos == "接尾辞" and after.pos2 == "名詞的" else ""
                    forms.setdefault(word.key, Counter())[word.surface + ending] += 1
        found = [
            _commonest(forms[key])
            for key in sorted(forms, key=lambda key: (-self._tell(key, tells), key))
            if self._tell(key, tells) > 0
        ]
        return tuple(dict.fromkeys(form for form in found if len(form) > 1))[:_WORDS]

    def _candidates(self, texts: Sequence[Sequence[Word]], tells: Floats) -> _Candidates:
        forms: dict[tuple[str, ...], str] = {}
        written: dict[tuple[str, ...], Counter[str]] = {}
        said: dict[tuple[str, ...], set[int]] = {}
        words: dict[str, Word] = {}
        where: dict[str, set[int]] = {}
        for row, text in enumerate(texts):
            found = [(phrase.keys, phrase.text, phrase.form) for phrase in noun_phrases(text, self._vague)]
            for word, after in zip(text, [*text[1:], None], strict=True):
                if word.is_content:
                    words[word.key] = word
                    where.setdefault(word.key, set()).add(row)
                    is_whole = after is None or after.pos != "接尾辞"
                    if word.key in self._vague.alone and word.pos3 == "サ変可能" and len(word.surface) > 1 and is_whole:
                        found.append(((word.key,), word.surface, _VAGUE))
            for keys, surface, form in found:
                if keys and len(surface) <= _LONGEST:
                    forms.setdefault(keys, form)
                    written.setdefault(keys, Counter())[surface] += 1
                    said.setdefault(keys, set()).add(row)
        told = {}
        for keys in written:
            parts = [tell for key in set(keys) if (tell := self._tell(key, tells)) > 0]
            if parts:
                told[keys] = round(sum(sorted(parts)) / len(parts) ** 0.5, _DIGITS)
        best = sorted(told, key=lambda keys: (-told[keys], keys))
        # what stands in one text alone is looked at last
        best = sorted(best, key=lambda keys: len(set.intersection(*(where[key] for key in keys))) < 2)[:_COMPARED]
        shared, exact = np.zeros((len(best), len(texts)), dtype=bool), np.zeros((len(best), len(texts)), dtype=bool)
        for place, keys in enumerate(best):
            exact[place, sorted(said[keys])] = True
            # 地域性 is not said where 地域 is
            has_ending = forms[keys] == COMPOUND and len(keys) == 1
            shared[place] = exact[place]
            if not has_ending:
                shared[place, sorted(set.intersection(*(where[key] for key in keys)))] = True
        rows = meanings([*texts, *([words[key] for key in keys] for keys in best)], centred=False)
        centre = rows[: len(texts)].mean(axis=0)
        near = np.maximum(rows[len(texts) :] @ centre, 0.0) / max(float(np.linalg.norm(centre)), 1e-9)
        return _Candidates(
            best,
            [_commonest(written[keys]) for keys in best],
            [forms[keys] for keys in best],
            np.array([told[keys] for keys in best]),
            np.round(1 - _NEAR + _NEAR * near, 6),
            shared,
            exact,
        )

    def _heading(self, phrases: _Candidates, taken: frozenset[str]) -> str:
        everywhere = np.arange(phrases.shared.shape[1])
        ranked = [place for place in phrases.ranked(everywhere) if phrases.texts[place] not in taken]
        for first in ranked:
            vague = phrases.forms[first] == _VAGUE
            keys = phrases.keys[first]
            touched = np.zeros(len(everywhere), dtype=bool)
            for place, other in enumerate(phrases.keys):
                if set(other) <= set(keys):
                    touched |= phrases.shared[place]
            left = np.flatnonzero(~touched)
            leaves_many = len(left) >= max(2.0, _LEFT_OUT * len(everywhere))
            if not (vague or leaves_many or phrases.forms[first] == WORD):
                return phrases.texts[first]
            rows = left if leaves_many else everywhere
            for second in phrases.ranked(rows):
                if phrases.forms[second] == _VAGUE and not leaves_many:
                    continue  # 担い手・活動 says no more than 担い手
                held = int(phrases.shared[second, rows].sum())
                if held >= max(2.0, _SECOND * len(everywhere)) and not _overlap(phrases, first, second):
                    parts = [phrases.texts[first], phrases.texts[second]]
                    # 防災訓練・参加: what it is about stands first
                    return "・".join(parts[::-1] if vague else parts)
            if not vague:
                return phrases.texts[first]
        return ""


def _overlap(phrases: _Candidates, first: int, second: int) -> bool:
    one, other = phrases.texts[first], phrases.texts[second]
    return bool(set(phrases.keys[first]) & set(phrases.keys[second])) or one in other or other in one


def _commonest(forms: Counter[str]) -> str:
    """The form that stands most often; of equals the first by letters."""
    return min(forms, key=lambda form: (-forms[form], form))
