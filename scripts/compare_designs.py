"""Compare really different designs for the themes, in one table.

Usage: python scripts/compare_designs.py [LABELS]

Every design learns from ``corpus/training`` and is measured on the opinions filed under those
written plans that nobody looked at while mending the codebook, and on LABELS (text, themes)
when given. Thresholds are chosen on held-out training opinions, by the same rule for all.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier

from pipeline import resources
from pipeline.language.tokenize import tokenize
from pipeline.plan.vectors import read_vectors, unit_rows
from pipeline.themes.classifier import ThemeClassifier, codebook_scores
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import macro_f1, with_interval
from pipeline.themes.features import word_features
from pipeline.themes.labels import Labelled, read_labels
from pipeline.themes.linear_learning import BinaryFeatureModel
from pipeline.themes.thresholds import best_threshold, weights_for
from pipeline.training import read_corpus

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FREE_TOPICS = 16
Design = Callable[[list[str], Flags, list[str]], Floats]
"""Takes training texts, their themes and new texts; gives scores for the new texts."""


def codebook_alone(_: list[str], __: Flags, new: list[str]) -> Floats:
    """Sum of the codebook's weights."""
    return codebook_scores(read_codebook(), [tokenize(text) for text in new])


def words(texts: list[str], labels: Flags, new: list[str]) -> Floats:
    """Logistic regression on words that are there or not."""
    model = BinaryFeatureModel(strength=0.3).fit([word_features(tokenize(text)) for text in texts], labels)
    return model.decision_function([word_features(tokenize(text)) for text in new])


def characters(texts: list[str], labels: Flags, new: list[str]) -> Floats:
    """Logistic regression on TF-IDF of character 2- to 4-grams."""
    grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), min_df=3, sublinear_tf=True)
    model = OneVsRestClassifier(LogisticRegression(C=3.0, solver="liblinear")).fit(grams.fit_transform(texts), labels)
    return np.asarray(model.predict_proba(grams.transform(new)))


def _directions(texts: list[str]) -> Floats:
    vectors = read_vectors()
    return unit_rows(np.array([vectors.of(word_features(tokenize(text))).sum(axis=0) for text in texts]))


def vectors_linear(texts: list[str], labels: Flags, new: list[str]) -> Floats:
    """Logistic regression on the mean word vector."""
    model = OneVsRestClassifier(LogisticRegression(C=30.0, max_iter=500)).fit(_directions(texts), labels)
    return np.asarray(model.predict_proba(_directions(new)))


def neighbours(texts: list[str], labels: Flags, new: list[str]) -> Floats:
    """The share of each theme among the 15 nearest opinions, by mean word vector."""
    model = KNeighborsClassifier(15).fit(_directions(texts), labels)
    return np.column_stack([column[:, 1] for column in model.predict_proba(_directions(new))])


def together(texts: list[str], labels: Flags, new: list[str]) -> Floats:
    """Sum the standardized scores of codebook, words, characters and vectors."""
    total = np.zeros((len(new), labels.shape[1]))
    for design in (codebook_alone, words, characters, vectors_linear):
        scores = design(texts, labels, new)
        total += (scores - scores.mean(axis=0)) / (scores.std(axis=0) + 1e-9)
    return total


def anchored_topics(texts: list[str], labels: Flags, new: list[str]) -> Floats:
    """Weight of the theme's topic in a factorization of TF-IDF whose topics start from the codebook's words."""
    book = read_codebook()
    vectorizer = TfidfVectorizer(analyzer=lambda text: word_features(tokenize(text)), min_df=3, sublinear_tf=True)
    table = vectorizer.fit_transform(texts)
    column = vectorizer.vocabulary_
    random = np.random.default_rng(0)
    topics = random.uniform(0.0, 0.01, (labels.shape[1] + FREE_TOPICS, table.shape[1]))
    for k, theme in enumerate(book.themes):
        for term in theme.terms:
            if term.weight > 0 and term.expression in column:
                topics[k, column[term.expression]] = term.weight
    start = random.uniform(0.0, 0.01, (len(texts), len(topics)))
    model = NMF(len(topics), init="custom", solver="cd", max_iter=300, tol=1e-2)
    model.fit_transform(table, W=start, H=topics)
    return np.asarray(model.transform(vectorizer.transform(new))[:, : labels.shape[1]])


DESIGNS: dict[str, Design] = {
    "コードブックだけ": codebook_alone,
    "語の線形モデル": words,
    "文字の線形モデル": characters,
    "語ベクトルの線形モデル": vectors_linear,
    "近い意見15件": neighbours,
    "近い意見を除く四つの和": together,
    "語を錨にした話題（NMF）": anchored_topics,
}


def measure(
    design: Design, training: list[Labelled], tests: dict[str, list[Labelled]], prevalence: dict[str, float]
) -> dict[str, Flags]:
    """Choose thresholds on held-out training opinions, then decide on the tests."""
    themes = read_codebook().names
    texts, labels = [one.text for one in training], flags(training, themes)
    held_out = np.zeros(labels.shape)
    for learned, held in KFold(3, shuffle=True, random_state=0).split(texts):
        held_out[held] = design([texts[i] for i in learned], labels[learned], [texts[i] for i in held])
    points = [
        best_threshold(held_out[:, k], labels[:, k], weights_for(labels[:, k], prevalence.get(name)))
        for k, name in enumerate(themes)
    ]
    return {name: design(texts, labels, [one.text for one in rows]) >= points for name, rows in tests.items()}


def flags(rows: list[Labelled], themes: tuple[str, ...]) -> Flags:
    """Themes as a table of yes and no."""
    return np.array([[theme in one.themes for theme in themes] for one in rows])


def unseen_plans() -> list[Labelled]:
    """Opinions filed under the written plans that were not read while mending the codebook."""
    settings = tomllib.loads(resources.corpus("training.toml").read_text(encoding="utf-8"))
    files = sorted(resources.corpus("plans").glob("opinions_*.csv"))
    read = settings["read_while_mending"]
    themes = read_codebook().names
    return [
        one for file in files if file.stem.removeprefix("opinions_") not in read for one in read_labels(file, themes)
    ]


def compare(labels: Path | None) -> list[tuple[str, ...]]:
    """Measure every design: rows of (design, where, macro-F1)."""
    book = read_codebook()
    corpus = read_corpus(book)
    filed = sum(len(plan.texts) for plan in corpus.plans)
    training = list(corpus.opinions[:-filed])
    tests = {"読んでいない計画": unseen_plans(), **({labels.stem: read_labels(labels, book.names)} if labels else {})}
    truth = {name: flags(rows, book.names) for name, rows in tests.items()}
    found = {name: measure(design, training, tests, corpus.prevalence) for name, design in DESIGNS.items()}
    ours = ThemeClassifier(book, prevalence=corpus.prevalence)
    chosen = corpus.calibration[:-filed]
    ours.fit([one.text for one in training], flags(training, book.names), calibration=chosen)
    found["コードブックと語（既定）"] = {
        name: ours.predict([one.text for one in rows]).astype(bool) for name, rows in tests.items()
    }
    return [
        (design, name, str(with_interval(macro_f1, given[name], truth[name])))
        for design, given in found.items()
        for name in tests
    ]


def main(labels: Path | None) -> None:
    """Measure every design and print the table."""
    for design, where, figure in compare(labels):
        print(f"{design:　<14}{where:　<10}macro-F1 {figure}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
