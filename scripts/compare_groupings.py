"""Compare ways of grouping opinions without labels, in one table.

Usage: python -m scripts.compare_groupings [GROUPING.csv …]

Each file has the columns ``text`` and ``group`` (one of each text, by hand). Without a file the written
plans are the collections, their measures the groups, with a metric learned from other plans; figures are
means over the plans.

V and ARI take each text's first topic; what a method leaves outside is one group of its own in the first
pair of figures, and joins the nearest group in the second. 安定 is the mean ARI between all texts and ten
runs on 80 % of them, each with another seed. BERTopic is compared where ``bertopic`` (with umap-learn and
hdbscan) is installed: its own recipe (UMAP, HDBSCAN, c-TF-IDF, default settings) over our word vectors,
since its usual sentence model would have to be fetched.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import NMF, LatentDirichletAllocation
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, silhouette_score, v_measure_score

from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.vectors import unit_rows
from pipeline.topics.grouping import group_texts
from pipeline.topics.meaning import likeness, meanings, word_sums
from pipeline.topics.metric import Metric, learn_metric
from pipeline.topics.shared_words import with_shared_words
from pipeline.topics.stability import drawn
from scripts.build_metric import FOLDS, collections, plan_files, read_plan_opinions

RUNS, SHARE = 10, 0.8
_ANY_WORD = r"(?u)\S+"
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Texts:
    """A collection: texts, their words, the number of groups a hand made, the metric to use."""

    texts: list[str]
    words: list[tuple[Word, ...]]
    groups: int
    metric: Metric | None = None

    def some(self, rows: Sequence[int]) -> Texts:
        """A part of it."""
        return Texts([self.texts[i] for i in rows], [self.words[i] for i in rows], self.groups, self.metric)

    @property
    def lemmas(self) -> list[str]:
        """Content words, for scikit-learn's vectorizers."""
        return [" ".join(word.key.replace(" ", "_") for word in words if word.is_content) for words in self.words]

    def tfidf(self) -> Floats:
        """TF-IDF of lemmas."""
        return np.asarray(
            TfidfVectorizer(token_pattern=_ANY_WORD, sublinear_tf=True).fit_transform(self.lemmas).todense()
        )

    def vectors(self) -> Floats:
        """Plain word vectors, centred."""
        rows = word_sums(self.words)
        return unit_rows(rows - rows.mean(axis=0))


Found = tuple[Ints, Ints]
"""Labels with -1 outside, and labels with those outside at the nearest group."""


def ours(some: Texts, seed: int) -> Found:
    """As ``iken run`` does."""
    del seed
    texts = likeness(some.words, some.metric)
    grouping = with_shared_words(group_texts(texts, drawn(some.texts, "")), some.words, texts)
    if not grouping.count:
        return grouping.own, grouping.own
    return grouping.own, np.where(grouping.own >= 0, grouping.own, grouping.fits.argmax(axis=1))


def ours_given(some: Texts, seed: int) -> Found:
    """The same, beginning with as many groups as the hand made."""
    del seed
    grouping = group_texts(likeness(some.words, some.metric), exactly=some.groups)
    return grouping.own, np.where(grouping.own >= 0, grouping.own, grouping.fits.argmax(axis=1))


def kmeans(rows: Floats, count: int, seed: int) -> Found:
    """K-means, the best of four starts."""
    labels = KMeans(min(count, len(rows)), n_init=4, random_state=seed).fit_predict(rows).astype(np.int64)
    return labels, labels


