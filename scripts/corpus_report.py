"""Report on the training corpus: how large and how varied it is, and how far two readers agree on it.

Usage: python scripts/corpus_report.py [--list]

``--list`` also prints the pairs of near copies. ``corpus/second_reading.csv`` (file, row, themes,
kind, unsure) holds what a second reader gave without seeing the first labels; a row is counted
from 0 below the headings of its file, here as there.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import cohen_kappa_score

from pipeline import resources
from pipeline.language.normalize import normalize
from pipeline.language.tokenize import content_words, tokenize
from pipeline.reading.decode import read_text
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import Flags, macro_f1, theme_figures, with_interval
from pipeline.themes.kinds import KINDS
from pipeline.themes.labels import NO_THEME, Labelled, read_labels

NEAR = 0.6
LENGTHS = ("25字以下", "26〜60字", "61〜120字", "121字以上")

Corpus = dict[str, list[Labelled]]


def near_copies(texts: Sequence[str], threshold: float) -> list[tuple[int, int, float]]:
    """Find the pairs of texts that share most of their character 3-grams.

    Parameters
    ----------
    texts : sequence of str
        Normalized here. A text shorter than three characters is one gram.
    threshold : float
        Smallest Jaccard similarity of two sets of grams, above 0.

    Returns
    -------
    list of (int, int, float)
        Positions of the two texts, the earlier first, and their similarity; in the order of the texts.
    """
    grams = [_grams(text) for text in texts]
    frequency = Counter(gram for own in grams for gram in own)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    pairs = []
    for number, own in enumerate(grams):
        rarest_first = sorted(own, key=lambda gram: (frequency[gram], gram))
        # Two sets this similar share at least threshold × the size of each, so they cannot share only
        # what comes after this many: looking up the rare grams alone loses no pair.
        looked_up = rarest_first[: len(own) - int(threshold * len(own)) + 1]
        for earlier in {other for gram in looked_up for other in holders[gram]}:
            similarity = len(own & grams[earlier]) / len(own | grams[earlier])
            if similarity >= threshold:
                pairs.append((earlier, number, similarity))
        for gram in looked_up:
            holders[gram].append(number)
    return sorted(pairs)


def _grams(text: str) -> set[str]:
    text = normalize(text)
    return {text[start : start + 3] for start in range(max(len(text) - 2, 1))}


def read_files(themes: Sequence[str]) -> Corpus:
    """Read ``corpus/training``, by the names of the files."""
    files = sorted(resources.corpus("training").glob("*.csv"))
    return {file.name: list(read_labels(file, themes)) for file in files}


def read_second(path: Path, corpus: Corpus, themes: Sequence[str]) -> list[tuple[Labelled, Labelled, bool]]:
    """Read the second labels: what the first reader gave, what the second gave, whether that one was unsure."""
    readings = []
    for row in csv.DictReader(io.StringIO(read_text(path))):
        place = f"{row['file']} {row['row']}"
        labelled = corpus.get(row["file"], [])
        if not 0 <= int(row["row"]) < len(labelled):
            raise SystemExit(f"{path.name}: {place} という行はありません")
        given = tuple(theme for theme in row["themes"].split("|") if theme != NO_THEME)
        if not set(given) <= set(themes) or row["kind"] not in KINDS:
            raise SystemExit(f"{path.name}: {place} のテーマか種別が正しくありません")
        first = labelled[int(row["row"])]
        readings.append((first, Labelled(first.text, given, row["kind"]), row["unsure"] == "1"))
    return readings


def length_band(text: str) -> str:
    """Name the band of a text's length."""
    return LENGTHS[sum(len(text) > limit for limit in (25, 60, 120))]


def print_shares(title: str, names: Iterable[str], counts: Counter[str], total: int) -> None:
    """Print how many of the opinions each name has."""
    print(f"\n## {title}（{total:,} 件）")
    for name in names:
        print(f"{counts[name]:5,d}  {counts[name] / total:6.1%}  {name}")


