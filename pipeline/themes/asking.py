"""求めていること: the span of a 要望 that says what is asked for.

Proposals for measures are built from what people ask, not from the reasons they give:
「役員が高齢なので、任期を短くしてほしい。」 asks 「任期を短くしてほしい」. The span is cut out of the
text and never rewritten. The ways of asking are data (``corpus/asking.toml``).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.toml_file import read_toml

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*")
_OPEN_JOINT = r"[は:、\s]*"
_EDGES = " 　、。・！？!?\n"


@dataclass(frozen=True, slots=True)
class AskingWords:
    """How people ask, and where what they ask begins.

    Attributes
    ----------
    asks : re.Pattern
        Ends what is asked for.
    cuts : re.Pattern
        Ends a reason or a situation before it.
    openers : re.Pattern
        Stands before it and says nothing (また、ぜひ).
    """

    asks: re.Pattern[str]
    cuts: re.Pattern[str]
    openers: re.Pattern[str]


@functools.cache
def read_asking_words(path: Path | None = None) -> AskingWords:
    """Read the ways of asking; those that travel with the program when no file is named.

    Raises
    ------
    IkenError
        With file, key and remedy.
    """
    path = path or resources.corpus("asking.toml")
    data = read_toml(path)

    def pattern(key: str, template: str) -> re.Pattern[str]:
        parts = data.get(key)
        if not isinstance(parts, list) or not parts or not all(isinstance(part, str) and part for part in parts):
            remedy = f"{key} = ['…', '…'] と書いてください"
            raise IkenError("言い方の並びがありません", file=str(path), place=key, remedy=remedy)
        for part in parts:
            try:
                re.compile(part)
            except re.error as error:
                raise IkenError(
                    f"「{part}」は正規表現として読めません（{error}）",
                    file=str(path),
                    place=key,
                    remedy="括弧の対応を確かめてください",
                ) from error
        return re.compile(template.format("|".join(f"(?:{part})" for part in parts)))

    return AskingWords(
        pattern("asks", "{}"), pattern("cuts", "{}"), pattern("openers", rf"^(?:(?:{{}}){_OPEN_JOINT})+")
    )


def asking_clauses(text: str, ways: AskingWords | None = None) -> tuple[str, ...]:
    """Give what a 要望 asks for, in the order of the text.

    Parameters
    ----------
    text : str
        An opinion that asks; what is asked is looked for without asking whether it does.
    ways : AskingWords, optional

    Returns
    -------
    tuple of str
        Each a piece of the normalized text. Where no way of asking is found, the last
        sentence (体言止め: 「相談窓口の設置」); empty for an empty text.

    >>> asking_clauses("役員が高齢なので、任期を短くしてほしい。会費は据え置きだ。")
    ('任期を短くしてほしい',)
    """
    ways = ways or read_asking_words()
    return said_clauses(text, ways) or tuple(_trim(sentence, ways) for sentence in sentences_of(text)[-1:])


def said_clauses(text: str, ways: AskingWords | None = None) -> tuple[str, ...]:
    """Give what is asked for in words (〜してほしい, 〜が必要), each once; nothing where no way of asking is found."""
    ways = ways or read_asking_words()
    return tuple(dict.fromkeys(clause for sentence in sentences_of(text) for clause in _clauses(sentence, ways)))


def sentences_of(text: str) -> list[str]:
    """Cut a text into sentences, normalized."""
    return [match.group() for match in _SENTENCE.finditer(normalize(text)) if match.group().strip(_EDGES + "「」")]


def _clauses(sentence: str, ways: AskingWords) -> list[str]:
    found = []
    start = 0
    for ask in ways.asks.finditer(sentence):
        before = sentence[start : ask.start()]
        cuts = list(ways.cuts.finditer(before))
        clause = _trim(sentence[start + (cuts[-1].end() if cuts else 0) : ask.end()], ways)
        start = ask.end()
        if len(clause) > len(ask.group()):
            found.append(clause)
    return found


def _trim(clause: str, ways: AskingWords) -> str:
    return _unquoted(ways.openers.sub("", _unquoted(clause)))


def _unquoted(clause: str) -> str:
    """Without what stands at its edges, and without a quotation mark whose other half is elsewhere.

    >>> _unquoted("「今回だけ」で済む枠"), _unquoted("もっと手伝いたい」"), _unquoted("「手伝いたい」")
    ('「今回だけ」で済む枠', 'もっと手伝いたい', '手伝いたい')
    """
    clause = clause.strip(_EDGES)
    while clause.startswith("「") and clause.find("」") in (-1, len(clause) - 1):
        clause = clause[1:].strip(_EDGES)
    while clause.endswith("」") and "「" not in clause:
        clause = clause[:-1].strip(_EDGES)
    return clause
