"""The learned judgements: their explanations, their rebuilding, their refusals."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from pipeline import resources
from pipeline.arrays import load_arrays
from pipeline.errors import IkenError
from pipeline.language.tokenize import tokenize
from pipeline.model_folder import FORMAT, Model, load_model
from pipeline.plan.mapping import PlanMapper
from pipeline.records import Measure, Plan
from pipeline.themes.classifier import ThemeClassifier
from pipeline.themes.codebook import Codebook, Term, Theme, read_codebook
from pipeline.themes.features import ending_features, ending_surfaces, word_features
from pipeline.themes.kind_classifier import KindClassifier
from pipeline.themes.kinds import KINDS
from pipeline.themes.linear_learning import BinaryFeatureModel
from pipeline.training import learn, read_corpus, train

OPINIONS = [
    "会長のなり手がいない",
    "補助金の申請が難しく、役員の負担が重い",
    "隣に誰が住んでいるか知らない",
    "集会の様子を動画で配信してほしい",
    "歩道が狭い",
    "若い人が町会に入らず、祭りの太鼓を教える相手がいない",
]


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(None, read_codebook())


# --- explanations -------------------------------------------------------------------------


@pytest.mark.parametrize("text", OPINIONS)
def test_the_parts_shown_add_up_to_the_score(model: Model, text: str) -> None:
    words = tokenize(text)
    scores = model.themes.scores_of(words)
    for k in range(len(model.themes.themes_)):
        _, slope, constant = model.themes.combination_[k]
        log_odds = model.themes.words_.score(word_features(words))[k]
        bounded = min(max(log_odds, 0.0), 3.0)
        # the intercept of the words is the one part that no word carries
        intercept = slope * model.themes.words_.intercepts_[k] * (bounded / log_odds if log_odds else 0.0)
        parts = sum(part.weight for part in model.themes.explain(words, k))
        assert parts + intercept + constant == pytest.approx(scores[k], abs=1e-4)


@pytest.mark.parametrize("text", OPINIONS)
def test_judging_one_by_one_and_predicting_many_agree(model: Model, text: str) -> None:
    decision = model.themes.judge(tokenize(text))
    assert [score.probability for score in decision.scores] == pytest.approx(model.themes.predict_proba([text])[0])


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("会長のなり手がいない", "担い手"),
        ("補助金の申請書が多すぎる", "資金"),
        ("近所の人とあいさつを交わす機会がほしい", "交流"),
        ("市の会議をオンラインで見たい", "オンライン"),
        ("歩道が狭い", ""),
        ("コミュニティバスの本数を増やしてほしい", ""),
    ],
)
def test_plain_cases(model: Model, text: str, theme: str) -> None:
    assert "|".join(model.themes.judge(tokenize(text)).themes) == theme


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("公園を広くしてほしい", "要望"),
        ("相談窓口の充実が求められる", "要望"),
        ("公園が狭くて困っている", "課題"),
        ("子どもと一緒に花を植え、とても喜ばれた", "事例"),
        ("本当に今やる必要があるのか", "懸念"),
    ],
)
def test_kinds(model: Model, text: str, kind: str) -> None:
    found = model.kinds.judge(tokenize(text))
    assert found.name == kind
    assert found.evidence in text


def test_an_empty_text_can_be_judged(model: Model) -> None:
    assert model.themes.judge(()).themes == ()
    assert model.kinds.judge(()).name in KINDS


# --- features and the linear model --------------------------------------------------------


def test_every_ending_feature_can_be_shown() -> None:
    for text in (*OPINIONS, "", "。", "はい"):
        words = tokenize(text)
        shown = ending_surfaces(words)
        assert set(ending_features(words)) - set(shown) <= {"印:。", "印:？", "印:!"}
        for name, surface in shown.items():
            assert surface in "".join(word.surface for word in words), name


def test_features_come_in_the_order_of_the_text() -> None:
    assert word_features(tokenize("会長が会長を選ばない")) == ["会長", "選ぶ", "ない"]


def test_the_linear_model_learns_gives_parts_and_comes_back_from_its_state() -> None:
    rows = [["赤", "丸"], ["赤"], ["青"], ["青", "丸"]] * 5
    target = [[1, 0], [1, 0], [0, 1], [0, 1]] * 5
    model = BinaryFeatureModel(strength=10.0, min_count=2).fit(rows, target)
    scores = model.decision_function([["赤"], ["青"], ["未知"]])
    assert scores[0, 0] > 1 > -1 > scores[1, 0]
    assert scores[2] == pytest.approx(model.intercepts_)
    assert sum(model.parts(["赤", "丸", "未知"], 0).values()) + model.intercepts_[0] == pytest.approx(
        model.score(["赤", "丸"])[0]
    )
    back = BinaryFeatureModel.from_state(model.state())
    assert back.decision_function([["赤"], ["青"]]) == pytest.approx(scores[:2], abs=0.02)


def test_a_class_without_examples_is_never_likely() -> None:
    model = BinaryFeatureModel(min_count=1).fit([["赤"], ["青"]] * 5, [[1, 0], [0, 0]] * 5)
    assert model.score(["赤"])[1] == -4.0


def test_estimators_follow_scikit_learns_contract() -> None:
    for estimator in (ThemeClassifier(doubt=0.2), KindClassifier(strength=0.5), BinaryFeatureModel(min_count=5)):
        assert clone(estimator).get_params() == estimator.get_params()
        with pytest.raises(NotFittedError):
            estimator.state()


def test_a_theme_with_few_labels_rests_on_its_terms() -> None:
    book = Codebook(
        (
            Theme("緑", "木の話", (), (), (Term("植樹", 1.0),)),
            Theme("水", "川の話", (), (), (Term("川", 1.0),)),
        )
    )
    texts = ["植樹をした", "道が狭い"] * 30
    labels = [[1, 0], [0, 0]] * 30
    model = ThemeClassifier(book, min_count=1).fit(texts, labels)
    assert model.codebook_only_ == ("水",)
    assert model.predict(["川で遊ぶ"])[0].tolist() == [0, 1]
    with pytest.raises(ValueError, match="shape"):
        ThemeClassifier(book).fit(texts, [[1]] * 60)


# --- the model folder ---------------------------------------------------------------------


def test_the_default_model_is_what_the_corpus_gives(model: Model, tmp_path: Path) -> None:
    train(tmp_path / "default")
    again = load_model(tmp_path / "default", read_codebook())
    assert again.meta == model.meta, "run: make model"
    assert again.themes.predict_proba(OPINIONS) == pytest.approx(model.themes.predict_proba(OPINIONS), abs=1e-6)
    assert again.mapping.weights == pytest.approx(model.mapping.weights, abs=1e-4)
    texts = [one.text for one in read_corpus(read_codebook()).opinions[::50]]
    assert (again.kinds.predict(texts) == model.kinds.predict(texts)).all()


def test_learning_twice_gives_the_same_model() -> None:
    book = read_codebook()
    corpus = read_corpus(book)
    some = slice(0, None, 5)
    fewer = replace(corpus, opinions=corpus.opinions[some], calibration=corpus.calibration[some])
    one, other = (learn(book, fewer)[0] for _ in range(2))
    assert (one.words_.weights_ == other.words_.weights_).all()
    assert (one.combination_ == other.combination_).all()
    assert one.thresholds_ == other.thresholds_


def copy_of_default(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resources.default_model(), tmp_path / "model"))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"format": FORMAT + 1}, "形式が違います"),
        ({"thresholds": {}}, "閾値が正しくありません"),
        ({"thresholds": {"担い手": {"given": 0.9, "doubt_from": 0.1, "doubt_to": 0.2}}}, "閾値が正しくありません"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, object], what: str) -> None:
    folder = copy_of_default(tmp_path)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    (folder / "meta.json").write_text(json.dumps({**meta, **change}), encoding="utf-8")
    with pytest.raises(IkenError, match=what):
        load_model(folder, read_codebook())


def test_a_broken_or_foreign_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IkenError, match=r"meta\.json"):
        load_model(tmp_path, read_codebook())
    folder = copy_of_default(tmp_path)
    for body in (b"", b"not a model", (folder / "weights.npz").read_bytes()[:5000]):
        (folder / "weights.npz").write_bytes(body)
        with pytest.raises(IkenError, match=r"weights\.npz"):
            load_model(folder, read_codebook())
    other = Codebook((Theme("緑", "木の話", (), (), (Term("植樹", 1.0),)),))
    with pytest.raises(IkenError, match="別のコードブックのもの"):
        load_model(None, other)


def test_a_model_of_the_older_format_still_judges() -> None:
    book = read_codebook()
    model = load_model(Path(__file__).parent / "data/models/format1", book)
    assert model.themes.judge(tokenize("SNSの使い方を学べる講座を開いてほしい")).themes == ("オンライン",)
    plan = Plan(
        (
            Measure("1(1)", "1 支える", "財政的な支援", "補助金により活動資金の確保を支援します。"),
            Measure("1(2)", "1 支える", "交流の場づくり", "団体どうしの交流の機会をつくります。"),
        )
    )
    best = PlanMapper(plan, model.mapping, book).match(tokenize("活動資金が足りない")).candidates[0]
    assert best.label == "1(1) 財政的な支援"


def test_a_city_that_mends_the_terms_is_told_so_and_judged_by_them(tmp_path: Path) -> None:
    path = tmp_path / "themes.toml"
    body = resources.corpus("themes.toml").read_text(encoding="utf-8")
    path.write_text(body + "\n# うちの市の語\n", encoding="utf-8")
    assert load_model(None, read_codebook()).notes == ()
    assert "違います" in "".join(load_model(None, read_codebook(path)).notes)


def test_the_two_forms_of_a_model_hold_the_same() -> None:
    import skops.io

    def flat(value: object, name: str = "") -> Iterator[tuple[str, object]]:
        if isinstance(value, dict):
            for key, part in value.items():
                yield from flat(part, f"{name}/{key}")
        else:
            yield name, value

    one = dict(flat(skops.io.load(resources.default_model() / "model.skops", trusted=[])))
    other = dict(flat(load_arrays(resources.default_model() / "weights.npz")))
    assert set(one) == set(other)
    for name, value in one.items():
        assert np.array_equal(np.asarray(value), np.asarray(other[name])), name


def test_the_model_holds_no_type_that_could_run_code() -> None:
    import skops.io

    assert skops.io.get_untrusted_types(file=resources.default_model() / "model.skops") == []


def test_thresholds_can_be_changed_as_data(tmp_path: Path) -> None:
    folder = copy_of_default(tmp_path)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    meta["thresholds"]["担い手"] = {"given": 1.0, "doubt_from": 1.0, "doubt_to": 1.0}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    strict = load_model(folder, read_codebook())
    assert "担い手" not in strict.themes.judge(tokenize(OPINIONS[0])).themes
    assert np.all(strict.themes.predict(OPINIONS)[:, 0] == 0)
