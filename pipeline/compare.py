"""Two rounds side by side (``iken compare``): what grew, shrank, appeared and vanished.

Rounds are small, so most differences are chance. A change is called one only when the interval of
the difference of shares leaves nought out: Newcombe's interval from two Wilson intervals (Newcombe
1998, method 10), widened for the number of things compared at once (Bonferroni), so that of all
lines of one kind together a false change is said in at most one comparison of twenty. Copies are one
voice each in this: a campaign in one of the rounds is no change of everybody's mind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import NormalDist

from pipeline.deliver.stored import load_results
from pipeline.errors import IkenError
from pipeline.language.tokenize import tokenize
from pipeline.records import GIVEN, OUTSIDE
from pipeline.rounds import Round, read_opinions, read_round
from pipeline.themes.evaluation import wilson
from pipeline.topics.find import find_topics
from pipeline.topics.phrases import COMPOUND, WORD, noun_phrases

GREW, SHRANK, APPEARED, VANISHED, UNSURE = "増えた", "減った", "現れた", "なくなった", "変化とは言えない"

_LEVEL = 0.05
_UNEVEN = 0.1  # a difference in the share that people looked through which makes the rounds hard to compare
_LEAST_VOICES = 3  # a word that fewer say in both rounds together is not compared

Row = Mapping[str, str]
Names = Callable[[Row], Iterable[str]]
_MAY_LACK = ("施策", "担当課")  # a round without a plan, a list without departments


@dataclass(frozen=True, slots=True)
class Share:
    """How many opinions of a round there are under a name.

    Attributes
    ----------
    opinions : int
        Every voice.
    voices : int
        Those that say the same counted once (同趣旨統合後).
    total : int
        All voices of the round, counted likewise.
    """

    opinions: int
    voices: int
    total: int

    @property
    def rate(self) -> float:
        """The share of the voices."""
        return self.voices / self.total


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the comparison.

    Attributes
    ----------
    section, name : str
        What is compared (テーマ, 施策 …), and which.
    before, after : Share
    low, high : float
        The interval of the difference of the shares.
    """

    section: str
    name: str
    before: Share
    after: Share
    low: float
    high: float

    @property
    def difference(self) -> float:
        """The share after less the share before."""
        return self.after.rate - self.before.rate

    @property
    def verdict(self) -> str:
        """What may be said of it."""
        if self.low <= 0 <= self.high:
            return UNSURE
        if self.difference > 0:
            return GREW if self.before.voices else APPEARED
        return SHRANK if self.after.voices else VANISHED


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rounds compared.

    Attributes
    ----------
    before, after : Round
    totals : tuple of (int, int)
        Opinions and distinct voices of the two rounds.
    changes : tuple of Change
        Section by section, in each those that may be called a change first.
    notes : tuple of str
        What makes the two hard to compare.
    """

    before: Round
    after: Round
    totals: tuple[tuple[int, int], tuple[int, int]]
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()


def compare(before: Path, after: Path) -> Comparison:
    """Compare the folders of two rounds.

    Raises
    ------
    IkenError
        When a folder holds no results.
    """
    rounds = read_round(before), read_round(after)
    rows = read_opinions(before), read_opinions(after)
    if not all(rows):
        raise IkenError(
            "意見のない回があります", file=str(before if not rows[0] else after), remedy="両方の回を確かめてください"
        )
    totals = tuple((len(some), len(_voices(some))) for some in rows)
    themes = [name for name in _theme_names(rows[0]) if name in _theme_names(rows[1])]
    sections: list[tuple[str, Names, Sequence[str]]] = [
        # a theme that one round's codebook lacks has not appeared in the other
        ("テーマ", lambda row: [name for name in _themes(row) if name in themes], themes),
        ("判定", lambda row: [row["判定"]], []),
        ("種別", lambda row: [row["種別"]], []),
        ("施策", lambda row: [_place(row)] if _place(row) else [], []),
        ("担当課", lambda row: [name for name in row["担当課"].split("、") if name], []),
    ]
    changes: list[Change] = []
    missing: list[str] = []
    for section, names, order in sections:
        lacking = [when for when, some in zip(("前", "後"), rows, strict=True) if not _count(some, names)]
        if len(lacking) == 1 and section in _MAY_LACK:
            missing.append(f"{lacking[0]}の回には{section}がないので、{section}は比べていません")
        else:
            changes += _section(section, rows, names, order)
    changes += _topics((before, after), rows)
    changes += _words(rows)
    notes = [
        f"二つの回は別の{name}で判定されています（比べるなら、同じもので判定し直してください）"
        for name, differs in (
            ("コードブック", rounds[0].codebook != rounds[1].codebook),
            ("モデル", rounds[0].model != rounds[1].model),
        )
        if differs
    ]
    notes += _reviewed(rows)
    notes += missing
    common = _common(rows)
    if common:
        notes.append(
            f"同じ番号と文面の意見が両方の回に{common}件あります（--earlier を付けて実行すると二度数えません）"
        )
    return Comparison(*rounds, (totals[0], totals[1]), tuple(changes), tuple(notes))


def _reviewed(rows: tuple[Sequence[Row], Sequence[Row]]) -> list[str]:
    """Say when people looked through one round and hardly through the other: they decide what is left 保留."""
    done = [sum(bool(row.get("確認")) for row in some) for some in rows]
    shares = [count / len(some) for count, some in zip(done, rows, strict=True)]
    if abs(shares[0] - shares[1]) <= _UNEVEN:
        return []
    seen = f"前の回が{len(rows[0])}件のうち{done[0]}件、後の回が{len(rows[1])}件のうち{done[1]}件"
    advice = "確認すると保留が減り、テーマも変わります。同じように確認してから比べてください"
    return [f"人の確認は、{seen}です（{advice}）"]


def _voices(rows: Iterable[Row]) -> list[Row]:
    """The first row of each 同趣旨ID."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["同趣旨ID"], row)
    return list(first.values())


