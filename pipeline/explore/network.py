"""Which words are said together: a network of the words of a round.

Two words are joined when the opinions that hold the one are much the same as those that hold the
other (Jaccard's coefficient of the sets of distinct voices, as KH Coder draws it).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import altair as alt
import networkx as nx

from pipeline.deliver.results import Results
from pipeline.explore.linked import Key, Linked, picking
from pipeline.language.tokenize import Word, tokenize
from pipeline.records import Judged
from pipeline.topics.phrases import read_vague

WORDS, LINKS = 40, 60
_LEAST_VOICES = 2
_ENOUGH_LINKS = 25


@dataclass(frozen=True, slots=True)
class WordLink:
    """Two words that are said together.

    Attributes
    ----------
    one, other : str
        As they are mostly written.
    jaccard : float
        Voices with both, of those with either.
    """

    one: str
    other: str
    jaccard: float


@dataclass(frozen=True, slots=True)
class WordNetwork:
    """The words said most, and which of them together.

    Attributes
    ----------
    opinions : dict of str to list of Judged
        Every word with the opinions that hold it.
    voices : dict of str to int
        Distinct voices.
    links : tuple of WordLink
        The closest first.
    """

    opinions: dict[str, list[Judged]]
    voices: dict[str, int]
    links: tuple[WordLink, ...]


def word_network(judged: Sequence[Judged], words: int = WORDS, links: int = LINKS) -> WordNetwork:
    """Find the words most voices use, and the closest pairs of them."""
    holders: dict[str, dict[str, Judged]] = {}
    forms: dict[str, Counter[str]] = {}
    for one in judged:
        for word in tokenize(one.opinion.text):
            if _tells(word):
                holders.setdefault(word.key, {})[one.opinion.id] = one
                forms.setdefault(word.key, Counter())[word.surface] += 1
    sets = {key: {one.opinion.same_id for one in some.values()} for key, some in holders.items()}
    kept = sorted((key for key in sets if len(sets[key]) >= _LEAST_VOICES), key=lambda key: (-len(sets[key]), key))
    kept = kept[:words]
    shown = {key: forms[key].most_common(1)[0][0] for key in kept}
    pairs: dict[int, list[WordLink]] = {1: [], 2: []}
    for one_key, other_key in combinations(kept, 2):
        both = len(sets[one_key] & sets[other_key])
        if both:
            jaccard = both / len(sets[one_key] | sets[other_key])
            pairs[min(both, 2)].append(WordLink(shown[one_key], shown[other_key], jaccard))
    for some in pairs.values():
        some.sort(key=lambda link: (-link.jaccard, link.one, link.other))
    # one voice is chance; a small round has little else
    found = pairs[2] if len(pairs[2]) >= _ENOUGH_LINKS else pairs[2] + pairs[1]
    return WordNetwork(
        {shown[key]: list(holders[key].values()) for key in kept},
        {shown[key]: len(sets[key]) for key in kept},
        tuple(found[:links]),
    )


def _tells(word: Word) -> bool:
    """Nouns and な-adjectives; no numbers, no たび or まま, no single letters."""
    return (
        word.is_content
        and word.pos in ("名詞", "形状詞")
        and word.pos2 != "数詞"
        and word.pos3 != "副詞可能"
        and len(word.surface) > 1
        and word.key not in read_vague().never
    )


def _places(graph: nx.Graph) -> dict[str, tuple[float, float]]:
    """Lay out what hangs together by itself (Kamada and Kawai 1989), the largest part first, the others beside it."""
    parts = sorted(nx.connected_components(graph), key=lambda part: (-len(part), min(part)))
    found: dict[str, tuple[float, float]] = {}
    left = 0.0
    for part in parts:
        width = math.sqrt(len(part))
        layout = nx.kamada_kawai_layout(graph.subgraph(sorted(part)), weight=None, scale=width)
        for word, (x, y) in layout.items():
            found[word] = (left + width + float(x), float(y))
        left += 2 * width + 1
    return found


def draw_network(results: Results) -> Linked:
    """Draw the network; a click on a word lists the opinions that hold it."""
    network = word_network(results.judged)
    graph = nx.Graph()
    graph.add_weighted_edges_from((link.one, link.other, link.jaccard) for link in network.links)
    places = _places(graph)
    nodes = [
        {"語": word, "意見数": network.voices[word], "x": float(place[0]), "y": float(place[1])}
        for word, place in places.items()
    ]
    lines = [
        {
            "x": float(places[link.one][0]),
            "y": float(places[link.one][1]),
            "x2": float(places[link.other][0]),
            "y2": float(places[link.other][1]),
            "近さ": round(link.jaccard, 3),
        }
        for link in network.links
    ]
    picked = picking("語")
    axis = alt.Axis(title=None, labels=False, ticks=False, grid=False, domain=False)
    x, y = alt.X("x:Q", axis=axis, scale=alt.Scale(padding=30)), alt.Y("y:Q", axis=axis, scale=alt.Scale(padding=20))
    edges = (
        alt.Chart(alt.InlineData(values=lines))
        .mark_rule(color="#8fa3b8")
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", strokeWidth=alt.StrokeWidth("近さ:Q", legend=None), tooltip=["近さ:Q"])
    )
    base = alt.Chart(alt.InlineData(values=nodes)).encode(x=x, y=y, tooltip=["語:N", "意見数:Q"])
    dots = base.mark_circle(color="#2f6db5", stroke="white").encode(
        size=alt.Size("意見数:Q", scale=alt.Scale(range=[80, 900]), legend=None),
        opacity=alt.condition(picked, alt.value(0.9), alt.value(0.25)),
    )
    names = base.mark_text(dy=-14, fontSize=12).encode(text="語:N")
    chart = alt.layer(edges, dots.add_params(picked), names).properties(
        width=680, height=480, title="一緒に使われる語（線が太いほど、同じ意見に出る）"
    )
    groups: dict[Key, Sequence[Judged]] = {(word,): some for word, some in network.opinions.items()}
    return Linked(chart, groups, ["語"])
