"""What the card of one opinion shows, as plain JSON: the front end draws it and knows nothing else.

A card stands for a group of the same meaning (同趣旨): it shows the first voice and where the
others stand. A blind card holds nothing of what the program thinks, so that nothing can shine through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.deliver.tables import telling_parts
from pipeline.reading.columns import personal_kind
from pipeline.records import Decision, Judged, ThemeScore
from pipeline.review.marks import pieces
from pipeline.review.suggested import suggested_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the queue.

    Attributes
    ----------
    members : tuple of Judged
        The opinions it decides on, in source order: a group of the same meaning, or one.
    blind : bool
        Whether the suggestion is kept from the reviewer.
    """

    members: tuple[Judged, ...]
    blind: bool = False

    @property
    def key(self) -> str:
        """Its name: the 意見ID of the first voice."""
        return self.first.opinion.id

    @property
    def first(self) -> Judged:
        """The voice that is shown."""
        return self.members[0]

    @property
    def ids(self) -> tuple[str, ...]:
        """意見ID of all its opinions."""
        return tuple(one.opinion.id for one in self.members)


def card_json(card: Card, own: Decision | None, others: Sequence[Decision] = ()) -> Json:
    """Give what the front end shows.

    Parameters
    ----------
    card : Card
    own : Decision or None
        The reviewer's standing decision on it.
    others : sequence of Decision
        What reviewers decided, where they differ: to be settled.

    Returns
    -------
    dict
        ``key``, ``blind``, ``pieces`` (text and the themes it speaks for), ``source``, ``departments``,
        ``remark``, ``attributes``, ``copies``, ``decision``, ``others``; and, unless blind, ``filed``,
        ``verdict``, ``scores`` (by theme), ``kind_words``, ``candidates`` and ``suggested``.
    """
    item = card.first.opinion.item
    shown: Json = {
        "key": card.key,
        "blind": card.blind,
        "pieces": _pieces(card),
        "source": f"{item.place.file} {item.place.within}",
        "departments": list(item.departments),
        "remark": item.remark,
        # who wrote it is nothing to judge by
        "attributes": [[name, value] for name, value in item.attributes if value and not personal_kind(name)],
        "copies": [_copy(one) for one in card.members[1:]],
        "decision": _decision(own) if own else None,
        "others": [_decision(one) for one in others],
    }
    return shown if card.blind else shown | _judgement(card.first)


def _pieces(card: Card) -> list[list[Any]]:
    text = card.first.opinion.text
    if card.blind:
        return [[text, []]]
    evidence = {score.theme: telling_parts(score) for score in card.first.labelling.scores if _speaks(card, score)}
    return [[piece.text, list(piece.owners)] for piece in pieces(text, evidence)]


def _speaks(card: Card, score: ThemeScore) -> bool:
    """Whether a theme's words are marked: it was given, or is in doubt."""
    return score.theme in card.first.labelling.themes or score.applies is None


def _judgement(one: Judged) -> Json:
    suggested = suggested_of(one)
    return {
        "filed": one.opinion.item.filed_under,
        "verdict": one.labelling.verdict,
        "scores": {
            score.theme: {
                "percent": _percent(score.probability),
                "doubt": score.applies is None,
                "words": list(dict.fromkeys(part.words for part in telling_parts(score))),
            }
            for score in one.labelling.scores
        },
        "kind_words": one.labelling.kind_evidence,
        "candidates": [
            {
                "label": candidate.label,
                "percent": _percent(candidate.score),
                "words": list(dict.fromkeys(part.words for part in candidate.evidence)),
            }
            for candidate in one.match.candidates
        ],
        "suggested": {"themes": list(suggested.themes), "kind": suggested.kind, "measure": suggested.measure},
    }


def _percent(share: float) -> int:
    """Whole percent; what is neither certain nor impossible never looks so."""
    return min(max(round(100 * share), 1), 99)


def _copy(one: Judged) -> Json:
    item = one.opinion.item
    return {
        "text": one.opinion.text,
        "source": f"{item.place.file} {item.place.within}",
        "departments": list(item.departments),
        "filed": item.filed_under,
    }


def _decision(one: Decision) -> Json:
    return {
        "themes": list(one.themes),
        "kind": one.kind,
        "measure": one.measure,
        "note": one.note,
        "reviewer": one.reviewer,
        "time": one.time,
        "blind": one.blind,
    }
