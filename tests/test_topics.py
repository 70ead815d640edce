"""話題: found without labels, the same every time, named in their own words."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline import resources
from pipeline.batch import Options, run
from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.language.tokenize import tokenize
from pipeline.records import Item, Judged, Labelling, Opinion, Place, Topic
from pipeline.topics.find import find_topics
from pipeline.topics.meaning import meanings, rarity_at_large
from pipeline.topics.metric import learn_metric, read_metric
from pipeline.topics.phrases import noun_phrases, read_vague
from pipeline.topics.positions import positions
from scripts.build_metric import collections, pairs_told

ABOUT = {
    "バス": [
        "バスの本数を増やしてほしい",
        "バス停が遠くて不便だ",
        "最終バスの時刻を遅くしてほしい",
        "バスの運賃が高い",
    ],
    "備蓄": [
        "食料の備蓄をしておくべきだ",
        "水と食料を備蓄する",
        "備蓄食料の賞味期限を確認する",
        "家庭の備蓄を呼びかける",
    ],
    "公園": ["公園の遊具が古い", "公園に遊具を増やしてほしい", "公園の草刈りが足りない", "公園の遊具を直してほしい"],
}
TEXTS = [text for texts in ABOUT.values() for text in texts]


def judged(texts: Sequence[str], same: Sequence[int] | None = None) -> list[Judged]:
    """Opinions with these texts; ``same`` gives the place of the first that says the same."""
    ids = [f"O{number:04}" for number in range(len(texts))]
    return [
        Judged(
            Opinion(ids[row], "第1回", Item("意見", text, Place("x.csv", f"{row}行")), ids[same[row] if same else row]),
            Labelling("該当なし", (), (), "要望"),
        )
        for row, text in enumerate(texts)
    ]


def plan_opinions(*names: str) -> list[str]:
    found = []
    for name in names:
        with resources.corpus(f"plans/opinions_{name}.csv").open(encoding="utf-8", newline="") as file:
            found += [row["text"] for row in csv.DictReader(file)]
    return found


@pytest.fixture(scope="module")
def many() -> list[Judged]:
    names = ("koen_midori", "kotsu", "dokusho", "danjo_jinken", "bosai_machi", "shohi_bohan", "sports_club", "tabunka")
    return judged(list(dict.fromkeys(plan_opinions(*names))))


@pytest.fixture(scope="module")
def topics_of_many(many: list[Judged]) -> tuple[Topic, ...]:
    return find_topics(many)


def parts_of(topics: Sequence[Topic], judged_: Sequence[Judged]) -> set[tuple[str, frozenset[str]]]:
    """Headings and texts: what a topic is, whatever the IDs of the opinions."""
    texts = {one.opinion.id: one.opinion.text for one in judged_}
    return {(topic.heading, frozenset(texts[name] for name in topic.opinion_ids)) for topic in topics}


def test_what_is_about_the_same_stands_together() -> None:
    texts = {one.opinion.id: one.opinion.text for one in judged(TEXTS)}
    topics = find_topics(judged(TEXTS))
    assert len(topics) == len(ABOUT)
    for topic in topics:
        word = next(word for word in ABOUT if word in topic.heading)
        assert {texts[name] for name in topic.opinion_ids} <= set(ABOUT[word])


def test_the_same_opinions_are_one_topic() -> None:
    found = find_topics(judged([f"{number}丁目の公園の草が伸びている" for number in range(1, 61)]))
    assert found
    assert len({topic.opinion_ids for topic in found}) == len(found)


def test_the_same_input_gives_the_same_topics(many: list[Judged], topics_of_many: tuple[Topic, ...]) -> None:
    assert find_topics(many) == topics_of_many


def test_the_order_of_the_source_does_not_matter(many: list[Judged], topics_of_many: tuple[Topic, ...]) -> None:
    other = [many[row] for row in np.random.default_rng(1).permutation(len(many)).tolist()]
    again = find_topics(other)
    assert parts_of(again, other) == parts_of(topics_of_many, many)
    assert [topic.id for topic in again] == [topic.id for topic in topics_of_many]
    assert [topic.stability for topic in again] == [topic.stability for topic in topics_of_many]


def test_copies_are_one_voice_and_all_are_listed() -> None:
    texts = [*TEXTS, *["バスの運賃が高い"] * 30]
    place = TEXTS.index("バスの運賃が高い")
    copied = judged(texts, [*range(len(TEXTS)), *[place] * 30])
    once, again = find_topics(judged(TEXTS)), find_topics(copied)
    assert parts_of(again, copied) == parts_of(once, judged(TEXTS))
    assert sorted(len(topic.opinion_ids) for topic in again)[-1] == 34
    representatives = [name for topic in again for name in topic.representatives]
    same = {one.opinion.id: one.opinion.same_id for one in copied}
    assert len({same[name] for name in representatives}) == len(representatives)


@pytest.mark.parametrize("count", range(6))
def test_a_handful_has_no_topics(count: int) -> None:
    assert find_topics(judged(TEXTS[:count])) == ()


@pytest.mark.parametrize(
    "texts",
    [
        ["", " ", "。", "？？", "…", "!", "　"],
        ["賛成"] * 8,
        ["a", "1", "ー", "ぬ", "〒", "10%", "。。"],
        [f"{number}番" for number in range(12)],
    ],
)
def test_what_says_nothing_has_no_topics(texts: list[str]) -> None:
    assert find_topics(judged(texts, [0] * 8 if texts[0] == "賛成" else None)) == ()


def test_what_belongs_nowhere_stays_outside() -> None:
    opinions = judged([*TEXTS, "祖父の古地図が倉庫に眠っている", "手話通訳の謝金の相場を知りたい"])
    inside = {name for topic in find_topics(opinions) for name in topic.opinion_ids}
    assert not inside & {"O0012", "O0013"}


def test_an_opinion_may_stand_in_two_topics() -> None:
    both = "公園の遊具のそばにバス停を置き、バスの本数を増やしてほしい"
    opinions = judged([*TEXTS, both])
    held = [topic.heading for topic in find_topics(opinions) if opinions[-1].opinion.id in topic.opinion_ids]
    assert len(held) == 2
    assert any("バス" in heading for heading in held)
    assert any("公園" in heading or "遊具" in heading for heading in held)


def test_a_word_across_the_groups_makes_a_topic() -> None:
    across = {
        "バスの運転の担い手が足りない",
        "バス停の掃除の担い手がいない",
        "食料の備蓄を見回る担い手がいない",
        "備蓄を点検する担い手が高齢になった",
        "公園の草刈りの担い手が足りない",
        "公園の遊具を直す担い手がいない",
    }
    more = [f"図書館の{what}" for what in ("本が古い", "本を増やしてほしい", "開館を早めてほしい", "席が足りない")]
    more += [f"ごみの{what}" for what in ("分別が難しい", "収集を増やしてほしい", "袋が高い", "出し方が守られない")]
    opinions = judged([*TEXTS, *more, *sorted(across)])
    texts = {one.opinion.id: one.opinion.text for one in opinions}
    found = {topic.heading: {texts[name] for name in topic.opinion_ids} for topic in find_topics(opinions)}
    assert across in [members for heading, members in found.items() if "担い手" in heading]


def test_persons_are_no_topic() -> None:
    opinions = judged([*TEXTS, *(f"田中さんを{what}" for what in ("応援したい", "応援する", "応援している", "支える"))])
    assert all("田中" not in topic.heading + "".join(topic.words) for topic in find_topics(opinions))


def test_topics_of_a_round_are_few() -> None:
    sample = csv.DictReader(resources.corpus("sample/working_team_labels.csv").read_text("utf-8").splitlines())
    assert 4 <= len(find_topics(judged([row["text"] for row in sample]))) <= 10


def test_all_that_is_named_is_there(many: list[Judged], topics_of_many: tuple[Topic, ...]) -> None:
    order = {one.opinion.id: row for row, one in enumerate(many)}
    ids = [topic.id for topic in topics_of_many]
    assert len(ids) == len(set(ids))
    for topic in topics_of_many:
        rows = [order[name] for name in topic.opinion_ids]
        assert rows == sorted(set(rows))
        assert set(topic.representatives) <= set(topic.opinion_ids)
        assert topic.representatives
        assert 0 <= topic.stability <= 1
        assert not topic.parent or topic.parent in ids


def test_many_opinions_have_topics_with_parts(topics_of_many: tuple[Topic, ...]) -> None:
    whole = {topic.id: set(topic.opinion_ids) for topic in topics_of_many if not topic.parent}
    parts = [topic for topic in topics_of_many if topic.parent]
    sizes = [len(names) for names in whole.values()]
    assert parts
    assert sizes == sorted(sizes, reverse=True)
    for part in parts:
        assert part.id.startswith(f"{part.parent}-")
        assert set(part.opinion_ids) < whole[part.parent]


def test_a_heading_is_made_of_its_opinions_words(many: list[Judged], topics_of_many: tuple[Topic, ...]) -> None:
    texts = {one.opinion.id: normalize(one.opinion.text) for one in many}
    vague = read_vague()
    for topic in topics_of_many:
        said = " ".join(texts[name] for name in topic.opinion_ids)
        for part in topic.heading.split("・"):
            # 回線が混雑する gives 回線の混雑: both words stand there
            assert part in said or all(piece in said for piece in part.split("の")), topic.heading
        assert topic.heading not in vague.never | vague.alone
        assert all(word in said for word in topic.words)


def test_headings_are_not_given_twice(topics_of_many: tuple[Topic, ...]) -> None:
    for parent in {topic.parent for topic in topics_of_many}:
        headings = [topic.heading for topic in topics_of_many if topic.parent == parent]
        assert len(headings) == len(set(headings))


def test_a_run_writes_the_topics(sample_table: Path, tmp_path: Path) -> None:
    results = run([sample_table], tmp_path / "out")
    with (tmp_path / "out" / "topics.csv").open(encoding="utf-8-sig", newline="") as file:
        written = [*csv.DictReader(file)]
    assert results.topics
    assert [row["見出し"] for row in written] == [topic.heading for topic in results.topics]


def test_masked_texts_are_what_headings_are_made_of(tmp_path: Path) -> None:
    source = tmp_path / "意見.csv"
    name = "佐々木太郎さん"
    rows = [
        f"{name}の{what}" for what in ("バスの時刻が早い", "バスの運賃が高い", "バス停が遠い", "バスの本数が少ない")
    ]
    source.write_text("意見\n" + "\n".join([*rows, *ABOUT["備蓄"], *ABOUT["公園"]]), encoding="utf-8")
    results = run([source], tmp_path / "out", Options(mask=True))
    assert results.topics
    assert all("佐々木" not in topic.heading + "".join(topic.words) for topic in results.topics)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("オンラインの技術指導が必要", ["オンライン", "技術指導", "オンラインの技術指導"]),
        ("役員のなり手がいない", ["役員", "なり手", "役員のなり手"]),
        ("市民活動団体への支援が大切なこと", ["市民活動団体"]),
        ("今後の活動の必要がある", []),
        ("避難所の開設", ["避難所", "避難所の開設"]),
        ("団体側の受け入れ体制を整える", ["受け入れ体制", "団体側の受け入れ体制"]),
        ("若い担い手を育てる", ["担い手", "若い担い手"]),
        ("気軽に集まれる場所がほしい", ["集まれる場所"]),
        ("回線が混雑して困る", ["回線", "混雑", "回線の混雑"]),
        ("具体的に書いてほしい", []),
        ("技術指導のパッケージ化も必要", ["技術指導", "パッケージ化", "技術指導のパッケージ化"]),
        ("市民の市民による", []),
        ("", []),
    ],
)
def test_noun_phrases(text: str, phrases: list[str]) -> None:
    found = [phrase.text for phrase in noun_phrases(tokenize(text))]
    assert set(phrases) <= set(found)
    assert phrases or not found


@pytest.mark.parametrize("text", ["大切なことがある", "ものがない", "その必要がある", "場合のこと", "活動が多い"])
def test_what_says_nothing_is_no_phrase(text: str) -> None:
    assert noun_phrases(tokenize(text)) == ()


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (("役員のなり手がいない", "後継者が見つからない"), "図書館の本が古い"),
        (("会費が高い", "助成金の枠を広げてほしい"), "広報紙の字が小さい"),
        (("スマホの使い方を習いたい", "オンラインの講座がほしい"), "町内会の草刈りがつらい"),
    ],
)
def test_meaning_joins_what_words_do_not(near: tuple[str, str], far: str) -> None:
    one, other, third = meanings([tokenize(text) for text in (*near, far)], centred=False)
    assert one @ other > max(one @ third, other @ third)


def test_texts_without_known_words_mean_nothing() -> None:
    rows = meanings([tokenize(text) for text in ("", "。", "バスが遅い", "ゑゑゑ")])
    assert rows.shape == (4, read_metric().map.shape[1])
    assert not rows[0].any()
    assert not rows[1].any()
    assert np.linalg.norm(rows[2]) == pytest.approx(1.0)
    assert meanings([]).shape == (0, rows.shape[1])


def test_the_metric_is_what_the_plans_teach() -> None:
    plans = collections()
    built, kept = learn_metric(plans), read_metric()
    assert built.map.shape == kept.map.shape
    rows, labels = plans[0]
    assert np.allclose(built(rows), kept(rows), atol=2e-3)
    held_out = learn_metric(plans[1:])
    assert pairs_told(held_out(rows), labels) > pairs_told(rows, labels)


def test_rare_words_tell_more() -> None:
    rarity = rarity_at_large()
    assert rarity("古地図") > rarity("地域")


def test_a_map_keeps_topics_apart_and_does_not_hang_on_order() -> None:
    opinions = judged(TEXTS)
    places = positions(opinions)
    assert places.shape == (len(TEXTS), 2)
    assert np.abs(places).max() <= 1
    assert np.array_equal(positions(opinions[::-1])[::-1], places)
    groups = np.repeat(np.arange(len(ABOUT)), 4)
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1)
    same = groups[:, None] == groups[None]
    assert apart[same].sum() / (same.sum() - len(TEXTS)) < apart[~same].mean() / 2
    assert positions([]).shape == (0, 2)
    assert not positions(opinions[:1]).any()


def test_copies_lie_on_one_another() -> None:
    opinions = judged([*TEXTS, TEXTS[0]], [*range(len(TEXTS)), 0])
    places = positions(opinions)
    assert np.array_equal(places[0], places[-1])


@pytest.mark.parametrize(
    ("text", "place"),
    [("never = [", ""), ('never = ["a"]\nalone = ["b"]\nnot_before = []', "not_before"), ('never = "a"', "never")],
)
def test_a_broken_list_of_words_is_told(text: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "phrases.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IkenError) as told:
        read_vague(path)
    assert place in str(told.value)
    assert "phrases.toml" in str(told.value)


def test_opinions_are_left_as_they_are() -> None:
    opinions = judged(TEXTS)
    before = [replace(one) for one in opinions]
    find_topics(opinions)
    assert opinions == before
