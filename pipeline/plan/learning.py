"""Learning the mapping from plans with opinions filed under their measures.

Written plans only (``corpus/plans``): each ``plan_<name>.csv`` with the facets of its measures
and ``opinions_<name>.csv`` with the measure each opinion belongs to (and a second one a careful
reader would accept). What is learned is found by maximum likelihood of the right measure among
all measures and 計画外, each plan compared by a facet model that has not seen it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import IkenError
from pipeline.language.batch import Batch
from pipeline.language.tokenize import tokenize
from pipeline.plan.comparing import OUTSIDE_PARTS, PARTS, Comparison, PlanFeatures, Rarity, ThemesTold
from pipeline.plan.facet_learning import learn_facets
from pipeline.plan.facets import FACETS, FacetModel
from pipeline.plan.filed import FILED_PARTS, FiledOpinions
from pipeline.plan.mapping import MappingModel
from pipeline.reading.plan_file import read_plan
from pipeline.records import OUTSIDE, Measure
from pipeline.themes.codebook import Codebook
from pipeline.themes.labels import Labelled

Floats = NDArray[np.float64]

_SECOND = 0.25  # how much of the truth a second acceptable measure carries
_PENALTY = 0.5
_BRIDGE_PENALTY = 0.3
_FOLDS = 6


@dataclass(frozen=True, eq=False)
class FiledPlan:
    """A plan with opinions filed under its measures.

    Attributes
    ----------
    name : str
    measures : tuple of Measure
    facets : tuple of tuple of str
        Of each measure.
    texts : tuple of str
        The opinions.
    truth : ndarray of shape (n_opinions, n_measures + 1)
        What share of the truth each measure carries, 計画外 in the last column.
    """

    name: str
    measures: tuple[Measure, ...]
    facets: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]
    truth: Floats


def read_filed_plan(plan_path: Path) -> FiledPlan:
    """Read ``plan_<name>.csv`` and the ``opinions_<name>.csv`` beside it."""
    measures = read_plan(plan_path).measures
    facets = tuple(_facets(row, plan_path, number) for number, row in enumerate(_rows(plan_path), 2))
    codes = [measure.code for measure in measures]
    opinions_path = plan_path.with_name(plan_path.name.replace("plan_", "opinions_", 1))
    rows = _rows(opinions_path)
    truth = np.zeros((len(rows), len(measures) + 1))
    for number, row in enumerate(rows):
        places = [_column(row[name], codes, opinions_path, number + 2) for name in ("measure", "second") if row[name]]
        truth[number, places[0]] += 1 - (_SECOND if len(places) > 1 else 0)
        if len(places) > 1:
            truth[number, places[1]] += _SECOND
    name = plan_path.stem.removeprefix("plan_")
    return FiledPlan(name, measures, facets, tuple(row["text"] for row in rows), truth)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _facets(row: dict[str, str], path: Path, line: int) -> tuple[str, ...]:
    found = tuple(part for part in row["facets"].split("|") if part and part != "なし")
    for facet in found:
        if facet not in FACETS:
            raise IkenError(
                f"「{facet}」という働きはありません",
                file=str(path),
                place=f"{line}行",
                remedy="facets を直してください",
            )
    return found


def _column(code: str, codes: Sequence[str], path: Path, line: int) -> int:
    if code == OUTSIDE:
        return len(codes)
    if code not in codes:
        raise IkenError(
            f"施策 {code} が計画にありません", file=str(path), place=f"{line}行", remedy="番号を直してください"
        )
    return codes.index(code)


@dataclass(frozen=True)
class MappingCorpus:
    """What the mapping is learned from.

    Attributes
    ----------
    with_facets : sequence of (text, facets)
        Opinions that teach the facets.
    plans : sequence of FiledPlan
    rarity : Rarity
        Of words, among the opinions.
    told : ThemesTold
    """

    with_facets: Sequence[tuple[str, Sequence[str]]]
    plans: Sequence[FiledPlan]
    rarity: Rarity
    told: ThemesTold

    @classmethod
    def of(cls, opinions: Sequence[Labelled], plans: Sequence[FiledPlan], codebook: Codebook) -> Self:
        """Take the opinions that have facets."""
        chosen = [one for one in opinions if one.facets is not None]
        rarity = Rarity.of([tokenize(one.text) for one in chosen])
        pairs = [(one.text, one.facets or ()) for one in chosen]
        return cls(pairs, plans, rarity, ThemesTold(codebook, codebook.names))

    def facets(self, but: Sequence[FiledPlan] = ()) -> FacetModel:
        """Learn facets from the opinions and the measures of all plans but these."""
        return learn_facets(
            self.with_facets, [pair for plan in self.plans if plan not in but for pair in _measures(plan)]
        )

    def compare(self, plans: Sequence[FiledPlan]) -> list[ComparedPlan]:
        """Compare the opinions of plans with their measures, by facets learned on other plans."""
        facets = self.facets(but=plans)
        return [ComparedPlan.of(plan, PlanFeatures(plan.measures, facets, self.rarity, self.told)) for plan in plans]


def learn_mapping(corpus: MappingCorpus) -> MappingModel:
    """Learn facets, rarity, weights and the bridge."""
    compared = [one for fold in folds(corpus.plans) for one in corpus.compare(fold)]
    return fit_mapping(corpus, corpus.facets(), compared)


def folds(plans: Sequence[FiledPlan]) -> list[list[FiledPlan]]:
    """Share the plans out, each to be compared by a facet model that has not seen it."""
    return [list(plans[start::_FOLDS]) for start in range(min(_FOLDS, len(plans)))]


@dataclass(frozen=True, eq=False)
class ComparedPlan:
    """A plan's opinions beside its measures, and the truth about them.

    Attributes
    ----------
    plan : FiledPlan
    features : PlanFeatures
    comparison : Comparison
    filed : ndarray of shape (n_opinions, n_measures, len(FILED_PARTS))
        What others filed, each opinion without itself.
    """

    plan: FiledPlan
    features: PlanFeatures
    comparison: Comparison
    filed: Floats

    @classmethod
    def of(cls, plan: FiledPlan, features: PlanFeatures) -> Self:
        """Compare."""
        batch = Batch([tokenize(text) for text in plan.texts])
        comparison = features.compare(batch)
        inside = np.flatnonzero(plan.truth[:, -1] == 0).tolist()
        measures = plan.truth[inside].argmax(axis=1).tolist()
        filed = FiledOpinions(features, [batch.texts[i] for i in inside], measures)
        return cls(plan, features, comparison, filed.compare(batch, comparison))


def _measures(plan: FiledPlan) -> list[tuple[Measure, tuple[str, ...]]]:
    return list(zip(plan.measures, plan.facets, strict=True))


def fit_mapping(corpus: MappingCorpus, facets: FacetModel, compared: Sequence[ComparedPlan]) -> MappingModel:
    """Find the weights and the bridge under which the right measures are most likely.

    A conditional logit (McFadden 1974) over the measures of each plan and 計画外, with
    quadratic penalties; then what the filing of others is worth beside it.
    """
    from threadpoolctl import threadpool_limits

    # sums of one thread come out the same each time
    with threadpool_limits(1):
        weights, outside, bridge = fit_weights(
            [
                (
                    one.comparison.parts,
                    one.comparison.outside,
                    one.comparison.meaning,
                    one.features.meaning,
                    one.plan.truth,
                )
                for one in compared
            ]
        )
        model = MappingModel(
            corpus.told.themes,
            facets,
            corpus.rarity,
            weights,
            outside,
            bridge,
            np.array([1.0, *[0.0] * len(FILED_PARTS)]),
        )
        scored = [(model.scores(one.features, one.comparison), one.filed, one.plan.truth) for one in compared]
        return replace(model, filed=fit_filed(scored))


Compared = tuple[Floats, Floats, Floats, Floats, Floats]
"""Of a plan: parts (n, n_measures, len(PARTS)), outside (n, len(OUTSIDE_PARTS)), meaning of the
opinions (n, n_meaning) and of the measures (n_measures, n_meaning), truth (n, n_measures + 1)."""


def fit_weights(compared: Sequence[Compared]) -> tuple[Floats, Floats, Floats]:
    """Find weights of the parts and of 計画外, and the bridge."""
    from scipy.optimize import minimize

    inner, outer = len(PARTS), len(OUTSIDE_PARTS)
    size = compared[0][2].shape[1]
    # the constant of 計画外 is free
    penalty = np.concatenate(
        [np.full(inner, _PENALTY), [0.0], np.full(outer - 1, _PENALTY), np.full(size * size, _BRIDGE_PENALTY)]
    )

    def loss(w: Floats) -> tuple[float, Floats]:
        bridge = w[inner + outer :].reshape(size, size)
        total = 0.0
        gradient = np.zeros_like(w)
        of_bridge = np.zeros_like(bridge)
        for parts, outside, opinions, measures, truth in compared:
            inside = parts @ w[:inner] + opinions @ bridge @ measures.T
            value, gap = _cross_entropy(np.column_stack([inside, outside @ w[inner : inner + outer]]), truth)
            total += value
            gradient[:inner] += np.einsum("ij,ijf->f", gap[:, :-1], parts)
            gradient[inner : inner + outer] += gap[:, -1] @ outside
            of_bridge += opinions.T @ (gap[:, :-1] @ measures)
        gradient[inner + outer :] = of_bridge.ravel()
        return total + float((penalty * w * w).sum()), gradient + 2 * penalty * w

    start = np.concatenate([np.full(inner, 3.0), np.zeros(outer + size * size)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return (
        np.round(found[:inner], 6),
        np.round(found[inner : inner + outer], 6),
        np.round(found[inner + outer :], 4).reshape(size, size),
    )


def fit_filed(scored: Sequence[tuple[Floats, Floats, Floats]]) -> Floats:
    """Find what the scores and the filing of others are worth together.

    Parameters
    ----------
    scored : sequence of (scores, filed, truth)
        Of each plan: (n, n_measures + 1), (n, n_measures, len(FILED_PARTS)), (n, n_measures + 1).
    """
    from scipy.optimize import minimize

    def loss(w: Floats) -> tuple[float, Floats]:
        total = 0.0
        gradient = np.zeros_like(w)
        for scores, filed, truth in scored:
            value, gap = _cross_entropy(
                np.column_stack([w[0] * scores[:, :-1] + filed @ w[1:], w[0] * scores[:, -1]]), truth
            )
            total += value
            gradient[0] += (gap * scores).sum()
            gradient[1:] += np.einsum("ij,ijf->f", gap[:, :-1], filed)
        return total + _PENALTY * float((w[1:] ** 2).sum()), gradient + 2 * _PENALTY * np.append(0.0, w[1:])

    start = np.array([1.0, *[0.0] * len(FILED_PARTS)])
    return np.round(minimize(loss, start, jac=True, method="L-BFGS-B").x, 6)


def _cross_entropy(scores: Floats, truth: Floats) -> tuple[float, Floats]:
    """How unlikely the truth is under the scores, and the gap between both."""
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return -float((truth * np.log(shares + 1e-12)).sum()), shares - truth
