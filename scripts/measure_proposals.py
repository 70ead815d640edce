"""Measure the proposals on the written plans: what comes out when a measure is hidden.

Usage: python -m scripts.measure_proposals [--fit]

Of each plan in ``corpus/plans`` some measures are hidden, one at a time, and its opinions are judged
from their texts alone. A plan without the measure should get a 新規 proposal for what the measure was
about. Reported, with 95 % bootstrap intervals over the trials: how often a 新規 proposal holds a third
or half of the hidden measure's opinions, what share of that proposal's evidence belongs to it, how many
新規 proposals a whole plan draws, and the content words of titles that neither evidence nor plan has
(must be 0). The mapping has learned from these plans, so places flatter; titles and groups have not.
``--fit`` prints the weights of :mod:`pipeline.proposals.nearness` as learned from pairs of asks.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from pipeline import resources
from pipeline.batch import Judge
from pipeline.identity import name_opinions
from pipeline.kinds import OPINION
from pipeline.model_folder import load_model
from pipeline.plan.learning import FiledPlan, read_filed_plan
from pipeline.proposals.nearness import PAIR_PARTS, Needs
from pipeline.proposals.needs import needs_of
from pipeline.proposals.suggestions import NEW, suggest
from pipeline.proposals.support import invented_words
from pipeline.records import Item, Judged, Place, Plan
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import with_interval

HIDDEN = 2
"""Measures hidden of each plan, one at a time."""


@dataclass(frozen=True)
class Trial:
    """What came out of one plan with one measure hidden (or none, ``hidden`` below 0)."""

    plan: str
    hidden: int
    belonging: int
    recovered: float
    precision: float
    new: int
    proposals: int
    invented: tuple[str, ...]


def judged_of(plan: FiledPlan, judge: Judge) -> list[Judged]:
    """Judge a plan's opinions from their texts alone."""
    items = [Item(OPINION, text, Place(plan.name, str(number))) for number, text in enumerate(plan.texts, 1)]
    return list(judge.judge(name_opinions(items, "計測")))


def trial(plan: FiledPlan, hidden: int, model: object, book: object) -> Trial:
    """Hide a measure and see."""
    left = Plan(tuple(measure for number, measure in enumerate(plan.measures) if number != hidden))
    judged = judged_of(plan, Judge(book, model, left))  # type: ignore[arg-type]
    belongs = {
        one.opinion.id for one, row in zip(judged, plan.truth, strict=True) if hidden >= 0 and row[hidden] >= 1 / 2
    }
    found = suggest(judged, left)
    best = max(
        (one for one in found if one.division == NEW),
        key=lambda one: len(belongs & set(one.evidence)),
        default=None,
    )
    hits = len(belongs & set(best.evidence)) if best else 0
    texts = {one.opinion.id: one.opinion.text for one in judged}
    invented = tuple(
        word for one in found for word in invented_words(one.title, [texts[key] for key in one.evidence], left)
    )
    return Trial(
        plan.name,
        hidden,
        len(belongs),
        hits / len(belongs) if belongs else 0.0,
        hits / len(best.evidence) if best and hits else 0.0,
        sum(one.division == NEW for one in found),
        len(found),
        invented,
    )


def plans() -> list[FiledPlan]:
    """The written plans."""
    return [read_filed_plan(path) for path in sorted(Path(resources.corpus("plans")).glob("plan_*.csv"))]


def measure(some: Sequence[FiledPlan]) -> list[Trial]:
    """Hide measures of every plan, and none."""
    book = read_codebook()
    model = load_model(None, book)
    trials = []
    for number, plan in enumerate(some):
        count = len(plan.measures)
        hidden = [(number + step * (count // HIDDEN)) % count for step in range(HIDDEN)]
        trials += [trial(plan, one, model, book) for one in (*hidden, -1)]
    return trials


def fit(some: Sequence[FiledPlan]) -> None:
    """Learn what the parts of nearness are worth, from pairs of asks with needs of one plan."""
    book = read_codebook()
    model = load_model(None, book)
    parts: list[NDArray[np.float64]] = []
    same: list[NDArray[np.bool_]] = []
    for plan in some:
        judged = judged_of(plan, Judge(book, model, None))
        truth = {one.opinion.id: row for one, row in zip(judged, plan.truth, strict=True)}
        needs = [need for need in needs_of(judged) if truth[need.one.opinion.id][-1] < 1 / 2]
        asks = [row for row, need in enumerate(needs) if need.is_asked]
        table = np.array([truth[need.one.opinion.id] for need in needs])
        ids = np.array([need.one.opinion.id for need in needs])
        is_other = ids[asks][:, None] != ids[None, :]
        parts.append(Needs(needs).parts(asks)[is_other])
        same.append((np.minimum(table[asks][:, None], table[None, :]).sum(axis=-1) > 0)[is_other])
    learned = LogisticRegression(max_iter=1000).fit(np.concatenate(parts), np.concatenate(same))
    for name, weight in zip((*PAIR_PARTS, "constant"), (*learned.coef_[0], learned.intercept_[0]), strict=True):
        print(f"{name:<34}{weight:6.2f}")


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    some = plans()
    if "--fit" in arguments:
        fit(some)
        return
    trials = measure(some)
    hidden = [one for one in trials if one.hidden >= 0]
    whole = [one for one in trials if one.hidden < 0]

    def figure(values: Sequence[float]) -> str:
        return str(with_interval(lambda column: float(column.mean()), np.array(values, dtype=float)))

    recovered = [one.recovered for one in hidden]
    print(f"計画 {len(some)}、施策を一つ隠した試行 {len(hidden)}")
    for least, said in ((1 / 2, "半分以上"), (1 / 3, "三分の一以上")):
        print(f"隠した施策の意見の{said}を一つの新規案が集めた割合  {figure([r >= least for r in recovered])}")
    print(f"最もよい新規案が集めた割合の平均              {figure(recovered)}")
    some_hit = [one.precision for one in hidden if one.recovered > 0]
    print(f"その案の根拠のうち、隠した施策の意見          {figure(some_hit)}（{len(some_hit)} 試行）")
    with_hidden, without = figure([one.new for one in hidden]), figure([one.new for one in whole])
    print(f"新規案の数: 隠したとき {with_hidden}、隠さないとき {without}")
    print(f"案の数                                        {figure([one.proposals for one in trials])}")
    invented = [word for one in trials for word in one.invented]
    print(f"根拠にも計画にもない語                        {len(invented)} {invented[:20]}")


if __name__ == "__main__":
    main(sys.argv[1:])
