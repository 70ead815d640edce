"""The officer's pre-flight (``iken check``): what ought to be known of the sources, before anything is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.batch import Options, legend_of
from pipeline.errors import IkenError
from pipeline.kinds import EMPTY, OPINION, REPEATED, TOTAL
from pipeline.language.duplicates import same_groups
from pipeline.language.normalize import has_invisible
from pipeline.prepare import Names, Teller, parts_of
from pipeline.reading.sources import read_source
from pipeline.records import Finding, Item, Place, Source
from pipeline.rounds import Repeats

ERROR, CAUTION, NOTE = "誤り", "注意", "情報"
_LONG = 2_000  # characters; a comment is rarely longer, a pasted document is
_SHOWN = 30  # places of one kind that are listed one by one


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    sources : tuple of Source
        Those that could be read.
    findings : tuple of Finding
        The gravest first, each in the order of the sources.
    """

    sources: tuple[Source, ...]
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing would be lost or guessed."""
        return all(finding.level == NOTE for finding in self.findings)

    def as_dict(self) -> dict[str, object]:
        """For ``--json``: the same with English keys."""
        return {
            "ok": self.is_clean,
            "sources": [
                {
                    "file": source.file,
                    "items": dict(Counter(item.kind for item in source.items)),
                    "measures": len(source.plan.measures) if source.plan else 0,
                    "departments": [department.name for department in source.departments],
                }
                for source in self.sources
            ],
            "findings": [
                {
                    "level": finding.level,
                    "file": finding.place.file,
                    "sheet": finding.place.sheet,
                    "row": finding.place.spot,
                    "what": finding.what,
                    "remedy": finding.remedy,
                }
                for finding in self.findings
            ],
        }


def check(sources: Sequence[Path], options: Options | None = None) -> Checked:
    """Read sources without judging anything.

    A source that cannot be read is a finding of level 誤り; the others are read all the same.
    """
    options = options or Options()
    legend = legend_of(options)
    repeats = Repeats(options.earlier)
    read: list[Source] = []
    findings: list[Finding] = []
    for path in sources:
        try:
            source = read_source(path, legend, options.columns)
        except IkenError as error:
            findings.append(Finding(ERROR, Place(error.file or path.name, error.place), error.what, error.remedy))
            continue
        tell = Teller()
        source = repeats.mark(replace(source, items=tuple(tell(source.items))), path)
        read.append(source)
        findings += [*source.findings, *tell.findings, *_set_aside(source), *_texts(source)]
    findings += repeats.findings
    opinions = [item for source in read for item in source.items if item.kind == OPINION]
    findings += _names(opinions)
    findings += _several(opinions, cut=options.split)
    findings += _copies(opinions)
    order = (ERROR, CAUTION, NOTE)
    return Checked(tuple(read), tuple(sorted(findings, key=lambda one: order.index(one.level))))


def _set_aside(source: Source) -> Iterator[Finding]:
    """What is read and is no opinion."""
    told = (OPINION, EMPTY, TOTAL, REPEATED)  # these have findings of their own
    for kind, count in Counter(item.kind for item in source.items if item.kind not in told).items():
        some = [item for item in source.items if item.kind == kind]
        yield Finding(NOTE, _places(some), f"{kind}として数え、意見とは分けます（{count}件）")


def _texts(source: Source) -> Iterator[Finding]:
    """Texts that are odd: very long, or with characters nobody can see."""
    for item in source.items:
        if len(item.text) > _LONG:
            yield Finding(
                CAUTION,
                item.place,
                f"とても長い意見です（{len(item.text):,}字）",
                "文書が丸ごと入っていないか確かめてください",
            )
    hidden = [item for item in source.items if has_invisible(item.text)]
    if hidden:
        yield Finding(NOTE, _places(hidden), f"見えない制御文字があります（{len(hidden)}件。判定では除きます）")


def _names(opinions: Sequence[Item]) -> Iterator[Finding]:
    """What names a person, one finding a place and kind; the words themselves are not repeated."""
    names = Names()
    for item in opinions:
        names.look(replace(item, attributes=()))  # columns that name a person have a finding of their own
    seen = list(dict.fromkeys(names.places))
    for place, kind in seen[:_SHOWN]:
        yield Finding(CAUTION, place, f"{kind}らしき記述があります", "外へ出すときは --mask を付けてください")
    if len(seen) > _SHOWN:
        kinds = "、".join(f"{kind} {count}" for kind, count in sorted(names.counts.items()))
        yield Finding(
            CAUTION, seen[_SHOWN][0], f"個人が分かる記述がほか{len(seen) - _SHOWN}か所あります（全部で {kinds}）"
        )


def _several(opinions: Sequence[Item], *, cut: bool) -> Iterator[Finding]:
    """Comments that seem to hold several opinions."""
    several = [item for item in opinions if len(list(parts_of(item))) > 1]
    if several:
        done = "分けて読みます" if cut else "一件として読みます"
        remedy = "" if cut else "意見ごとに分けるなら --split を付けてください"
        yield Finding(NOTE, _places(several), f"いくつかの意見を含むらしいもの{len(several)}件は、{done}", remedy)


def _copies(opinions: Sequence[Item]) -> Iterator[Finding]:
    """How many opinions say the same as another."""
    groups = Counter(same_groups(item.text for item in opinions).tolist())
    large = [(first, count) for first, count in groups.most_common() if count > 1]
    if large:
        first, most = large[0]
        yield Finding(
            NOTE,
            opinions[first].place,
            f"同趣旨の意見が{len(large)}組、{sum(count for _, count in large)}件あります（最も多い組は{most}件）",
        )


def _places(items: Sequence[Item]) -> Place:
    """Where items stand, as one place: ``5行、8行、9行 ほか3``."""
    first = items[0].place
    spots = "、".join(item.place.spot for item in items[:5])
    more = f" ほか{len(items) - 5}" if len(items) > 5 else ""
    return Place(first.file, spots + more, first.sheet)
