"""Whether a title says only what its evidence or the plan says."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.language.tokenize import Word, tokenize
from pipeline.proposals.wording import read_forms
from pipeline.records import Plan

# what binds nouns in every plan, and is grammar: 「〜に関する」「〜に向けた」「〜に応じた」
_BINDING = frozenset(
    {"関する", "因る", "対する", "向ける", "応ずる", "応じる", "於く", "就く", "通ずる", "通す", "通じる"}
)


def invented_words(title: str, evidence: Iterable[str], plan: Plan) -> list[str]:
    """Give the content words of a title that stand neither in its evidence nor in the plan, by lemma.

    A verb and its noun are one (見直す, 見直し); so are a word and its written whole, where the
    dictionary cuts the same letters otherwise (仕組みづくり).
    """
    texts = [*evidence, *(f"{one.policy}。{one.name}。{one.overview}" for one in plan.measures)]
    nouns = {tokenize(noun)[-1].key: verb for verb, noun in read_forms().nouns.items()}
    known: set[str] = set()
    surfaces = []
    for text in texts:
        words = tokenize(text)
        known.update(word.key for word in words)
        surfaces.append("".join(word.surface for word in words))

    def is_known(word: Word) -> bool:
        made = word.key.endswith(("作り", "づくり")) and "作る" in known
        written = (len(word.surface) > 1 or word.surface > "一") and any(word.surface in text for text in surfaces)
        return word.key in known or nouns.get(word.key, "") in known or made or written

    return [
        word.surface for word in tokenize(title) if word.is_content and word.key not in _BINDING and not is_known(word)
    ]
