"""How far reviewers agree, how good the suggestions are, and when to stop: figures that hold for few opinions."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.deliver.results import Results
from pipeline.records import GIVEN, UNDECIDED, Decision
from pipeline.review.agreement import KIND, agreement, disagreements, settle
from pipeline.review.decisions import DecisionStore
from pipeline.review.history import DECISION, Entry, History
from pipeline.review.measuring import FEW, measure
from pipeline.review.stopping import LIMIT, advise
from tests.reviews import decide, judged, round_of, with_text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DecisionStore]:
    with DecisionStore(tmp_path / "review.sqlite") as found:
        yield found


def history_of(decisions: Sequence[Decision]) -> History:
    """As recorded one after the other, without a file."""
    return History.of(
        Entry(f"{number:06}", DECISION, number, one.opinion_id, one.reviewer, one.time, one)
        for number, one in enumerate(decisions)
    )


# --- agreement


def both(pairs: Sequence[tuple[bool, bool]]) -> tuple[Results, History]:
    opinions = [judged(number) for number in range(len(pairs))]
    made = []
    for one, (first, second) in zip(opinions, pairs, strict=True):
        made += [decide(one, ["資金"] if first else []), decide(one, ["資金"] if second else [], "鈴木")]
    return round_of(opinions), history_of(made)


def test_kappa_and_alpha_are_those_of_the_textbook() -> None:
    results, history = both([(True, True)] * 8 + [(False, False)] * 8 + [(True, False)] * 2 + [(False, True)] * 2)
    found = agreement(history, results)
    assert found.reviewers == ("佐藤", "鈴木")
    kappa = {one.name: one for one in found.pairs[0].kappa}
    alpha = {one.name: one for one in found.alpha}
    assert (kappa["資金"].opinions, kappa["資金"].same) == (20, 16)
    assert kappa["資金"].figure
    assert alpha["資金"].figure
    assert kappa["資金"].figure.value == pytest.approx((0.8 - 0.5) / (1 - 0.5))
    # 40 values, half of them yes: expected disagreement 2·20·20 / (40·39), observed 0.2
    assert alpha["資金"].figure.value == pytest.approx(1 - 0.2 / (800 / 1560))
    assert kappa["資金"].figure.low < 0.6 < kappa["資金"].figure.high
    # nobody ever gave 担い手: agreeing by chance cannot be told from agreeing
    assert kappa["担い手"].figure is None
    assert "偶然" in kappa["担い手"].note
    assert kappa[KIND].same == 20


def test_few_common_opinions_give_no_figure_and_say_so() -> None:
    results, history = both([(True, True)] * 5 + [(False, True)] * 4)
    found = agreement(history, results).pairs[0].kappa[1]
    assert (found.opinions, found.same, found.figure) == (9, 5, None)
    assert "件数が足りません" in found.note


def test_three_reviewers_of_different_opinions_are_compared_by_alpha() -> None:
    opinions = [judged(number) for number in range(30)]
    made = [decide(one, ["資金"] if n % 2 else []) for n, one in enumerate(opinions)]
    made += [decide(one, ["資金"] if n % 2 else [], "鈴木") for n, one in enumerate(opinions[:20])]
    made += [decide(one, ["資金"] if n % 2 else [], "高橋") for n, one in enumerate(opinions[10:], 10)]
    found = agreement(history_of(made), round_of(opinions))
    alpha = {one.name: one for one in found.alpha}["資金"]
    assert (alpha.opinions, alpha.same) == (30, 30)
    assert alpha.figure
    assert alpha.figure.value == 1
    assert len(found.pairs) == 3
    kappa = {pair.reviewers: pair.kappa[1].opinions for pair in found.pairs}
    assert kappa == {("佐藤", "鈴木"): 20, ("佐藤", "高橋"): 20, ("鈴木", "高橋"): 10}


def test_copies_count_once() -> None:
    opinions = [judged(number, same="S") for number in range(12)]
    made = [one for each in opinions for one in (decide(each, []), decide(each, [], "鈴木"))]
    assert agreement(history_of(made), round_of(opinions)).pairs[0].kappa[0].opinions == 1


def test_without_the_extra_kappa_is_given_and_the_extra_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "krippendorff", None)
    results, history = both([(True, True)] * 10 + [(False, True)] * 5)
    found = agreement(history, results)
    assert found.alpha == ()
    assert found.pairs
    assert "iken[notebook]" in found.notes[0]


def test_what_reviewers_differ_on_is_listed_until_it_is_settled(store: DecisionStore) -> None:
    opinions = [judged(number, "資金") for number in range(4)]
    results = round_of([*opinions[:3], with_text(opinions[3], "書き直した")])
    store.record([decide(one) for one in opinions])
    store.record([decide(opinions[0], [], "鈴木"), decide(opinions[1], None, "鈴木"), decide(opinions[3], [], "鈴木")])
    store.record([decide(opinions[2], None, "鈴木", kind="課題")])
    found = disagreements(store, results)
    assert [one.judged.opinion.id for one in found] == ["O0", "O2"]
    assert {name: one.themes for name, one in found[0].decisions.items()} == {"佐藤": ("資金",), "鈴木": ()}
    settle(store, results, ["O0"], ["資金", "担い手"], "要望", reviewer="協議", note="会議で")
    assert [one.judged.opinion.id for one in disagreements(store, results)] == ["O2"]
    settled = store.standing()["O0"]
    assert (settled.themes, settled.reviewer, settled.note) == (("担い手", "資金"), "協議", "会議で")
    assert settled.suggested.themes == ("資金",)


# --- against blind decisions


def test_only_blind_decisions_measure_and_too_few_are_refused() -> None:
    opinions = [judged(number, "資金") for number in range(60)]
    in_view = [decide(one) for one in opinions[:40]]
    blind = [decide(one, [], blind=True) for one in opinions[40 : 40 + FEW - 1]]
    found = measure(history_of([*in_view, *blind]), round_of(opinions))
    assert (found.blind, found.themes, found.macro) == (FEW - 1, (), None)
    assert f"盲検（提案を見ないでする確認）が {FEW - 1} 件" in found.notes[0]
    # ten that are all wrong, beside forty that were confirmed in view
    ten = measure(history_of([*in_view, *blind, decide(opinions[59], [], blind=True)]), round_of(opinions))
    assert ten.themes[1].precision
    assert ten.themes[1].precision.value == 0


def test_whoever_saw_the_suggestion_before_is_not_blind_and_who_saw_it_after_was() -> None:
    opinions = [judged(number, "資金") for number in range(30)]
    seen_before = [one for each in opinions[:10] for one in (decide(each), decide(each, blind=True))]
    seen_after = [one for each in opinions[10:22] for one in (decide(each, [], blind=True), decide(each))]
    assert measure(history_of(seen_before), round_of(opinions)).blind == 0
    assert measure(history_of([*seen_after, *seen_before]), round_of(opinions)).blind == 12
    found = measure(history_of([*seen_before, *seen_after]), round_of(opinions))
    assert found.blind == 12
    assert any("偏ります" in note for note in found.notes)


def test_precision_recall_and_f1_are_counted_and_a_faultless_dozen_promises_no_certainty() -> None:
    opinions = [judged(number, *(["資金"] if number < 8 else [])) for number in range(16)]
    # 6 of 8 right, 2 missed
    made = [
        decide(one, ["資金"] if number in (*range(6), 8, 9) else [], blind=True) for number, one in enumerate(opinions)
    ]
    found = measure(history_of(made), round_of([*opinions, *(judged(number) for number in range(16, 200))]))
    theme = found.themes[1]
    assert theme.precision
    assert theme.recall
    assert theme.f1
    assert (theme.precision.value, theme.recall.value, theme.f1.value) == (0.75, 0.75, 0.75)
    assert theme.f1.low < 0.5
    assert (found.blind, found.groups, theme.positives) == (16, 200, 8)
    assert "件数が足りません" in found.themes[0].note
    right = measure(history_of([decide(one, blind=True) for one in opinions]), round_of(opinions)).themes[1]
    assert right.f1
    assert right.precision
    assert (right.f1.value, right.f1.high) == (1, 1)
    assert right.f1.low < 0.85
    assert right.precision.low < 0.75
    # the whole round was looked at: its count is known
    assert (right.in_round.low, right.in_round.value, right.in_round.high) == (8, 8, 8)


def test_the_count_of_the_round_is_within_its_interval_as_often_as_promised() -> None:
    draws = random.Random(0)  # noqa: S311 no secret
    opinions = [judged(number, *(["資金"] if number % 4 == 0 else [])) for number in range(200)]
    inside = 0
    for _ in range(60):
        truth = {one.opinion.id: draws.random() < (0.7 if one.labelling.themes else 0.08) for one in opinions}
        sample = draws.sample(opinions, 40)
        made = [decide(one, ["資金"] if truth[one.opinion.id] else [], blind=True) for one in sample]
        found = measure(history_of(made), round_of(opinions)).themes[1].in_round
        inside += found.low <= sum(truth.values()) <= found.high
    assert inside >= 54


def test_results_with_decisions_applied_are_not_measured() -> None:
    one = judged(1, "資金")
    with pytest.raises(ValueError, match="applied"):
        measure(History(), round_of([replace(one, decision=decide(one))]))


def test_a_model_that_came_after_the_blind_decisions_may_have_learned_from_them() -> None:
    opinions = [judged(number, "資金") for number in range(12)]
    results = round_of(opinions)
    later = replace(results, made_with=replace(results.made_with, model_digest="another"))
    made = history_of([decide(one, blind=True) for one in opinions])
    assert measure(made, results).notes == ()
    assert any("学んだ" in note for note in measure(made, later).notes)


# --- stopping


def reviewed(total: int, changes: Sequence[bool], verdict: str = GIVEN) -> tuple[Results, History]:
    opinions = [judged(number, "資金", verdict=verdict) for number in range(total)]
    made = [decide(one, [] if is_change else None) for one, is_change in zip(opinions, changes, strict=False)]
    return round_of(opinions), history_of(made)


@pytest.mark.parametrize(
    ("total", "changes", "verdict", "may_stop", "said"),
    [
        (100, [False] * 19, GIVEN, False, "20 件になると"),
        (100, [True] * 100, GIVEN, True, "すべて"),
        (150, [False] * 100, GIVEN, True, "ここで終えても"),
        (150, [True] * 30 + [False] * 70, GIVEN, True, "ここで終えても"),
        (150, [False] * 70 + [True] * 30, GIVEN, False, "続けてください"),
        (400, [False] * 30, GIVEN, False, "続けてください"),
        (150, [False] * 100, UNDECIDED, False, "保留が 50 件"),
    ],
)
def test_the_advice_follows_what_the_last_decisions_changed(
    total: int, changes: list[bool], verdict: str, may_stop: bool, said: str
) -> None:
    results, history = reviewed(total, changes, verdict)
    advice = advise(history, results)
    assert advice.may_stop == may_stop
    assert said in "。".join(advice.sentences)
    assert advice.decided + advice.left == total


def test_what_is_said_of_each_theme_counts_the_decisions_in() -> None:
    results, history = reviewed(150, [True] * 30 + [False] * 70)
    advice = advise(history, results)
    theme = advice.themes[1]
    assert (theme.theme, theme.count) == ("資金", 120)
    assert advice.most
    assert advice.most <= LIMIT * 150
    assert f"資金は 120 件で、動いても {theme.moves:.0f} 件まで" in advice.sentences[-1]


def test_no_more_changes_are_left_than_the_advice_says() -> None:
    draws = random.Random(1)  # noqa: S311 no secret
    kept = 0
    for _ in range(200):
        changed = [draws.random() < 0.5 * (1 - number / 200) ** 2 for number in range(200)]
        results, history = reviewed(200, changed[:120])
        most = advise(history, results).most
        assert most is not None
        kept += sum(changed[120:]) <= most
    assert kept >= 190
