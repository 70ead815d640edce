"""Proposals: titles in the opinions' own words, evidence that supports them, and an order of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import resources
from pipeline.batch import Judge, Options, one_plan
from pipeline.identity import name_opinions
from pipeline.kinds import OPINION
from pipeline.language.normalize import normalize
from pipeline.language.tokenize import tokenize
from pipeline.plan.learning import read_filed_plan
from pipeline.proposals.far import far_topics
from pipeline.proposals.nearness import MeasureText
from pipeline.proposals.needs import needs_of
from pipeline.proposals.suggestions import ACROSS, DIVISIONS, MOST, NEW, suggest
from pipeline.proposals.support import invented_words
from pipeline.proposals.titles import tells
from pipeline.proposals.wording import LONGEST, plain_form, title_of
from pipeline.reading.plan_file import read_plan
from pipeline.reading.sources import read_source
from pipeline.records import Candidate, Decision, Item, Judged, Measure, Place, Plan, Suggested, Suggestion
from tests.conftest import SHARED, needs_shared

HIDDEN = 6
"""The measure that is hidden of a written plan."""

TITLES = [
    # the asking ending is cut
    ("団体が学べる機会の提供が求められる", "団体が学べる機会の提供"),
    ("相談員の増員をお願いしたい", "相談員の増員"),
    ("使い方を教わる講座があるとよい", "使い方を教わる講座"),
    ("名簿の管理の手引が欠かせない", "名簿の管理の手引"),
    # a deed becomes a noun where the opinion has it
    ("記録や資料を継承していくことが求められる", "記録や資料の継承"),
    ("倉庫の鍵を支所で管理してほしい", "倉庫の鍵の支所での管理"),
    ("出前講座に参加してほしい", "出前講座への参加"),
    ("写真を会報に掲載すべきである", "写真の会報への掲載"),
    ("要望を聞き取りにより把握することが必要", "要望の聞き取りによる把握"),
    ("大学との連携を図ることが求められる", "大学との連携"),
    ("申請書の書き方を見直してほしい", "申請書の書き方の見直し"),
    ("互いに頼れる間柄をつくりたい", "互いに頼れる間柄づくり"),
    # what stands before a comma is bound to what follows, or left out
    ("会場の運営に関して、専門家の紹介が求められる", "会場の運営に関する専門家の紹介"),
    ("人材の確保に向け、企業との連携が必要である", "人材の確保に向けた企業との連携"),
    ("見学の席の設定など、最初の壁の解消が必要", "最初の壁の解消"),
    ("広場に腰掛けて休める場所を設けてほしい", "広場に腰掛けて休める場所"),
    ("短い時間でもできる手伝いの枠を、各団体に用意してほしい", "短い時間でもできる手伝いの枠"),
    ("活動に、障害のある人への心配りを組み込むべきである", "障害のある人への心配りの組み込み"),
    (
        "砂浜の保全に向けた集いを毎年開けるよう、その手順について、経験に応じて選べる講座の開催が求められる",
        "砂浜の保全に向けた、経験に応じて選べる講座の開催",
    ),
    # a verb without a noun stays a verb: nothing is invented
    ("相談窓口を増やしてほしい", "相談窓口を増やすこと"),
    ("掲示板を駅に移してはどうか", "掲示板を駅に移すこと"),
    ("申込みの用紙を一枚にそろえてほしい", "申込みの用紙を一枚にそろえること"),
    ("返却の箱を駅にも置いてほしい", "返却の箱を駅にも置くこと"),
    # what stands around it as bullets, headings or pictures is no part of it
    ("-相談窓口を増やしてほしい", "相談窓口を増やすこと"),
    ("■相談員の増員をお願いしたい", "相談員の増員"),
    ("＜要望＞相談員の増員をお願いしたい", "相談員の増員"),
    ("相談窓口を増やしてほしい♪😀", "相談窓口を増やすこと"),
]


@pytest.mark.parametrize(("clause", "title"), TITLES)
def test_what_is_asked_becomes_a_title_in_its_own_words(clause: str, title: str) -> None:
    found = title_of(clause)
    assert found is not None
    assert found.text == title
    assert not invented_words(title, [clause], Plan())


@pytest.mark.parametrize("clause", ["お願いします", "それが必要", "そうしてほしい", "困っているという声", ""])
def test_what_says_nothing_becomes_no_title(clause: str) -> None:
    assert title_of(clause) is None


@pytest.mark.parametrize(
    ("surface", "lemma", "plain"),
    [
        ("設け", "設ける", "設ける"),
        ("つくり", "作る", "つくる"),
        ("貼っ", "張る", "貼る"),
        ("借り", "借りる", "借りる"),
        ("読ん", "読む", "読む"),
        ("書い", "書く", "書く"),
        ("見", "見る", "見る"),
        ("移し", "移す", "移す"),
    ],
)
def test_verbs_get_their_plain_form_in_their_own_spelling(surface: str, lemma: str, plain: str) -> None:
    assert plain_form(surface, lemma) == plain


def test_a_word_from_nowhere_is_found_out() -> None:
    assert invented_words("相談窓口の増設", ["相談窓口を増やしてほしい"], Plan()) == ["増設"]
    assert not invented_words("要件の見直し", ["要件を見直してほしい"], Plan())


def judged_of(items: Sequence[Item], plan: Plan | None, *, filed: bool = True) -> list[Judged]:
    if not filed:
        items = [replace(item, filed_under="") for item in items]
    judge = Judge.from_options(Options(), plan, items)
    return list(judge.judge(name_opinions(items, "第1回")))


def table(path: Path, *, filed: bool = True) -> tuple[list[Judged], Plan]:
    source = read_source(path)
    plan = one_plan([source])
    assert plan is not None
    return judged_of([item for item in source.items if item.kind == OPINION], plan, filed=filed), plan


@pytest.fixture(scope="module")
def sample(sample_table: Path) -> tuple[list[Judged], Plan]:
    return table(sample_table)


def suggested(texts: Sequence[str], plan: Plan) -> tuple[Suggestion, ...]:
    return suggest(judged_of([Item(OPINION, text, Place("a", str(row))) for row, text in enumerate(texts)], plan), plan)


PLAN = Plan(
    (
        Measure("1 学ぶ", "(1)", "学びの案内人", "案内人を育て、講座を開きます。", is_priority=False),
        Measure("1 学ぶ", "(2)", "場所の使いやすさ", "会場や備品を使いやすくします。", is_priority=False),
        Measure("2 備える", "(1)", "備えの活動", "災害への備えを住民とともに進めます。", is_priority=False),
    )
)


def test_a_general_word_alone_is_no_evidence() -> None:
    asked = "養成の課程に、障害のある人と活動するときの心配りを組み込むべきである"
    other = "養成講座の修了者は百人を超えたが、実際に地区で動いているのは十数人である"
    assert not any(len(one.evidence) > 1 for one in suggested([asked, other], PLAN))


def test_a_proposal_of_several_has_the_title_they_share_most() -> None:
    texts = [
        "近くの大学が行っている調査も含め、空き家の情報提供ができるとよい",
        "空き家の情報が届くよう提供してほしい",
        "空き家の情報提供が必要",
        "空き家の情報の提供を急いでほしい",
    ]
    titles = [one.title for one in suggested(texts, PLAN) if len(one.evidence) > 2]
    assert titles
    assert all("空き家の情報" in title and "大学" not in title for title in titles)


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("人の活性化", False),
        ("市政の化", False),
        ("京都市", False),
        ("京都の町家の保存", True),
        ("うまい団体", False),
        ("養成", False),
        ("空き家の活用", True),
        ("情報の発信", True),
    ],
)
def test_a_title_says_what_it_is_about(title: str, says: bool) -> None:
    assert tells(tokenize(title)) is says


def test_what_lies_far_from_every_measure_is_new() -> None:
    filed = read_filed_plan(resources.corpus("plans") / "plan_kosodate_shien_dantai.csv")
    measures = tuple(measure for row, measure in enumerate(filed.measures) if row != HIDDEN)
    plan = Plan(measures)
    items = [Item(OPINION, text, Place("a", str(row))) for row, text in enumerate(filed.texts)]
    judged = judged_of(items, plan)
    topics = far_topics(judged, [MeasureText(measure) for measure in measures])
    belongs = {one.opinion.id for one, row in zip(judged, filed.truth, strict=True) if row[HIDDEN] >= 1 / 2}
    assert topics
    assert any(2 * len(belongs & {one.opinion.id for one in topic.opinions}) > len(topic.opinions) for topic in topics)


def check(found: Sequence[Suggestion], judged: Sequence[Judged], plan: Plan) -> None:
    """Hold proposals to what every one promises."""
    by_id = {one.opinion.id: one for one in judged}
    labels = {measure.label for measure in plan.measures}
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert [one.strength for one in found] == sorted((one.strength for one in found), reverse=True)
    assert len({one.title for one in found}) == len(found) <= MOST
    for one in found:
        evidence = [by_id[key] for key in one.evidence]
        texts = [judged.opinion.text for judged in evidence]
        assert one.division in DIVISIONS
        assert len(one.title) <= LONGEST
        assert not invented_words(one.title, texts, plan), one.title
        assert one.voices == len({judged.opinion.same_id for judged in evidence})
        assert set(one.departments) == {name for judged in evidence for name in judged.opinion.item.departments}
        assert one.nearest in labels
        assert 0.0 <= one.similarity <= 1.0
        assert f"意見{len(evidence)}件" in one.purpose
        for quoted in one.purpose.split("。", 2)[-1].split("、「"):
            clause, _, key = quoted.strip("「").rpartition("」（")
            if key.strip("）") in by_id:
                assert clause.rstrip("…").split("」に当たる")[-1] in normalize(by_id[key.strip("）")].opinion.text)


def test_the_sample_s_proposals_hold_what_they_promise(sample: tuple[list[Judged], Plan]) -> None:
    judged, plan = sample
    found = suggest(judged, plan)
    assert 3 <= len(found) <= 12
    check(found, judged, plan)


@pytest.mark.parametrize("name", ["shimin_katsudo3", "kyodo_action", "koreisha", "dokusho"])
def test_proposals_of_written_plans_invent_nothing(name: str) -> None:
    filed = read_filed_plan(resources.corpus("plans") / f"plan_{name}.csv")
    plan = Plan(filed.measures)
    items = [Item(OPINION, text, Place(name, str(number))) for number, text in enumerate(filed.texts)]
    judged = judged_of(items, plan)
    found = suggest(judged, plan)
    assert found
    check(found, judged, plan)


def test_the_order_of_the_opinions_changes_nothing(sample: tuple[list[Judged], Plan]) -> None:
    judged, plan = sample
    assert suggest(judged[::-1], plan) == suggest(judged, plan)


def test_copies_are_voices_and_no_weight(sample: tuple[list[Judged], Plan]) -> None:
    judged, plan = sample
    first = suggest(judged, plan)[0]
    copied = next(one for one in judged if one.opinion.id == first.evidence[0])
    copies = [
        replace(copied, opinion=replace(copied.opinion, id=f"{copied.opinion.id}-COPY{number}")) for number in range(5)
    ]
    again = next(one for one in suggest([*judged, *copies], plan) if one.title == first.title)
    assert len(again.evidence) == len(first.evidence) + 5
    assert (again.voices, again.strength) == (first.voices, first.strength)
    assert "同趣旨を除き" in again.purpose


def test_without_a_plan_nothing_is_proposed(sample: tuple[list[Judged], Plan]) -> None:
    judged, plan = sample
    assert suggest(judged, None) == suggest(judged, Plan()) == suggest([], plan) == ()


def test_what_people_decided_of_the_place_decides_the_division(sample: tuple[list[Judged], Plan]) -> None:
    judged, plan = sample
    inside = next(one for one in suggest(judged, plan) if one.division != NEW)

    def moved(one: Judged) -> Judged:
        if one.opinion.id not in inside.evidence:
            return one
        shown = Suggested(one.labelling.verdict, one.labelling.themes, one.labelling.kind)
        decided = Decision(
            *(one.opinion.id, "", one.labelling.themes, one.labelling.kind, "計画外", "町田", "", "", False, shown)
        )
        return replace(one, decision=decided)

    again = next(one for one in suggest([moved(one) for one in judged], plan) if one.title == inside.title)
    assert again.division == NEW


def test_a_reported_wish_and_an_example_are_no_proposals() -> None:
    items = [
        Item(OPINION, "「会社として花壇を手伝いたい」という話を受けることもある。", Place("a", "1")),
        Item(OPINION, "毎月第二土曜に公園の清掃を行っている。", Place("a", "2")),
    ]
    assert not [need for need in needs_of(judged_of(items, None)) if need.title]


@needs_shared
def test_the_real_document_from_its_texts_alone() -> None:
    judged, plan = table(SHARED / "seed" / "working_team_opinions.txt", filed=False)
    found = suggest(judged, plan)
    check(found, judged, plan)
    assert 5 <= len(found) <= 10
    filed, _ = table(SHARED / "seed" / "working_team_opinions.txt")
    outside = {one.opinion.text for one in filed if one.opinion.item.filed_under.startswith("計画外")}
    texts = {one.opinion.id: one.opinion.text for one in judged}
    new = [one for one in found if one.division == NEW]
    assert max(len(outside & {texts[key] for key in one.evidence}) for one in new) >= 3
    people = [one for one in found if one.division == ACROSS and "担い手" in one.themes]
    assert any("ハードル" in one.title and "継承" in one.title for one in people)


def test_needs_that_no_measure_has_are_new_however_unsure_that_is(sample_plan: Path) -> None:
    # what the table shows under 計画外 is no 拡充 of the measure that happens to be nearest
    texts = ["道路の穴を直してほしい。", "空き家の木が伸びて道路をふさいでいる。", "街灯が暗くて夜道が怖い。"]
    plan = read_plan(sample_plan)
    judged = judged_of([Item(OPINION, text, Place("声.csv", str(row))) for row, text in enumerate(texts)], plan)
    outside = [
        replace(one, match=replace(one.match, candidates=(Candidate("計画外", 0.3), Candidate("2(3)", 0.25))))
        for one in judged
    ]
    found = suggest(outside, plan)
    assert found
    assert {one.division for one in found} == {NEW}
