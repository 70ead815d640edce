"""Which opinion an opinion became when its text was corrected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.records import Judged
from pipeline.review.reworded import read_reworded, reworded
from tests.reviews import judged


def says(name: str, text: str, filed: str = "1(1) 講座") -> Judged:
    one = judged(1)
    item = replace(one.opinion.item, text=text, filed_under=filed)
    return replace(one, opinion=replace(one.opinion, id=name, item=item))


OLD = says("OLD", "公民館の予約を電話で受けてほしい")


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ([says("NEW", "公民館の予約を電話でも受けてほしい")], {"OLD": "NEW"}),  # corrected
        ([says("NEW", "祭りの寄付が集まらなくて困る")], {}),  # another one
        ([says("NEW", "公民館の予約を電話でも受けてほしい", "2(1) 会場")], {}),  # elsewhere in the plan
        ([says("NEW", OLD.opinion.text), says("NEAR", OLD.opinion.text + "。")], {}),  # another round, the same wording
        ([OLD, says("NEW", "公民館の予約を電話でも受けてほしい")], {}),  # it is still there
        # the nearer of two
        (
            [says("FAR", "公民館の予約を窓口で受けない"), says("NEW", "公民館の予約を電話で受けてほしい。")],
            {"OLD": "NEW"},
        ),
    ],
)
def test_what_was_corrected_is_found_at_its_place(now: list[Judged], found: dict[str, str]) -> None:
    assert reworded([OLD], now, {"OLD"}, {}) == found


def test_only_what_somebody_decided_on_is_looked_for() -> None:
    assert reworded([OLD], [says("NEW", OLD.opinion.text + "。")], (), {}) == {}


def test_two_corrections_one_after_the_other_are_followed() -> None:
    middle, last = (
        says("MIDDLE", "公民館の予約を電話でも受けてほしい"),
        says("LAST", "公民館の予約は電話でも受けてほしい"),
    )
    known = reworded([OLD], [middle], {"OLD"}, {})
    assert reworded([middle], [last], {"OLD"}, known) == {"OLD": "LAST"}
    assert reworded([middle], [OLD], {"OLD"}, known) == {}  # and back
    assert reworded([middle], [], {"OLD"}, known) == {}  # and away


def test_each_new_opinion_is_one_of_the_old_ones() -> None:
    twin = says("TWIN", OLD.opinion.text + "。")
    assert len(reworded([OLD, twin], [says("NEW", OLD.opinion.text + "ね")], {"OLD", "TWIN"}, {})) == 1


@pytest.mark.parametrize("body", ["", "[]", "{", '{"reworded": 3}', "\x00"])
def test_a_record_that_says_nothing_of_it_is_empty(tmp_path: Path, body: str) -> None:
    assert read_reworded(tmp_path) == {}
    (tmp_path / "run.json").write_text(body, encoding="utf-8")
    assert read_reworded(tmp_path) == {}
