"""Learning the mapping from plans with opinions filed under their measures.

Written plans only (``corpus/plans``): each ``plan_<name>.csv`` with the facets of its measures
and ``opinions_<name>.csv`` with the measure each opinion belongs to (and a second one a careful
reader would accept). The weights are found by maximum likelihood of the right measure among
all measures and 計画外, each plan compared by a facet model that has not seen it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import IkenError
from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.facets import FACETS, FacetModel
from pipeline.plan.mapping import OUTSIDE_PARTS, PARTS, MappingModel, PlanFeatures, Rarity
from pipeline.reading.plan_file import read_plan
from pipeline.records import OUTSIDE, Measure
from pipeline.themes.labels import Labelled

Floats = NDArray[np.float64]

_SECOND = 0.25  # how much of the truth a second acceptable measure carries
_PENALTY = 0.5


@dataclass(frozen=True)
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


def learn_mapping(opinions: Sequence[Labelled], plans: Sequence[FiledPlan]) -> MappingModel:
    """Learn facets, rarity and weights."""
    with_facets = [(one.text, one.facets or ()) for one in opinions]
    rarity = Rarity.of([tokenize(one.text) for one in opinions])
    compared = []
    for plan in plans:
        others = [pair for other in plans if other is not plan for pair in _measures(other)]
        features = PlanFeatures(plan.measures, FacetModel().fit(with_facets, others), rarity)
        compared.append((*_compare(features, [tokenize(text) for text in plan.texts]), plan.truth))
    weights, outside = fit_weights(compared)
    facets = FacetModel().fit(with_facets, [pair for plan in plans for pair in _measures(plan)])
    return MappingModel(facets, rarity, weights, outside)


def _measures(plan: FiledPlan) -> list[tuple[Measure, tuple[str, ...]]]:
    return list(zip(plan.measures, plan.facets, strict=True))


def _compare(features: PlanFeatures, texts: Sequence[Sequence[Word]]) -> tuple[Floats, Floats]:
    pairs = [features.compare(words) for words in texts]
    return np.array([parts for parts, _ in pairs]), np.array([outside for _, outside in pairs])


def fit_weights(compared: Sequence[tuple[Floats, Floats, Floats]]) -> tuple[Floats, Floats]:
    """Find the weights under which the right measures are most likely (conditional logit, McFadden 1974).

    Parameters
    ----------
    compared : sequence of (parts, outside, truth)
        For each plan: shape (n, n_measures, len(PARTS)), (n, len(OUTSIDE_PARTS)),
        (n, n_measures + 1).
    """
    from scipy.optimize import minimize

    inner = len(PARTS)

    def loss(w: Floats) -> tuple[float, Floats]:
        total, gradient = 0.0, np.zeros_like(w)
        for parts, outside, truth in compared:
            scores = np.concatenate([parts @ w[:inner], (outside @ w[inner:])[:, None]], axis=1)
            scores -= scores.max(axis=1, keepdims=True)
            shares = np.exp(scores)
            shares /= shares.sum(axis=1, keepdims=True)
            total -= float((truth * np.log(shares + 1e-12)).sum())
            gap = shares - truth
            gradient[:inner] += np.einsum("ij,ijf->f", gap[:, :-1], parts)
            gradient[inner:] += gap[:, -1] @ outside
        penalty = np.append(np.full(inner, _PENALTY), [0.0] + [_PENALTY] * (len(OUTSIDE_PARTS) - 1))
        return total + float((penalty * w * w).sum()), gradient + 2 * penalty * w

    start = np.append(np.full(inner, 3.0), np.zeros(len(OUTSIDE_PARTS)))
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return np.round(found[:inner], 6), np.round(found[inner:], 6)