def _theme_names(rows: Sequence[Row]) -> list[str]:
    header = list(rows[0])
    return header[header.index("テーマ") + 1 : header.index("根拠語")]


def _themes(row: Row) -> list[str]:
    return row["テーマ"].split("|") if row["判定"] == GIVEN else []


def _place(row: Row) -> str:
    place = row.get("確認した施策") or row["計画上の位置"] or row["施策候補1"]
    return OUTSIDE if place.startswith(OUTSIDE) else place


def _section(section: str, rows: Sequence[Sequence[Row]], names: Names, order: Sequence[str]) -> list[Change]:
    opinions = [_count(some, names) for some in rows]
    voices = [_count(_voices(some), names) for some in rows]
    found = list(dict.fromkeys([*order, *sorted({*opinions[0], *opinions[1]})]))
    totals = [len(_voices(some)) for some in rows]
    changes = []
    for name in found:
        shares = [Share(opinions[n].get(name, 0), voices[n].get(name, 0), totals[n]) for n in range(2)]
        changes.append(Change(section, name, shares[0], shares[1], *interval(shares[0], shares[1], len(found))))
    return changes if order else sorted(changes, key=lambda one: one.verdict == UNSURE)


def _count(rows: Iterable[Row], names: Names) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        for name in dict.fromkeys(names(row)):
            counts[name] = counts.get(name, 0) + 1
    return counts


def _topics(folders: Sequence[Path], rows: Sequence[Sequence[Row]]) -> list[Change]:
    """Topics are found in both rounds together, so that the same topic is the same in both."""
    told = [
        replace(one, opinion=replace(one.opinion, id=f"{n} {one.opinion.id}"))
        for n, folder in enumerate(folders)
        for one in load_results(folder).judged
    ]
    topics = [topic for topic in find_topics(told) if not topic.parent]
    of_opinion: dict[str, list[str]] = {}
    for topic in topics:
        for name in topic.opinion_ids:
            of_opinion.setdefault(name, []).append(topic.heading)
    named = [
        [{**row, "話題": "\n".join(of_opinion.get(f"{n} {row['意見ID']}", []))} for row in some]
        for n, some in enumerate(rows)
    ]
    changes = _section("話題", named, lambda row: row["話題"].splitlines(), [topic.heading for topic in topics])
    return sorted(changes, key=lambda one: one.verdict == UNSURE)


