"""What the learned models look at: names of things that stand in a text.

A feature is a word, a pair of neighbours or the way a sentence ends; it is there or it is
not. Its weight is then the same in a short text and in a long one, which a share of the
text (TF-IDF) is not: thresholds learned on written opinions would fire on short real ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from pipeline.language.tokenize import Word

_TAIL = 8
_SENTENCE_MARKS = frozenset("。．.!！?？」）)")


def word_features(words: Sequence[Word]) -> list[str]:
    """The words that carry meaning, and whether something is denied; each once.

    The name of a feature is the key of its word.
    """
    return list(dict.fromkeys(word.key for word in words if word.is_content or word.key == "ない"))


def ending_features(words: Sequence[Word]) -> list[str]:
    """What tells 要望 from 課題: all words, and how the last sentence ends; each once.

    >>> from pipeline.language.tokenize import tokenize
    >>> "結び:直る_た" in ending_features(tokenize("橋が直った。"))
    True
    """
    end = _end(words)
    names = _endings([word.key for word in words[:end]], "_")
    if end < len(words):
        names.append("印:" + words[end].key)
    return list(dict.fromkeys(names))


def ending_surfaces(words: Sequence[Word]) -> dict[str, str]:
    """The words of the text behind each of :func:`ending_features`."""
    kept = words[: _end(words)]
    names = _endings([word.key for word in kept], "_")
    surfaces = _endings([word.surface for word in kept], "")
    return {name: shown.rpartition(":")[2] for name, shown in zip(names, surfaces, strict=True)}


def _end(words: Sequence[Word]) -> int:
    """Where the last sentence ends, its marks not counted."""
    end = len(words)
    while end and words[end - 1].key in _SENTENCE_MARKS:
        end -= 1
    return end


def _endings(items: Sequence[str], joint: str) -> list[str]:
    """Name the pieces of a text whose words are given by key, or show them when given by surface."""
    tail = items[-_TAIL:]
    found = list(items)
    found += ["末:" + one for one in tail]
    found += [f"末:{one}{joint}{other}" for one, other in itertools.pairwise(tail)]
    found += ["結び:" + joint.join(tail[-length:]) for length in (1, 2) if len(tail) >= length]
    return found
