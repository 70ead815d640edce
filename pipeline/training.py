"""Learning a model: from the corpus, and from the corpus with what reviewers decided."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.identity import same_id
from pipeline.measured import Measured, read_measured
from pipeline.model_folder import load_model, save_model
from pipeline.plan.learning import FiledPlan, MappingCorpus, learn_mapping, read_filed_plan
from pipeline.plan.mapping import MappingModel
from pipeline.review.labels import read_decided
from pipeline.themes.classifier import ThemeClassifier
from pipeline.themes.codebook import Codebook, read_codebook
from pipeline.themes.corrections import Correction
from pipeline.themes.held_out import Gain, measure_gain
from pipeline.themes.judge import ThemeJudge
from pipeline.themes.kind_classifier import KindClassifier
from pipeline.themes.labels import Labelled, read_labels

_LIBRARIES = ("fugashi", "unidic-lite", "scikit-learn", "skops")
_WORDS_TOLD = 12


@dataclass(frozen=True)
class TrainingCorpus:
    """The labelled opinions that travel with the program.

    Attributes
    ----------
    opinions : tuple of Labelled
        Those of ``corpus/training`` first, then those filed under the written plans.
    plans : tuple of FiledPlan
    calibration : tuple of bool
        On which of them the combination and the thresholds are learned.
    prevalence : dict of str to float
        Expected share of each theme where the model will be used.
    digest : str
        SHA-256 of all of it.
    """

    opinions: tuple[Labelled, ...]
    plans: tuple[FiledPlan, ...]
    calibration: tuple[bool, ...]
    prevalence: dict[str, float]
    digest: str


def read_corpus(codebook: Codebook) -> TrainingCorpus:
    """Read ``corpus/training/``, ``corpus/plans/`` and ``corpus/training.toml``."""
    settings = resources.corpus("training.toml").read_bytes()
    data = tomllib.loads(settings.decode("utf-8"))
    files = sorted(resources.corpus("training").glob("*.csv"))
    opinions: list[Labelled] = []
    calibration: list[bool] = []
    for file in files:
        found = list(read_labels(file, codebook.names))
        opinions += found
        calibration += [file.stem in data["calibration"]] * len(found)
    plan_files = sorted(resources.corpus("plans").glob("*.csv"))
    for file in plan_files:
        if file.name.startswith("opinions_"):
            # 取組 stand among them, which are 事例 however they are worded: they would mislead the kinds
            found = [replace(one, kind="") for one in read_labels(file, codebook.names)]
            opinions += found
            calibration += [False] * len(found)
    plans = tuple(read_filed_plan(file) for file in plan_files if file.name.startswith("plan_"))
    files += plan_files
    digest = hashlib.sha256(settings + b"".join(file.read_bytes() for file in files)).hexdigest()
    return TrainingCorpus(tuple(opinions), plans, tuple(calibration), data["prevalence"], digest)


def learn(
    codebook: Codebook, corpus: TrainingCorpus, reviewed: Sequence[Labelled] = ()
) -> tuple[ThemeClassifier, KindClassifier]:
    """Learn themes from the corpus, and kinds from it and from reviewed opinions that have one."""
    return _learn_themes(codebook, corpus), _learn_kinds(corpus, reviewed)


def _learn_themes(codebook: Codebook, corpus: TrainingCorpus) -> ThemeClassifier:
    themes = ThemeClassifier(codebook, prevalence=corpus.prevalence)
    texts = [one.text for one in corpus.opinions]
    return themes.fit(texts, flags_of(corpus.opinions, codebook), calibration=corpus.calibration)


def _learn_kinds(corpus: TrainingCorpus, reviewed: Sequence[Labelled]) -> KindClassifier:
    with_kind = [one for one in (*corpus.opinions, *reviewed) if one.kind]
    return KindClassifier().fit([one.text for one in with_kind], [one.kind for one in with_kind])


def _learned_already(codebook: Codebook, corpus: TrainingCorpus) -> tuple[ThemeJudge, MappingModel] | None:
    """What labels leave as it is, from the default model: where that was made of the same corpus and codebook."""
    default = load_model(None, codebook)
    made_of = (default.meta.get("corpus"), default.meta.get("codebook"), default.meta.get("reviewed"))
    return (default.themes, default.mapping) if made_of == (corpus.digest, codebook.digest, 0) else None


def _learn_mapping(codebook: Codebook, corpus: TrainingCorpus) -> MappingModel:
    return learn_mapping(MappingCorpus.of(corpus.opinions, corpus.plans, codebook))


@dataclass(frozen=True)
class Trained:
    """What came of training.

    Attributes
    ----------
    opinions, reviewed : int
        How many opinions of the corpus, and how many that people labelled, it learned from.
    corrections : tuple of Correction
        What the people's labels changed, one for each theme; empty without such labels.
    gains : tuple of Gain
        F1 before and after on labels not learned from; empty with too few.
    """

    opinions: int
    reviewed: int
    corrections: tuple[Correction, ...] = ()
    gains: tuple[Gain, ...] = ()


def train(folder: Path, labels: Sequence[Path] = (), codebook_file: Path | None = None) -> Trained:
    """Learn a model and write it: from the corpus, and from labels that people gave.

    The labels do not join the corpus, where they would drown or, repeated, flatter: they learn
    corrections on top of what the corpus taught. They teach the kinds like the corpus does.

    Parameters
    ----------
    folder : Path
        Where the model goes; its name is the model's.
    labels : sequence of Path, optional
        Files as :func:`pipeline.themes.labels.read_labels` takes them, with texts, and folders of
        results that people reviewed.
    codebook_file : Path, optional

    Raises
    ------
    IkenError
        When labels are faulty, a folder holds no decisions, or a model is to be learned from labels into a
        folder that is there already: rounds that it judged could not be judged again.
    """
    if labels and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise IkenError(
            "新しいモデルのフォルダがもうあります",
            file=str(folder),
            remedy="--out に別の名前を指定してください（前のモデルは、前の回をもう一度判定するときに要ります）",
        )
    codebook = read_codebook(codebook_file)
    corpus = read_corpus(codebook)
    reviewed = _once([one for path in labels for one in _read(path, codebook)])
    known = _learned_already(codebook, corpus) if reviewed else None
    themes, mapping = known or (_learn_themes(codebook, corpus), _learn_mapping(codebook, corpus))
    kinds = _learn_kinds(corpus, reviewed)
    gains: tuple[Gain, ...] = ()
    corrections: tuple[Correction, ...] = ()
    if reviewed:
        texts, flags = [one.text for one in reviewed], flags_of(reviewed, codebook)
        gains = measure_gain(themes, texts, flags)
        corrections = themes.adapt(texts, flags)
    meta = {
        "name": folder.name,
        "codebook": codebook.digest,
        "corpus": corpus.digest,
        "opinions": len(corpus.opinions),
        "reviewed": len(reviewed),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
    default = resources.corpus("model_card.md").read_text(encoding="utf-8")
    card = _card(folder, corrections, gains) if reviewed else default
    measured = read_measured(resources.corpus("measured.toml"))
    if reviewed:
        measured = _corrected(measured, len(reviewed))
    save_model(folder, themes, kinds, mapping, meta, card, measured)
    return Trained(len(corpus.opinions), len(reviewed), corrections, gains)


def _once(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Leave out copies that are labelled alike: they would be weight, and leak across the folds."""
    found: dict[object, Labelled] = {}
    for one in labelled:
        found.setdefault((same_id(one.text), frozenset(one.themes), one.kind), one)
    return list(found.values())


