"""In what order opinions come to a reviewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deliver.results import Results
from pipeline.records import (
    Candidate,
    Decision,
    Item,
    Judged,
    Labelling,
    Opinion,
    Place,
    PlanMatch,
    Suggested,
    ThemeScore,
    Topic,
)
from pipeline.review.queue import (
    BLIND,
    DIFFERING,
    DOUBTFUL,
    IN_ORDER,
    MINE_OPEN,
    OPEN,
    REVIEWED,
    Filters,
    Known,
    build_queue,
    is_decided,
)

NOTHING = Known({}, {})


def one(
    name: str,
    probability: float = 0.9,
    *,
    verdict: str = "付与",
    theme: str = "担い手",
    place: str = "1(1) 講座",
    same: str = "",
    departments: Sequence[str] = (),
    text: str = "",
) -> Judged:
    item = Item(
        "意見", text or f"意見{name}", Place("表.txt", f"{name}行"), departments=tuple(departments), filed_under=place
    )
    applies = None if verdict == "保留" else verdict == "付与"
    themes = () if verdict == "該当なし" else (theme,)
    scores = tuple(
        ThemeScore(each, probability if each == theme else 0.01, applies if each == theme else False)
        for each in ("担い手", "資金")
    )
    labelling = Labelling(verdict, themes, scores, "課題")
    return Judged(Opinion(name, "第1回", item, same or f"S{name}"), labelling, PlanMatch((Candidate(place, 0.5),)))


def results(judged: Sequence[Judged], topics: Sequence[Topic] = ()) -> Results:
    return Results((), None, tuple(judged), (), ("担い手", "資金"), (), round="第1回", topics=tuple(topics))


def decision(name: str, *, themes: Sequence[str] = (), blind: bool = False, note: str = "") -> Decision:
    suggested = Suggested("付与", ("担い手",), "課題")
    time = "2026-01-01T09:00:00.000+09:00"
    return Decision(name, "", tuple(themes), "課題", "", "田中", time, "", blind, suggested, note)


def keys(found: Results, known: Known = NOTHING, mode: str = IN_ORDER, filters: Filters | None = None) -> list[str]:
    return [card.key for card in build_queue(found, known, mode, filters).cards]


def test_what_is_in_doubt_comes_first_then_what_is_near_the_border() -> None:
    found = results(
        [
            one("sure", 0.999),
            one("near", 0.55),
            one("not", 0.001, verdict="該当なし"),
            one("nearly", 0.40, verdict="該当なし"),
            one("doubt", 0.5, verdict="保留"),
        ]
    )
    assert keys(found, mode=DOUBTFUL)[0] == "doubt"
    assert set(keys(found, mode=DOUBTFUL)[1:3]) == {"near", "nearly"}


def test_neighbours_differ_in_measure_theme_and_topic() -> None:
    judged = [
        one(f"{place}{theme}{n}", 0.5, verdict="保留", theme=theme, place=place)
        for place in ("1(1) 講座", "1(2) 案内", "2(1) 養成")
        for theme in ("担い手", "資金")
        for n in range(6)
    ]
    topics = [Topic("T01", "講座", (), tuple(one.opinion.id for one in judged[::2]), (), 1.0)]
    cards = build_queue(results(judged, topics), NOTHING, DOUBTFUL).cards
    places = [card.first.opinion.item.filed_under for card in cards]
    assert sorted(card.key for card in cards) == sorted(one.opinion.id for one in judged)
    assert sum(before == after for before, after in pairwise(places)) <= 6  # of 33 in source order


def test_a_group_is_one_card_and_comes_apart_when_it_was_decided_apart() -> None:
    found = results([one("a", same="S"), one("b"), one("c", same="S")])
    queue = build_queue(found, NOTHING, IN_ORDER)
    assert [card.ids for card in queue.cards] == [("a", "c"), ("b",)]
    assert [card.ids for card in build_queue(found, NOTHING, IN_ORDER, apart={"S"}).cards] == [("a",), ("b",), ("c",)]
    same = {"a": decision("a"), "c": decision("c")}
    assert build_queue(found, Known(same, same), IN_ORDER).cards[0].ids == ("a", "c")
    for other in ({"a": decision("a")}, {"a": decision("a"), "c": decision("c", themes=["資金"])}):
        assert len(build_queue(found, Known(other, other), IN_ORDER).cards) == 3


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["a", "b", "c", "d"]),
        (Filters(theme="資金"), ["b"]),
        (Filters(theme="該当なし"), ["c"]),
        (Filters(department="図書館"), ["d"]),
        (Filters(measure="1(2) 案内"), ["b"]),
        (Filters(verdict="保留"), ["d"]),
        (Filters(text="ＮＰＯ"), ["c"]),
        (Filters(text="覚え書き"), ["a"]),
        (Filters(state=MINE_OPEN), ["b", "c", "d"]),
        (Filters(state=OPEN), ["c", "d"]),
        (Filters(state=REVIEWED), ["a", "b"]),
        (Filters(theme="担い手", state=MINE_OPEN), ["d"]),
    ],
)
def test_filters(filters: Filters, expected: list[str]) -> None:
    found = results(
        [
            one("a"),
            one("b", theme="資金", place="1(2) 案内"),
            one("c", verdict="該当なし", text="NPO法人の集まり"),
            one("d", verdict="保留", departments=["図書館"]),
        ]
    )
    own = {"a": decision("a", note="覚え書き")}
    assert keys(found, Known(own, own | {"b": decision("b")}), filters=filters) == expected


def test_a_blind_sample_is_the_same_for_all_and_a_larger_one_holds_it() -> None:
    found = results([one(f"{n:03}", 0.5 if n % 2 else 0.9, verdict="保留" if n % 2 else "付与") for n in range(100)])
    small = build_queue(found, NOTHING, BLIND, size=10)
    large = build_queue(found, NOTHING, BLIND, Filters(verdict="保留"), size=40)
    assert small.cards == large.cards[:10]
    assert all(card.blind for card in large.cards)
    assert {card.first.labelling.verdict for card in large.cards} == {"保留", "付与"}
    assert [card.key for card in large.cards] != sorted(card.key for card in large.cards)
    other = replace(found, round="第2回")
    assert build_queue(other, NOTHING, BLIND, size=10).cards != small.cards


def test_what_was_decided_with_the_suggestion_in_view_is_no_longer_blind() -> None:
    found = results([one(f"{n}") for n in range(10)])
    drawn = [card.key for card in build_queue(found, NOTHING, BLIND, size=5).cards]
    own = {drawn[0]: decision(drawn[0]), drawn[1]: decision(drawn[1], blind=True)}
    queue = build_queue(found, Known(own, own), BLIND, size=5)
    assert [card.key for card in queue.cards] == drawn[1:]
    assert queue.left_out == 1


def test_what_differs_in_the_same_way_within_a_group_is_one_card() -> None:
    found = results([one("a", same="S"), one("b", same="S"), one("c"), one("d", same="S"), one("e", same="S")])
    two = [decision("", themes=["資金"]), decision("", themes=["担い手"])]
    others = [decision("", themes=["資金"]), decision("", note="別")]
    differing = {"b": two, "c": two, "d": two, "e": others}
    queue = build_queue(found, Known({}, {}, differing), DIFFERING, Filters(state=MINE_OPEN))
    assert [card.ids for card in queue.cards] == [("b", "d"), ("c",), ("e",)]


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from(["保留", "付与", "該当なし"]), st.floats(0, 1)), max_size=40
    )
)
def test_every_opinion_stands_in_one_card_whatever_the_order(drawn: list[tuple[str, str, float]]) -> None:
    judged = [
        one(str(n), probability, verdict=verdict, same=f"{same}{n % 7}")
        for n, (same, verdict, probability) in enumerate(drawn)
    ]
    found = results(judged)
    for mode in (DOUBTFUL, IN_ORDER, BLIND):
        queue = build_queue(found, NOTHING, mode, size=len(judged) + 1)
        assert sorted(name for card in queue.cards for name in card.ids) == sorted(one.opinion.id for one in judged)
        assert queue == build_queue(found, NOTHING, mode, size=len(judged) + 1)
        assert not any(is_decided(card, {}) for card in queue.cards)
