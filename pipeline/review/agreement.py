"""How far reviewers agree, where they differ, and settling it.

Cohen's kappa (Cohen 1960) for each two reviewers, Krippendorff's alpha (Krippendorff 1970) for any
number, each decision against each, theme by theme and for 種別. Copies of an opinion count once.
Intervals are percentile bootstrap over opinions.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.deliver.results import Results
from pipeline.records import Decision, Judged
from pipeline.review.decisions import DecisionStore, now
from pipeline.review.differing import differing
from pipeline.review.history import History
from pipeline.review.suggested import suggested_of
from pipeline.review.voices import distinct, hashes_of, of_now
from pipeline.themes.evaluation import Figure
from pipeline.themes.kinds import KINDS

if TYPE_CHECKING:
    from types import ModuleType

FEW = 10
"""With fewer opinions that both decided, no figure says anything."""
KIND = "種別"
_DRAWS = 300
_MISSING = -1

Table = NDArray[np.int64]
"""Shape (n_reviewers, n_opinions): what each decided, -1 where nothing."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """How far some reviewers agree on one thing.

    Attributes
    ----------
    name : str
        A theme, or 種別.
    opinions : int
        Decided by two reviewers or more.
    same : int
        Of these, how many all decided alike.
    figure : Figure or None
        Kappa or alpha; None where it would say nothing.
    note : str
        Why there is none, in Japanese.
    """

    name: str
    opinions: int
    same: int
    figure: Figure | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reviewers and their kappa of each theme and of 種別."""

    reviewers: tuple[str, str]
    kappa: tuple[Agreed, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the reviewers agree.

    Attributes
    ----------
    reviewers : tuple of str
    pairs : tuple of Pair
        Those who decided on some of the same opinions.
    alpha : tuple of Agreed
        Of all reviewers; empty with fewer than two.
    notes : tuple of str
    """

    reviewers: tuple[str, ...]
    pairs: tuple[Pair, ...]
    alpha: tuple[Agreed, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An opinion on which reviewers differ.

    Attributes
    ----------
    judged : Judged
    decisions : dict of str to Decision
        By reviewer.
    """

    judged: Judged
    decisions: dict[str, Decision]


def agreement(history: History, results: Results) -> Agreement:
    """Measure how far the reviewers agree on the opinions as they read now."""
    own = of_now(history, results.judged).by_reviewer()
    names = tuple(sorted(own))
    if len(names) < 2:
        return Agreement(names, (), (), ("二人以上が同じ意見を確認すると、一致の度合いを測れます",))
    pairs = []
    for first, second in itertools.combinations(names, 2):
        tables = _tables({name: own[name] for name in (first, second)}, results)
        if tables[KIND].shape[1]:
            pairs.append(Pair((first, second), tuple(_agreed(name, one, _kappa) for name, one in tables.items())))
    library, notes = _krippendorff()
    alpha = _alpha(library) if library else None
    tables = _tables(own, results)
    return Agreement(
        names, tuple(pairs), tuple(_agreed(name, one, alpha) for name, one in tables.items()) if alpha else (), notes
    )


def disagreements(store: DecisionStore, results: Results) -> list[Disagreement]:
    """List the opinions on which reviewers differ and that nobody has settled, in source order."""
    differ = differing(of_now(store.history(), results.judged))
    return [
        Disagreement(one, {decision.reviewer: decision for decision in differ[one.opinion.id]})
        for one in results.judged
        if one.opinion.id in differ
    ]


def settle(
    store: DecisionStore,
    results: Results,
    opinion_ids: Sequence[str],
    themes: Sequence[str],
    kind: str,
    *,
    reviewer: str,
    measure: str = "",
    note: str = "",
) -> None:
    """Settle what reviewers differ on: this decision stands before those of all of them.

    Parameters
    ----------
    store : DecisionStore
    results : Results
        As the program judged.
    opinion_ids : sequence of str
    themes : sequence of str
        Empty: none applies.
    kind : str
    reviewer : str
        Who settles it: a name, or 協議.
    measure, note : str
    """
    texts = hashes_of(results.judged)
    wanted = set(opinion_ids)
    made = now()
    store.settle(
        [
            Decision(
                opinion_id=one.opinion.id,
                text_hash=texts[one.opinion.id],
                themes=tuple(name for name in results.themes if name in themes),
                kind=kind,
                measure=measure,
                reviewer=reviewer,
                time=made,
                model=results.made_with.model_digest,
                blind=False,
                suggested=suggested_of(one),
                note=note,
            )
            for one in results.judged
            if one.opinion.id in wanted
        ]
    )


def _tables(own: Mapping[str, Mapping[str, Decision]], results: Results) -> dict[str, Table]:
    """For each theme, then for 種別, what each reviewer decided, on the opinions that two or more decided."""
    counts = Counter(name for decisions in own.values() for name in decisions)
    shared = {name for name, count in counts.items() if count > 1}
    decided = [decisions for _, decisions in sorted(own.items())]

    def told(one: Judged) -> tuple[object, ...]:
        found = [decisions.get(one.opinion.id) for decisions in decided]
        return tuple((frozenset(each.themes), each.kind) if each else None for each in found)

    voices = distinct(results.judged, shared, told)
    rows = [[decisions.get(one.opinion.id) for one in voices] for decisions in decided]
    tables = {theme: _table(rows, partial(_has, theme)) for theme in results.themes}
    return {**tables, KIND: _table(rows, _kind)}


def _has(theme: str, decision: Decision) -> int:
    return int(theme in decision.themes)


def _kind(decision: Decision) -> int:
    return KINDS.index(decision.kind) if decision.kind in KINDS else _MISSING


def _table(rows: Sequence[Sequence[Decision | None]], told: Callable[[Decision], int]) -> Table:
    return np.array([[_MISSING if one is None else told(one) for one in row] for row in rows], dtype=np.int64)


def _agreed(name: str, table: Table, measure: Callable[[Table], float]) -> Agreed:
    opinions = table.shape[1]
    same = sum(len(set(column) - {_MISSING}) == 1 for column in table.T.tolist())
    if opinions < FEW:
        return Agreed(name, opinions, same, None, f"件数が足りません（{FEW}件から）")
    if len(set(table.ravel().tolist()) - {_MISSING}) < 2:
        return Agreed(name, opinions, same, None, "全員がいつも同じ判断で、偶然の一致と区別できません")
    rng = np.random.default_rng(0)
    drawn = [measure(table[:, rng.integers(opinions, size=opinions)]) for _ in range(_DRAWS)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Agreed(name, opinions, same, Figure(measure(table), float(low), float(high)))


def _kappa(table: Table) -> float:
    from sklearn.metrics import cohen_kappa_score

    both = table[:, (table != _MISSING).all(axis=0)]
    if len(set(both.ravel().tolist())) < 2:
        return float("nan")
    return float(cohen_kappa_score(both[0], both[1]))


def _alpha(library: ModuleType) -> Callable[[Table], float]:
    def alpha(table: Table) -> float:
        if len(set(table.ravel().tolist()) - {_MISSING}) < 2:
            return float("nan")
        ratings = np.where(table == _MISSING, np.nan, table.astype(float))
        return float(library.alpha(reliability_data=ratings, level_of_measurement="nominal"))

    return alpha


def _krippendorff() -> tuple[ModuleType | None, tuple[str, ...]]:
    try:
        import krippendorff
    except ImportError:
        return None, ('全員の一致（クリッペンドルフのα）を測るには、pip install "iken[notebook]" が要ります',)
    return krippendorff, ()
