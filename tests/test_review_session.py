"""One reviewer at work, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import IkenError
from pipeline.records import Decision, Measure, Plan
from pipeline.review.decisions import DecisionStore
from pipeline.review.messages import answer
from pipeline.review.queue import BLIND, DIFFERING, DOUBTFUL, IN_ORDER, MINE_OPEN, Filters
from pipeline.review.session import Choice, ReviewSession
from tests.test_review_queue import one, results

PLAN = Plan((Measure("1(1)", "1 学び", "講座", ""), Measure("1(2)", "1 学び", "案内", "")))
ROUND = replace(
    results([one("a", same="S"), one("b", 0.5, verdict="保留"), one("c", same="S"), one("d", verdict="該当なし")]),
    plan=PLAN,
)
YES = Choice(("資金",), "要望", "1(2) 案内", " 覚え書き ")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DecisionStore]:
    with DecisionStore(tmp_path / "review.sqlite") as made:
        yield made


def opened(store: DecisionStore, reviewer: str = "田中", mode: str = IN_ORDER) -> ReviewSession:
    session = ReviewSession(ROUND, store, reviewer)
    session.choose(mode)
    return session


def test_a_decision_is_on_disk_at_once_and_counts_for_the_whole_group(store: DecisionStore) -> None:
    session = opened(store)
    session.decide("a", YES)
    with DecisionStore(store.path) as another:
        standing = another.standing("田中")
    assert set(standing) == {"a", "c"}
    decision = standing["c"]
    assert (decision.themes, decision.kind, decision.measure) == (("資金",), "要望", "1(2) 案内")
    assert (decision.note, decision.blind) == ("覚え書き", False)
    assert decision.suggested.themes == ("担い手",)
    assert decision.suggested.measure == "1(1) 講座"


def test_none_applies_is_a_decision(store: DecisionStore) -> None:
    session = opened(store)
    session.decide("b", Choice((), "課題"))
    assert store.standing()["b"].themes == ()
    assert session.progress().reviewed == 1


def test_progress_tells_what_is_left(store: DecisionStore) -> None:
    session = opened(store)
    before = session.progress()
    assert (before.cards, before.decided, before.opinions, before.reviewed, before.doubtful) == (3, 0, 4, 0, 1)
    session.decide("a", YES)
    session.decide("b", YES)
    after = session.progress()
    assert (after.cards, after.decided, after.reviewed, after.doubtful) == (3, 2, 3, 0)


def test_undo_takes_back_the_whole_group_and_what_stood_before_stands_again(store: DecisionStore) -> None:
    session = opened(store)
    session.decide("a", YES)
    session.decide("a", Choice((), "課題"))
    assert session.undo() == "a"
    assert store.standing()["c"].themes == ("資金",)
    assert session.undo() == "a"
    assert not store.standing()
    assert session.undo() == ""


def test_undo_reaches_what_was_decided_before_the_session_and_goes_there(store: DecisionStore) -> None:
    first = opened(store)
    first.decide("b", YES)
    first.decide("a", YES)
    again = opened(store)
    assert [card.key for card in again.queue.cards] == ["d"]
    assert again.undo() == "a"
    assert again.queue.cards[again.position].ids == ("a", "c")
    assert set(store.standing()) == {"b"}


def test_a_reopened_session_goes_on_where_it_stopped(store: DecisionStore) -> None:
    opened(store).decide("a", YES)
    again = ReviewSession(ROUND, store, "田中")
    assert again.mode == DOUBTFUL
    assert [card.key for card in again.queue.cards] == ["b", "d"]
    again.choose(IN_ORDER, Filters())
    assert [card.key for card in again.queue.cards] == ["a", "b", "d"]
    assert again.position == 1
    assert again.card(0)["decision"]["themes"] == ["資金"]


def test_a_group_taken_apart_is_decided_one_by_one(store: DecisionStore) -> None:
    session = opened(store)
    assert session.take_apart("a") == 2
    assert [card.ids for card in session.queue.cards] == [("a",), ("c",), ("b",), ("d",)]
    session.decide("c", YES)
    assert set(store.standing()) == {"c"}
    session.choose(IN_ORDER, Filters())
    assert [card.ids for card in session.queue.cards] == [("a",), ("b",), ("c",), ("d",)]


def test_blind_decisions_are_marked_and_settled_ones_stand_first(store: DecisionStore) -> None:
    opened(store, mode=BLIND).decide("b", YES)
    assert store.standing()["b"].blind
    opened(store, "鈴木").decide("b", Choice((), "要望", "1(2) 案内"))
    settling = opened(store, "鈴木", DIFFERING)
    assert [card.key for card in settling.queue.cards] == ["b"]
    shown = settling.card(0)["others"]
    assert [(other["reviewer"], other["themes"]) for other in shown] == [("田中", ["資金"]), ("鈴木", [])]
    settling.decide("b", YES)
    assert store.standing()["b"].themes == ("資金",)
    assert settling.progress().decided == 1
    assert not opened(store, "佐藤", DIFFERING).queue.cards
    assert settling.undo() == "b"
    assert opened(store, "佐藤", DIFFERING).queue.cards


def test_a_decision_on_a_text_that_has_changed_is_open_again(store: DecisionStore) -> None:
    opened(store).decide("b", YES)
    changed = replace(ROUND, judged=(one("b", text="別の文になった"),))
    session = ReviewSession(changed, store, "田中")
    assert [card.key for card in session.queue.cards] == ["b"]
    assert session.card(0)["decision"] is None


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (Choice(("ない",), "要望"), "「ない」というテーマ"),
        (Choice((), ""), "種別"),
        (Choice((), "要望", "9(9) ない"), "「9(9) ない」という施策"),
    ],
)
def test_what_does_not_exist_is_refused(store: DecisionStore, choice: Choice, told: str) -> None:
    session = opened(store)
    with pytest.raises(IkenError, match=told.replace("(", r"\(").replace(")", r"\)")):
        session.decide("a", choice)
    assert not store.standing()


def test_a_reviewer_has_a_name_and_a_mode_exists(store: DecisionStore) -> None:
    with pytest.raises(IkenError, match="確認者"):
        ReviewSession(ROUND, store, "　")
    with pytest.raises(IkenError, match="順番"):
        opened(store, mode="逆順")


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [("　鈴木　花子 ", "鈴木 花子"), ("ｽｽﾞｷ", "スズキ"), ("鈴木\n花子", "鈴木 花子"), ("a\x00\ud800", "a")],
)
def test_one_person_is_one_reviewer_however_the_name_is_typed(store: DecisionStore, typed: str, recorded: str) -> None:
    session = opened(store, typed)
    session.decide("a", Choice((), "要望"))
    assert session.undo() == "a"  # who takes back is who decided
    session.decide("a", Choice((), "要望"))
    assert list(store.by_reviewer()) == [recorded]


# ---- what the front end is answered

COLOURS = {"担い手": "#1f6f8b", "資金": "#a8741a"}


def asked(session: ReviewSession, **question: Any) -> dict[str, Any]:  # noqa: ANN401 a message
    return answer(session, {"seq": 7, "view": "v", **question}, COLOURS)


DECIDE = {"do": "decide", "key": "a", "position": 1, "themes": ["資金"], "kind": "要望", "measure": "", "note": ""}


def test_the_first_answer_holds_all_that_is_needed_to_draw(store: DecisionStore) -> None:
    told = asked(opened(store), do="open")
    assert (told["seq"], told["view"], told["is"]) == (7, "v", "state")
    assert set(told["cards"]) == {"0", "1", "2"}
    assert told["measures"] == ["1(1) 講座", "1(2) 案内", "計画外"]
    assert [theme["name"] for theme in told["themes"]] == ["担い手", "資金"]
    assert told["filters"]["state"] == MINE_OPEN


def test_saved_is_said_when_it_is_on_disk_and_the_next_cards_come_along(store: DecisionStore) -> None:
    session = opened(store)
    told = asked(session, **DECIDE, want=[1, 2, 99])
    assert (told["is"], told["key"]) == ("saved", "a")
    assert set(store.standing()) == {"a", "c"}
    assert set(told["cards"]) == {"1", "2"}
    assert told["progress"]["decided"] == 1
    assert session.position == 1


def test_what_could_not_be_written_is_never_called_saved(store: DecisionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(store)

    def full(_: list[Decision]) -> None:
        raise IkenError("空き容量がありません")

    monkeypatch.setattr(store, "record", full)
    told = asked(session, **DECIDE)
    assert told["is"] == "failed"
    assert "空き容量" in told["why"]
    assert told["progress"]["reviewed"] == 0
    assert session.card(0)["decision"] is None
    assert session.undo() == ""


def test_filters_modes_undo_and_taking_apart_are_answered_with_the_new_queue(store: DecisionStore) -> None:
    session = opened(store)
    told = asked(session, do="choose", mode=BLIND, size=2, filters={"theme": "", "state": MINE_OPEN})
    assert told["blind"]
    assert (told["size"], told["progress"]["cards"]) == (2, 2)
    assert "担い手" not in str(told["cards"])
    told = asked(session, do="choose", mode=IN_ORDER, filters={"verdict": "保留"})
    assert [card["key"] for card in told["cards"].values()] == ["b"]
    asked(session, do="choose", mode=IN_ORDER, filters={})
    assert asked(session, do="apart", key="a")["progress"]["cards"] == 4
    asked(session, **DECIDE)
    undone = asked(session, do="undo")
    assert (undone["is"], undone["key"], undone["position"]) == ("undone", "a", 0)
    assert asked(session, do="move", position=3, want=[3])["cards"]["3"]["key"] == "d"
    assert session.position == 3


@pytest.mark.parametrize(
    "question",
    [{"do": "unheard"}, {"do": "decide"}, {**DECIDE, "key": "z"}, {"do": "choose", "filters": {"colour": "red"}}],
)
def test_a_wrong_question_is_answered_and_changes_nothing(store: DecisionStore, question: dict[str, Any]) -> None:
    session = opened(store)
    assert asked(session, **question)["is"] == "failed"
    assert not store.standing()