def _read(path: Path, codebook: Codebook) -> list[Labelled]:
    return read_decided(path, codebook.names) if path.is_dir() else read_labels(path, codebook.names)


def flags_of(opinions: Sequence[Labelled], codebook: Codebook) -> NDArray[np.bool_]:
    """Themes as a table of yes and no, shape (n_opinions, n_themes)."""
    return np.array([[name in one.themes for name in codebook.names] for one in opinions], dtype=bool)


def _corrected(base: Measured, reviewed: int) -> Measured:
    """The default model's figures were not measured on a model that was corrected."""
    return replace(
        base,
        learned_from=(*base.learned_from, f"人がテーマと種別を付けた意見 {reviewed:,} 件"),
        figures=(),
    )


def _card(folder: Path, corrections: Sequence[Correction], gains: Sequence[Gain]) -> str:
    lines = [
        f"# モデル {folder.name}",
        "",
        "既定のモデルに、人がラベルを付けた意見から学んだ補正を加えたもの。",
        "既定のモデルの説明（学習に使ったもの、限界、使ってはいけないこと）はこのモデルにも当てはまる。",
        "補正は、コードブックの語と本文の語（語:）の重みを人のラベルに合わせて少し動かすもので、学習に使わなかったラベルの",
        "対数尤度がはっきり上がったテーマにだけ加えてある（5分割の交差検証）。",
        "",
        "| テーマ | 補正前の対数尤度 | 補正後の対数尤度 | 補正 |",
        "|---|---|---|---|",
        *(
            f"| {one.theme} | {one.before:.3f} | {one.after:.3f} | {'加えた' if one.kept else '加えない'} |"
            for one in corrections
        ),
        "",
    ]
    if gains:
        lines += [
            "学習に使わなかったラベルでの F1（5分割の交差検証、[ ] は95%区間）:",
            "",
            "| テーマ | ラベル | 補正前 | 補正後 | 差 |",
            "|---|---|---|---|---|",
            *(
                f"| {one.name} | {one.positives} | {one.before} | {one.after} | {one.difference.value:+.3f} "
                f"[{one.difference.low:+.2f}, {one.difference.high:+.2f}] |"
                for one in gains
            ),
            "",
        ]
    for one in corrections:
        if one.kept:
            changed = "、".join(f"{term} {weight:+.2f}" for term, weight in one.terms[:_WORDS_TOLD])
            lines += [f"{one.theme}で重みが変わった語: {changed}", ""]
    return "\n".join(lines)
