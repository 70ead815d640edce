"""Where opinions belong in the plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.tokenize import Word, tokenize
from pipeline.model_folder import load_model
from pipeline.plan.comparing import OUTSIDE_PARTS, PARTS
from pipeline.plan.learning import fit_weights, read_filed_plan
from pipeline.plan.mapping import PlanMapper
from pipeline.plan.vectors import read_vectors
from pipeline.reading.plan_file import read_plan
from pipeline.records import Measure, Plan
from pipeline.themes.codebook import read_codebook

PLAN = Plan(
    (
        Measure("1(1)", "1 支える", "団体運営の支援", "団体の運営や会計、役員の引継ぎを支援します。"),
        Measure("1(2)", "1 支える", "財政的な支援", "補助金や寄付により活動資金の確保を支援します。"),
        Measure("2(1)", "2 つながる", "交流の場づくり", "団体どうしや世代間の交流の機会をつくります。"),
        Measure("2(2)", "2 つながる", "情報発信の充実", "広報紙や掲示板により活動の情報を届けます。"),
    )
)


@pytest.fixture(scope="module")
def mapper() -> PlanMapper:
    return PlanMapper(PLAN, load_model(None, read_codebook()).mapping, read_codebook())


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("会計の引継ぎがうまくいかない", "1(1) 団体運営の支援"),
        ("助成の申請をしたいが、元手が足りない", "1(2) 財政的な支援"),
        ("若い人とお年寄りが顔を合わせる機会がほしい", "2(1) 交流の場づくり"),
        ("活動のお知らせが届いていない", "2(2) 情報発信の充実"),
    ],
)
def test_an_opinion_meets_its_measure_also_without_its_words(mapper: PlanMapper, text: str, label: str) -> None:
    assert mapper.match(tokenize(text)).candidates[0].label == label


def test_three_candidates_ranked_by_shares_of_one(mapper: PlanMapper) -> None:
    candidates = mapper.match(tokenize("補助金を増やしてほしい")).candidates
    scores = [candidate.score for candidate in candidates]
    assert len(candidates) == 3
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) <= 1
    assert "補助" in "".join(part.words for part in candidates[0].evidence)


@pytest.mark.parametrize("text", ["", "ああ", "市民病院の夜間の診療をやめないでください"])
def test_any_text_can_be_matched(mapper: PlanMapper, text: str) -> None:
    assert len(mapper.match(tokenize(text)).candidates) == 3


def test_what_is_about_a_theme_the_plan_is_silent_on_lies_outside(mapper: PlanMapper) -> None:
    words = tokenize("会議の動画をネットで配信してほしい")
    assert mapper.match(words, [0.02, 0.01, 0.03, 0.97]).candidates[0].label == "計画外"
    # about a theme the plan speaks of as well: it stays inside
    assert mapper.match(words, [0.02, 0.95, 0.03, 0.97]).candidates[0].label != "計画外"


def test_a_plan_of_one_measure() -> None:
    small = PlanMapper(Plan(PLAN.measures[:1]), load_model(None, read_codebook()).mapping, read_codebook())
    assert {c.label for c in small.match(tokenize("会計")).candidates} == {"1(1) 団体運営の支援", "計画外"}


def test_words_of_like_meaning_are_near() -> None:
    vectors = read_vectors()
    cost, funds, park, unknown = vectors.of(["費用", "資金", "公園", "そんな語はない"])
    assert cost @ funds > funds @ park
    assert np.linalg.norm(funds) == pytest.approx(1.0)
    assert "そんな語はない" not in vectors
    assert np.linalg.norm(unknown) == 0.0


def test_every_written_plan_can_be_read() -> None:
    paths = sorted(resources.corpus("plans").glob("plan_*.csv"))
    assert len(paths) >= 10
    for path in paths:
        plan = read_filed_plan(path)
        assert plan.truth.sum(axis=1) == pytest.approx(1.0)
        assert len(plan.facets) == len(plan.measures)


def test_a_faulty_filing_is_told_with_its_row(tmp_path: Path, sample_plan: Path) -> None:
    plan = tmp_path / "plan_x.csv"
    body = sample_plan.read_text(encoding="utf-8").splitlines()
    plan.write_text("\n".join([body[0] + ",facets", *(line + ",相談" for line in body[1:])]), encoding="utf-8")
    (tmp_path / "opinions_x.csv").write_text("text,measure,second\n橋,9(9),\n", encoding="utf-8")
    with pytest.raises(IkenError, match=r"9\(9\)"):
        read_filed_plan(plan)


def test_the_weights_found_prefer_what_the_truth_prefers() -> None:
    rng = np.random.default_rng(0)
    parts = rng.random((60, 3, len(PARTS)))
    truth = np.zeros((60, 4))
    truth[np.arange(60), parts[:, :, 0].argmax(axis=1)] = 1.0
    nothing = (np.zeros((60, 2)), np.zeros((3, 2)))
    weights, _, bridge = fit_weights([(parts, np.ones((60, len(OUTSIDE_PARTS))), *nothing, truth)])
    assert weights[0] > 3 * abs(weights[1:]).max()
    assert not bridge.any()


def test_the_bridge_joins_what_shares_nothing() -> None:
    rng = np.random.default_rng(0)
    opinions, measures = rng.normal(size=(90, 3)), np.eye(3)
    # an opinion along one axis belongs to the measure along the next
    truth = np.column_stack([np.eye(3)[(opinions.argmax(axis=1) + 1) % 3], np.zeros(90)])
    parts = np.zeros((90, 3, len(PARTS)))
    _, _, bridge = fit_weights([(parts, np.zeros((90, len(OUTSIDE_PARTS))), opinions, measures, truth)])
    right = (opinions @ bridge @ measures).argmax(axis=1) == truth[:, :3].argmax(axis=1)
    assert right.mean() > 0.95


def filed_under(label: str, *texts: str) -> list[tuple[tuple[Word, ...], str]]:
    return [(tokenize(text), label) for text in texts]


def test_what_others_filed_draws_an_opinion_but_its_own_filing_never_does() -> None:
    model = load_model(None, read_codebook()).mapping
    text = "のぼり旗の保管場所に困っている"
    others = filed_under("2(1) 交流の場づくり", "のぼり旗の保管場所に困る", "のぼり旗の保管場所がない") + filed_under(
        "1(2) 財政的な支援", "電気代が払えない"
    )

    def shares(*filed: tuple[tuple[Word, ...], str]) -> dict[str, float]:
        found = PlanMapper(PLAN, model, read_codebook(), filed).match(tokenize(text)).candidates
        return {one.label: round(one.score, 9) for one in found}

    def odds(found: dict[str, float]) -> float:
        return found.get("2(1) 交流の場づくり", 0.0) / found["2(2) 情報発信の充実"]

    assert odds(shares(*others)) > odds(shares())
    # filed itself (and its copy) somewhere else: nothing changes
    for place in ("1(1) 団体運営の支援", "2(2) 情報発信の充実"):
        assert shares(*others, *filed_under(place, text, text)) == shares(*others)
    # under one measure alone the filing tells nothing apart
    assert shares(*others[:2]) == shares()


def test_the_sample_plan_has_every_measure_found_by_its_own_name(sample_plan: Path) -> None:
    plan = read_plan(sample_plan)
    mapper = PlanMapper(plan, load_model(None, read_codebook()).mapping, read_codebook())
    for measure in plan.measures:
        best = mapper.match(tokenize(f"{measure.name}が必要である")).candidates[0]
        assert best.label == measure.label
