"""Learning a model: from the corpus, and from the corpus with what reviewers decided."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np

from pipeline import resources
from pipeline.model_folder import save_model
from pipeline.plan.learning import FiledPlan, learn_mapping, read_filed_plan
from pipeline.themes.classifier import ThemeClassifier
from pipeline.themes.codebook import Codebook, read_codebook
from pipeline.themes.kinds import KindClassifier
from pipeline.themes.labels import Labelled, read_labels

_LIBRARIES = ("fugashi", "unidic-lite", "scikit-learn", "skops")


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
            found = list(read_labels(file, codebook.names))
            opinions += found
            calibration += [True] * len(found)
    plans = tuple(read_filed_plan(file) for file in plan_files if file.name.startswith("plan_"))
    files += plan_files
    digest = hashlib.sha256(settings + b"".join(file.read_bytes() for file in files)).hexdigest()
    return TrainingCorpus(tuple(opinions), plans, tuple(calibration), data["prevalence"], digest)


def learn(
    codebook: Codebook, opinions: Sequence[Labelled], calibration: Sequence[bool], prevalence: dict[str, float]
) -> tuple[ThemeClassifier, KindClassifier]:
    """Learn themes and kinds; opinions without a kind teach themes only."""
    target = np.array([[name in one.themes for name in codebook.names] for one in opinions])
    themes = ThemeClassifier(codebook, prevalence=prevalence)
    themes.fit([one.text for one in opinions], target, calibration=calibration)
    with_kind = [one for one in opinions if one.kind]
    kinds = KindClassifier().fit([one.text for one in with_kind], [one.kind for one in with_kind])
    return themes, kinds


def train(folder: Path, labels: Sequence[Path] = (), codebook_file: Path | None = None) -> int:
    """Learn a model and write it: from the corpus, and from labels that people gave.

    Each labelled opinion counts once, like one of the corpus: copies of it would stand on both
    sides of the held-out split and make the words look surer than they are. The labels also
    teach how far the codebook can be trusted, since it was not written by them.

    Parameters
    ----------
    folder : Path
        Where the model goes; its name is the model's.
    labels : sequence of Path, optional
        As :func:`pipeline.themes.labels.read_labels` takes them, with texts.
    codebook_file : Path, optional

    Returns
    -------
    int
        The number of opinions it was learned from.
    """
    codebook = read_codebook(codebook_file)
    corpus = read_corpus(codebook)
    reviewed = [one for path in labels for one in read_labels(path, codebook.names)]
    opinions = [*corpus.opinions, *reviewed]
    calibration = [*corpus.calibration, *[True] * len(reviewed)]
    themes, kinds = learn(codebook, opinions, calibration, corpus.prevalence)
    mapping = learn_mapping([one for one in corpus.opinions if one.facets is not None], corpus.plans)
    meta = {
        "name": folder.name,
        "codebook": codebook.digest,
        "corpus": corpus.digest,
        "opinions": len(corpus.opinions),
        "reviewed": len(reviewed),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }
    card = resources.corpus("model_card.md").read_text(encoding="utf-8") if not reviewed else _card(folder, reviewed)
    save_model(folder, themes, kinds, mapping, meta, card)
    return len(corpus.opinions) + len(reviewed)


def _card(folder: Path, reviewed: Sequence[Labelled]) -> str:
    return (
        f"# モデル {folder.name}\n\n"
        f"既定のモデルと同じ意見に、人がラベルを付けた意見 {len(reviewed)} 件を加えて学習した。\n"
        "既定のモデルの説明（学習に使ったもの、限界、使ってはいけないこと）はこのモデルにも当てはまる。\n"
        "正しさは測っていない。学習に使わなかったラベルで `iken evaluate` を行うこと。\n"
    )