def kmeans_chosen(some: Texts, seed: int) -> Found:
    """K-means over TF-IDF, the number of groups by silhouette."""
    rows = some.tfidf()
    tried = [kmeans(rows, count, seed) for count in range(2, min(40, len(rows) // 3) + 1, 2)]
    return max(tried, key=lambda found: silhouette_score(rows, found[0], metric="cosine"))


def with_nearest(labels: Ints, rows: Floats) -> Found:
    """Bring what is outside to the nearest mean."""
    names = np.unique(labels[labels >= 0])
    if not len(names):
        return labels, labels
    means = np.array([rows[labels == name].mean(axis=0) for name in names])
    return labels, np.where(labels >= 0, labels, names[(rows @ means.T).argmax(axis=1)])


def hdbscan(some: Texts, seed: int) -> Found:
    """HDBSCAN over word vectors."""
    del seed
    rows = some.vectors()
    return with_nearest(HDBSCAN(min_cluster_size=3, copy=True).fit_predict(rows).astype(np.int64), rows)


def nmf(some: Texts, seed: int) -> Found:
    """Non-negative factors of TF-IDF."""
    model = NMF(some.groups, init="nndsvda", random_state=seed, max_iter=500)
    labels = model.fit_transform(some.tfidf()).argmax(axis=1).astype(np.int64)
    return labels, labels


def lda(some: Texts, seed: int) -> Found:
    """Latent Dirichlet allocation over counted lemmas."""
    counts = CountVectorizer(token_pattern=_ANY_WORD).fit_transform(some.lemmas)
    labels = LatentDirichletAllocation(some.groups, random_state=seed).fit_transform(counts).argmax(axis=1)
    return labels.astype(np.int64), labels.astype(np.int64)


def bertopic(some: Texts, seed: int) -> Found:
    """BERTopic with its default settings, over our word vectors."""
    reducing = importlib.import_module("umap").UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
    )
    rows = some.vectors()
    model = importlib.import_module("bertopic").BERTopic(
        language="multilingual",  # or it would take out all that is not Latin
        embedding_model=None,
        umap_model=reducing,
        vectorizer_model=CountVectorizer(token_pattern=_ANY_WORD),
    )
    labels, _ = model.fit_transform(some.lemmas, embeddings=rows)
    return with_nearest(np.asarray(labels, dtype=np.int64), rows)


def methods() -> dict[str, Callable[[Texts, int], Found]]:
    """Everything that is compared."""
    found: dict[str, Callable[[Texts, int], Found]] = {
        "iken の話題": ours,
        "iken の話題（数を与える）": ours_given,
        "k-means（TF-IDF、数を与える）": lambda some, seed: kmeans(some.tfidf(), some.groups, seed),
        "k-means（TF-IDF、数も選ぶ）": kmeans_chosen,
        "k-means（語のベクトル、数を与える）": lambda some, seed: kmeans(some.vectors(), some.groups, seed),
        "k-means（学んだ尺度、数を与える）": lambda some, seed: kmeans(
            meanings(some.words, metric=some.metric), some.groups, seed
        ),
        "HDBSCAN（語のベクトル）": hdbscan,
        "NMF（数を与える）": nmf,
        "LDA（数を与える）": lda,
    }
    if importlib.util.find_spec("bertopic"):
        found["BERTopic（語のベクトル）"] = bertopic
    return found


def figures(method: Callable[[Texts, int], Found], some: Texts, labels: Sequence[str], runs: int) -> list[float]:
    """Number of groups, share outside, V and ARI both ways, stability."""
    found, near = method(some, 0)
    again = []
    for run in range(1, runs + 1):
        rows = np.sort(drawn(some.texts, str(run))[: round(SHARE * len(some.texts))])
        other, _ = method(some.some(rows.tolist()), run)
        again.append(adjusted_rand_score(found[rows], other))
    return [
        float(len(np.unique(found[found >= 0]))),
        float((found < 0).mean()),
        *(float(score(labels, one)) for one in (found, near) for score in (v_measure_score, adjusted_rand_score)),
        float(np.mean(again)) if again else float("nan"),
    ]


def read_grouping(path: Path) -> tuple[Texts, list[str]]:
    """A collection that was grouped by hand."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    labels = [row["group"] for row in rows]
    texts = [row["text"] for row in rows]
    return Texts(texts, [tokenize(text) for text in texts], len(set(labels))), labels


def written_plans() -> list[tuple[Texts, list[str]]]:
    """Every written plan, with a metric that has not seen it."""
    learned = collections()
    metrics = [learn_metric([one for i, one in enumerate(learned) if i % FOLDS != fold]) for fold in range(FOLDS)]
    found = []
    for number, path in enumerate(plan_files()):
        texts, labels = read_plan_opinions(path)
        words = [tokenize(text) for text in texts]
        found.append((Texts(texts, words, len(set(labels)), metrics[number % FOLDS]), labels))
    return found


def main(paths: Sequence[Path]) -> None:
    """Print one table a file, or one for the written plans."""
    tables = [(path.name, [read_grouping(path)], RUNS) for path in paths]
    for name, some, runs in tables or [("corpus/plans", written_plans(), 1)]:
        total = sum(len(one.texts) for one, _ in some)
        groups = np.mean([one.groups for one, _ in some])
        print(f"{name}: {total} 意見、手で分けたグループ {groups:.1f}")
        print("| 方法 | グループ | 外 | V（外を一つ） | ARI | V（外は最も近く） | ARI | 安定 |")
        print("|---|---|---|---|---|---|---|---|")
        for method, group in methods().items():
            count, outside, *rest = np.mean([figures(group, one, labels, runs) for one, labels in some], axis=0)
            scores = " | ".join(f"{value:.3f}" for value in rest)
            print(f"| {method} | {count:.1f} | {outside:.0%} | {scores} |", flush=True)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main([Path(name) for name in sys.argv[1:]])