def _words(rows: Sequence[Sequence[Row]]) -> list[Change]:
    """Words and compounds that people say: 空き家, 自治会, 予約システム."""

    @cache
    def phrases(text: str) -> tuple[str, ...]:
        found = noun_phrases(tokenize(text))
        return tuple(dict.fromkeys(phrase.text for phrase in found if phrase.form in (WORD, COMPOUND)))

    changes = _section("話題の語", rows, lambda row: phrases(row["意見"]), [])
    kept = [one for one in changes if one.before.voices + one.after.voices >= _LEAST_VOICES]
    # what was left out was not compared: the interval is that of the words kept
    kept = [
        Change(one.section, one.name, one.before, one.after, *interval(one.before, one.after, len(kept)))
        for one in kept
    ]
    return sorted(kept, key=lambda one: (one.verdict == UNSURE, -abs(one.difference), one.name))


def interval(before: Share, after: Share, compared: int) -> tuple[float, float]:
    """The interval of the difference of two shares.

    Parameters
    ----------
    before, after : Share
    compared : int
        How many things are compared at once.
    """
    z = NormalDist().inv_cdf(1 - _LEVEL / (2 * max(1, compared)))
    low_b, high_b = wilson(before.voices, before.total, z)
    low_a, high_a = wilson(after.voices, after.total, z)
    difference = after.rate - before.rate
    below = math.hypot(after.rate - low_a, high_b - before.rate)
    above = math.hypot(high_a - after.rate, before.rate - low_b)
    return difference - below, difference + above


def _common(rows: Sequence[Sequence[Row]]) -> int:
    """Opinions with a number that stand in both rounds."""
    keys = [{(row["番号"], row["意見"]) for row in some if row["番号"]} for some in rows]
    return len(keys[0] & keys[1])


HEADER = (
    *("区分", "名前", "前の意見数", "前の同趣旨統合後", "前の割合", "後の意見数", "後の同趣旨統合後", "後の割合"),
    *("割合の差", "差の下限", "差の上限", "変化"),
)


def rows_of(comparison: Comparison) -> list[list[str]]:
    """The comparison as a table."""
    return [
        [
            *(one.section, one.name),
            *(str(one.before.opinions), str(one.before.voices), f"{one.before.rate:.1%}"),
            *(str(one.after.opinions), str(one.after.voices), f"{one.after.rate:.1%}"),
            *(points(value) for value in (one.difference, one.low, one.high)),
            one.verdict,
        ]
        for one in comparison.changes
    ]


def points(value: float) -> str:
    """A difference of shares in words: a cell that begins with a minus would look like a formula.

    >>> points(0.22), points(-0.034), points(0)
    ('22.0ポイント増', '3.4ポイント減', '0.0ポイント')
    """
    written = f"{abs(100 * value):.1f}ポイント"
    return written + ("増" if value > 0 else "減" if value < 0 else "")


def write_comparison(out: Path, comparison: Comparison) -> None:
    """Write the comparison as CSV.

    Raises
    ------
    IkenError
        When the place cannot be written to.
    """
    from pipeline.deliver import cells

    if out.suffix.lower() != ".csv":
        raise IkenError(
            f"「{out.suffix or '拡張子なし'}」には書き出せません", file=str(out), remedy="--out を .csv にしてください"
        )
    try:
        out.write_bytes(cells.csv_bytes(HEADER, rows_of(comparison)))
    except OSError as error:
        raise IkenError(
            f"書き込めません（{error.strerror}）", file=str(out), remedy="出力先のフォルダと空き容量を確かめてください"
        ) from error
