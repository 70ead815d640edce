"""種別: what an opinion does (要望, 課題, 事例, 懸念), by the words that say so.

The words are data (``corpus/kinds.toml``). What is asked for may stand anywhere; how a
sentence ends decides the rest.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.tokenize import Word
from pipeline.themes.terms import Matcher, parse_expression, surfaces

_SENTENCE_ENDS = frozenset("。!?！？")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind and the words that decided for it."""

    name: str
    evidence: str


class KindRules:
    """Judges the kind of an opinion by weighted expressions.

    Parameters
    ----------
    names : sequence of str
        In the order in which a tie is decided.
    anywhere, ending : sequence of (kind, expression, weight)
    default : str
        For a text in which no expression stands.
    ending_words : int
        How many words at the end of the last sentence count as its ending.
    """

    def __init__(
        self,
        names: Sequence[str],
        anywhere: Sequence[tuple[str, str, float]],
        ending: Sequence[tuple[str, str, float]],
        default: str,
        ending_words: int,
    ) -> None:
        self.names = tuple(names)
        self._default = default
        self._ending_words = ending_words
        self._anywhere = tuple(anywhere)
        self._ending = tuple(ending)
        self._search_anywhere = Matcher([parse_expression(text) for _, text, _ in anywhere])
        self._search_ending = Matcher([parse_expression(text) for _, text, _ in ending])

    def judge(self, words: Sequence[Word]) -> Kind:
        """Judge one opinion."""
        scores = dict.fromkeys(self.names, 0.0)
        strongest: dict[str, tuple[float, str]] = {}
        last = self._last(words)
        for rules, search, text in (
            (self._anywhere, self._search_anywhere, words),
            (self._ending, self._search_ending, last),
        ):
            counted: dict[str, float] = {}
            for number, match in search.find(text):
                kind, _, weight = rules[number]
                counted[kind] = max(counted.get(kind, 0.0), weight)
                if weight > strongest.get(kind, (0.0, ""))[0]:
                    strongest[kind] = (weight, surfaces(text, match))
            for kind, weight in counted.items():
                scores[kind] += weight
        best = max(self.names, key=lambda name: scores[name])
        return Kind(best, strongest[best][1]) if scores[best] else Kind(self._default, "")

    def _last(self, words: Sequence[Word]) -> Sequence[Word]:
        """The last words of the last sentence, its full stop included."""
        end = len(words)
        start = end - 1
        while start > 0 and words[start - 1].surface not in _SENTENCE_ENDS:
            start -= 1
        return words[max(start, end - self._ending_words, 0) : end]


@functools.cache
def read_kinds(path: Path | None = None) -> KindRules:
    """Read the rules; whatever is wrong is an error with file, key and remedy."""
    path = path or resources.corpus("kinds.toml")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        names = [str(table["name"]) for table in data["kind"]]
        rules = {
            part: [
                (str(table["name"]), str(word), float(group["weight"]))
                for table in data["kind"]
                for group in table.get(part, [])
                for word in group["words"]
            ]
            for part in ("anywhere", "ending")
        }
        if data["default"] not in names:
            raise ValueError("default がどの種別でもありません")
        return KindRules(names, rules["anywhere"], rules["ending"], data["default"], int(data["ending_words"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise IkenError(
            f"種別の手がかりが読めません（{error}）", file=str(path), remedy="kinds.toml の書き方を確かめてください"
        ) from error
