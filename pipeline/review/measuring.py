"""How good the suggestions are, against people who did not see them.

Only blind decisions count: who sees a suggestion tends to confirm it. They are drawn at random from
the 同趣旨 groups of a round, so their figures hold for the whole round, and so does what they say
of the counts.

Intervals hold for small samples, where a bootstrap of a faultless dozen would promise certainty:
Wilson's (Wilson 1927) for precision and recall; for F1 the same, carried over, as F1 = 2p / (1 + p)
where p is the share of hits among all that was given or belongs. The count of a theme in the round is
estimated apart for what was given and what was not, and the two intervals are put together
by the method of variance estimates recovery (Zou & Donner 2008), narrowed for a round that is
largely in the sample (finite population correction).
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from pipeline.deliver.results import Results
from pipeline.measured import Figure as RoundFigure
from pipeline.records import Judged
from pipeline.review.history import History
from pipeline.review.voices import distinct, of_now
from pipeline.themes.evaluation import Figure, Flags, f1_score, macro_f1, wilson, with_interval

FEW = 10
"""With fewer blind decisions, nothing is measured."""
FEW_OF_A_THEME = 5
"""With fewer opinions that a theme was given to or belongs to, its figures say little."""


@dataclass(frozen=True, slots=True)
class MeasuredTheme:
    """One theme.

    Attributes
    ----------
    theme : str
    positives : int
        To how many of the sample people gave it.
    precision, recall, f1 : Figure or None
        None where there is nothing to divide by.
    in_round : Figure
        To how many opinions of the whole round people would give it.
    suggested : int
        To how many the program does (its best guess, under 保留).
    note : str
        That there are too few, in Japanese.
    """

    theme: str
    positives: int
    precision: Figure | None
    recall: Figure | None
    f1: Figure | None
    in_round: Figure
    suggested: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """How good the suggestions of a round are.

    Attributes
    ----------
    blind : int
        Opinions decided blind, copies once.
    groups : int
        Of how many in the round.
    themes : tuple of MeasuredTheme
        Empty with too few blind decisions.
    macro : Figure or None
        Mean F1, with a bootstrap interval.
    notes : tuple of str
        What limits the figures, in Japanese.
    """

    blind: int
    groups: int
    themes: tuple[MeasuredTheme, ...] = ()
    macro: Figure | None = None
    notes: tuple[str, ...] = ()


def measure(history: History, results: Results) -> Measured:
    """Compare the suggestions with the blind decisions; never with those made in view.

    Parameters
    ----------
    history : History
    results : Results
        As the program judged, without decisions applied.

    Raises
    ------
    ValueError
        When decisions were applied: people would be measured against themselves.
    """
    if any(one.decision for one in results.judged):
        raise ValueError("results with decisions applied: measure those that the program judged")
    now = of_now(history, results.judged)
    decided = now.unseen().standing()
    sample = distinct(results.judged, decided, lambda one: frozenset(decided[one.opinion.id].themes))
    groups = len({one.opinion.same_id for one in results.judged})
    if len(sample) < FEW:
        few = f"盲検（提案を見ないでする確認）が {len(sample)} 件です。{FEW} 件になると、提案の精度を測れます"
        return Measured(len(sample), groups, notes=(few,))
    given = _flags([one.labelling.themes for one in sample], results)
    truth = _flags([decided[one.opinion.id].themes for one in sample], results)
    share = len({one.opinion.same_id for one in sample}) / groups
    themes = tuple(
        _measured(theme, given[:, k], truth[:, k], results.judged, share) for k, theme in enumerate(results.themes)
    )
    notes = []
    if any(decided[one.opinion.id].model != results.made_with.model_digest for one in sample):
        notes.append("盲検のあとでモデルが替わっています。その確認から学んだモデルなら、数字はよく出すぎます")
    if _looked_first(now):
        notes.append("提案を見ての確認のあとに盲検を行った人がいます。見た意見は盲検から外れるので、数字は少し偏ります")
    return Measured(len(sample), groups, themes, with_interval(macro_f1, given, truth), tuple(notes))


def figures_of(measured: Measured) -> tuple[RoundFigure, ...]:
    """Give what was measured as the report states it; empty with too few blind decisions."""
    on = "この回の、案を見ないで決めた意見"
    named = [("テーマのF1（平均）", measured.macro), *((f"{one.theme}のF1", one.f1) for one in measured.themes)]
    return tuple(
        RoundFigure(what, on, measured.blind, figure.value, figure.low, figure.high) for what, figure in named if figure
    )


def _flags(rows: list[tuple[str, ...]], results: Results) -> Flags:
    return np.array([[name in row for name in results.themes] for row in rows], dtype=bool)


def _measured(theme: str, given: Flags, truth: Flags, judged: tuple[Judged, ...], share: float) -> MeasuredTheme:
    hits, suggested, positives = int((given & truth).sum()), int(given.sum()), int(truth.sum())
    either = int((given | truth).sum())
    f1 = None
    if either:
        low, high = (2 * p / (1 + p) for p in wilson(hits, either))
        f1 = Figure(f1_score(given, truth), low, high)
    opinions = Counter(theme in one.labelling.themes for one in judged)
    few = either < FEW_OF_A_THEME
    return MeasuredTheme(
        theme=theme,
        positives=positives,
        precision=_share(hits, suggested),
        recall=_share(hits, positives),
        f1=f1,
        in_round=_in_round(
            (opinions[True], hits, suggested), (opinions[False], positives - hits, len(given) - suggested), share
        ),
        suggested=opinions[True],
        note=f"件数が足りません（{theme}に当たるものが {either} 件）" if few else "",
    )


def _share(count: int, total: int) -> Figure | None:
    return Figure(count / total, *wilson(count, total)) if total else None


def _in_round(given: tuple[int, int, int], other: tuple[int, int, int], share: float) -> Figure:
    """How many have the theme: of those it was given to, and of the others.

    Each part is the opinions of the round, the positives of the sample, the sample. A part the
    sample holds nothing of counts as suggested, and may be all wrong.
    """
    value, below, above = 0.0, 0.0, 0.0
    for (opinions, positives, drawn), suggested in ((given, 1.0), (other, 0.0)):
        rate = positives / drawn if drawn else suggested
        low, high = wilson(positives, drawn) if drawn else (0.0, 1.0)
        value += opinions * rate
        below += (opinions * (rate - low)) ** 2
        above += (opinions * (high - rate)) ** 2
    narrowed = math.sqrt(max(0.0, 1 - share))
    total = given[0] + other[0]
    low, high = value - narrowed * math.sqrt(below), value + narrowed * math.sqrt(above)
    return Figure(value, max(0.0, low), min(float(total), high))


def _looked_first(history: History) -> bool:
    """Whether somebody decided with suggestions in view before deciding blind."""
    seen: set[str] = set()
    for entry in history.entries:
        if entry.decision and not entry.decision.blind:
            seen.add(entry.reviewer)
        elif entry.decision and entry.reviewer in seen:
            return True
    return False
