"""What people need: the asks of all opinions, and the problems of those that ask for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.language.normalize import normalize
from pipeline.proposals.wording import Title, ends_as_title, title_of
from pipeline.records import Judged
from pipeline.themes.asking import asking_clauses, said_clauses, sentences_of
from pipeline.themes.kinds import ASKING

_EXAMPLE = "事例"
_EDGES = " 　、。・！？!?\n"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is asked for, or one problem that is told.

    Attributes
    ----------
    one : Judged
        The opinion that says so.
    clause : str
        The words that ask, a piece of the normalized text; the whole text of a problem.
    is_asked : bool
        Whether it is asked for.
    title : Title or None
        The clause as the title of a measure; None where it cannot be one.
    """

    one: Judged
    clause: str
    is_asked: bool
    title: Title | None


def needs_of(judged: Iterable[Judged]) -> Iterator[Need]:
    """Give the needs of opinions, in their order.

    An opinion that asks in words gives its asks, whatever its kind; a 課題 or 懸念 that asks for
    nothing gives itself, and has a title only where it ends in a noun (〜の周知). A 事例 that asks
    for nothing gives none: it tells what is there already.
    """
    for one in judged:
        yield from _of(one)


def _of(one: Judged) -> Iterator[Need]:
    labelling = one.labelling
    said = said_clauses(one.opinion.text)
    asks = labelling.kind == ASKING
    clauses = (labelling.asking or asking_clauses(one.opinion.text)) if asks else said
    for clause in clauses:
        # 「〜が必要であり」 and the like: without its asking nothing may be left
        is_said = clause in said and not _is_reported(one.opinion.text, clause)
        yield Need(one, clause, is_said, title_of(clause) if is_said or ends_as_title(clause) else None)
    if not clauses and labelling.kind != _EXAMPLE:
        last = sentences_of(one.opinion.text)[-1:]
        named = next((sentence.strip(_EDGES) for sentence in last if ends_as_title(_problem(sentence))), "")
        title = title_of(named) if named else None
        if title and not title.is_nouns:
            title = None  # 入会に結び付いていないこと: a problem, and no measure
        yield Need(one, named if title else normalize(one.opinion.text).strip(_EDGES), False, title)


def _is_reported(text: str, clause: str) -> bool:
    """「ボランティアしたい」という話がある: somebody else's wish, told."""
    _, found, after = normalize(text).partition(clause)
    return bool(found) and after.startswith(("」という", "」との", "という声", "との声"))


def _problem(sentence: str) -> str:
    """会計の知識習得が課題である: what the problem is about."""
    plain = sentence.strip(_EDGES)
    for ending in ("が課題である", "が課題です", "が課題だ", "が課題"):
        if plain.endswith(ending):
            return plain.removesuffix(ending)
    return plain