def print_labels(corpus: Corpus, themes: Sequence[str]) -> None:
    """Print the shares of themes, kinds, lengths and facets."""
    rows = [row for labelled in corpus.values() for row in labelled]
    given = Counter(theme for row in rows for theme in row.themes or (NO_THEME,))
    print_shares("テーマ（二つ以上ある意見はそれぞれに数える）", (*themes, NO_THEME), given, len(rows))
    sizes = Counter(f"{len(row.themes)}個" for row in rows)
    print_shares("テーマの数", sorted(sizes), sizes, len(rows))
    kinds = Counter(row.kind or "種別なし" for row in rows)
    print_shares("種別", (*KINDS, *sorted(kinds.keys() - set(KINDS))), kinds, len(rows))
    print_shares("長さ", LENGTHS, Counter(length_band(row.text) for row in rows), len(rows))
    # read_labels gives no facets both for なし and for a missing column; a file without any has no column
    faceted = [row for labelled in corpus.values() if any(row.facets for row in labelled) for row in labelled]
    if faceted:
        facets = Counter(facet for row in faceted for facet in row.facets or (NO_THEME,))
        names = [name for name, _ in facets.most_common()]
        print_shares("ファセット（付けたファイルだけ、二つ以上はそれぞれに数える）", names, facets, len(faceted))


def print_near_copies(corpus: Corpus, listed: bool) -> None:
    """Print how many pairs are near copies, and the pairs themselves when asked for."""
    places = [f"{name} {row}" for name, labelled in corpus.items() for row in range(len(labelled))]
    texts = [row.text for labelled in corpus.values() for row in labelled]
    pairs = near_copies(texts, NEAR)
    print(f"似た意見の組（3文字ずつの重なり {NEAR} 以上） {len(pairs):,} 組")
    if listed:
        for one, other, similarity in sorted(pairs, key=lambda pair: -pair[2]):
            print(f"{similarity:.2f}  {places[one]}「{texts[one]}」  {places[other]}「{texts[other]}」")


def print_agreement(readings: list[tuple[Labelled, Labelled, bool]], themes: Sequence[str]) -> None:
    """Print how far the second reader agrees with the first."""
    first = _flags((one for one, _, _ in readings), themes)
    second = _flags((other for _, other, _ in readings), themes)
    print(f"\n## 二人目の読み手との一致（{len(readings):,} 件）")
    for k, figures in enumerate(theme_figures(themes, second, first)):
        kappa = cohen_kappa_score(first[:, k], second[:, k])
        print(
            f"{figures.theme:　<6} 一人目 {figures.positives:4d}  二人目 {second[:, k].sum():4d}  "
            f"κ {kappa:.3f}  F1 {figures.f1}"
        )
    print(f"macro-F1 {with_interval(macro_f1, second, first)}")
    same_kind = np.array([one.kind == other.kind for one, other, _ in readings])
    print(f"種別の一致 {with_interval(_share, same_kind)}")
    print(f"二人目が迷った意見 {np.mean([unsure for *_, unsure in readings]):.1%}")


def _flags(rows: Iterable[Labelled], themes: Sequence[str]) -> Flags:
    return np.array([[theme in row.themes for theme in themes] for row in rows])


def _share(column: Flags) -> float:
    return float(column.mean())


def main(listed: bool) -> None:
    """Print everything."""
    themes = read_codebook().names
    corpus = read_files(themes)
    texts = [row.text for labelled in corpus.values() for row in labelled]
    lemmas = {word.key for text in texts for word in content_words(tokenize(text))}
    print(f"意見 {len(texts):,} 件（{len(corpus)} ファイル）  異なる見出し語 {len(lemmas):,}")
    print_near_copies(corpus, listed)
    print_labels(corpus, themes)
    second = resources.corpus("second_reading.csv")
    if second.exists():
        print_agreement(read_second(second, corpus, themes), themes)
    else:
        print(f"\n二人目の読み手のラベル（{second.name}）はまだありません")


if __name__ == "__main__":
    main("--list" in sys.argv[1:])
