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
from pipeline.measured import Measured, read_measured
from pipeline.model_folder import save_model
from pipeline.plan.learning import FiledPlan, MappingCorpus, learn_mapping, read_filed_plan
from pipeline.themes.classifier import ThemeClassifier
from pipeline.themes.codebook import Codebook, read_codebook
from pipeline.themes.corrections import Correction
from pipeline.themes.kinds import KindClassifier
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
    themes = ThemeClassifier(codebook, prevalence=corpus.prevalence)
    texts = [one.text for one in corpus.opinions]
    themes.fit(texts, flags_of(corpus.opinions, codebook), calibration=corpus.calibration)
    with_kind = [one for one in (*corpus.opinions, *reviewed) if one.kind]
    kinds = KindClassifier().fit([one.text for one in with_kind], [one.kind for one in with_kind])
    return themes, kinds


@dataclass(frozen=True)
class Trained:
    """What came of training.

    Attributes
    ----------
    opinions, reviewed : int
        How many opinions of the corpus, and how many that people labelled, it learned from.
    corrections : tuple of Correction
        What the people's labels changed, one for each theme; empty without such labels.
    """

    opinions: int
    reviewed: int
    corrections: tuple[Correction, ...] = ()


def train(folder: Path, labels: Sequence[Path] = (), codebook_file: Path | None = None) -> Trained:
    """Learn a model and write it: from the corpus, and from labels that people gave.

    The labels do not join the corpus, where they would drown or, repeated, flatter: they learn
    corrections on top of what the corpus taught. They teach the kinds like the corpus does.

    Parameters
    ----------
    folder : Path
        Where the model goes; its name is the model's.
    labels : sequence of Path, optional
        As :func:`pipeline.themes.labels.read_labels` takes them, with texts.
    codebook_file : Path, optional
    """
    codebook = read_codebook(codebook_file)
    corpus = read_corpus(codebook)
    reviewed = [one for path in labels for one in read_labels(path, codebook.names)]
    themes, kinds = learn(codebook, corpus, reviewed)
    corrections = themes.adapt([one.text for one in reviewed], flags_of(reviewed, codebook)) if reviewed else ()
    mapping = learn_mapping(MappingCorpus.of(corpus.opinions, corpus.plans, codebook))
    meta = {
        "name": folder.name,
        "codebook": codebook.digest,
        "corpus": corpus.digest,
        "opinions": len(corpus.opinions),
        "reviewed": len(reviewed),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
    card = resources.corpus("model_card.md").read_text(encoding="utf-8") if not reviewed else _card(folder, corrections)
    measured = read_measured(resources.corpus("measured.toml"))
    save_model(
        folder, themes, kinds, mapping, meta, card, _corrected(measured, len(reviewed)) if reviewed else measured
    )
    return Trained(len(corpus.opinions), len(reviewed), corrections)


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


def _card(folder: Path, corrections: Sequence[Correction]) -> str:
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
    for one in corrections:
        if one.kept:
            changed = "、".join(f"{term} {weight:+.2f}" for term, weight in one.terms[:_WORDS_TOLD])
            lines += [f"{one.theme}で重みが変わった語: {changed}", ""]
    return "\n".join(lines)
