"""What the template writes down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a sentence or a cell.

    Attributes
    ----------
    text : str
    href : str
        Where it leads; empty for plain text.
    """

    text: str
    href: str = ""


Sentence = tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of figures.

    Attributes
    ----------
    figure : Phrase
    shade : int
        0 to 5: how large within its table.
    is_small : bool
        Whether it counts so few that it could point at a person.
    is_hidden : bool
        Whether its figure is kept back; it is then no part of the record.
    """

    figure: Phrase
    shade: int = 0
    is_small: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a cross table.

    Attributes
    ----------
    head : str
    note : str
        重点.
    cells : tuple of Cell
    is_total : bool
    is_empty : bool
        Whether no opinion stands in it.
    """

    head: str
    cells: tuple[Cell, ...]
    note: str = ""
    is_total: bool = False
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a heading of their own (基本施策); the heading may be empty."""

    head: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Cross:
    """A cross table.

    Attributes
    ----------
    caption : str
    corner : str
        What the rows are.
    columns : tuple of str
    groups : tuple of RowGroup
    notes : tuple of str
        What to know for reading it, below.
    """

    caption: str
    corner: str
    columns: tuple[str, ...]
    groups: tuple[RowGroup, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A row of the table of themes.

    Attributes
    ----------
    name : str
    number : int
        Of the theme, from 1; 0 for 該当なし, 保留 and the total.
    opinions, distinct, undecided : Phrase
        意見数, 同趣旨を除いた数, 要確認.
    rate : str
    share : int
        The rate in thousandths: the length of the bar.
    departments : str
    words : str
    representative : Phrase
        The opinion that says it most clearly.
    is_total : bool
    """

    name: str
    number: int
    opinions: Phrase
    distinct: str
    rate: str
    share: int
    departments: str
    undecided: Phrase
    words: str
    representative: Phrase
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an opinion's text; ``themes`` are the numbers of those whose evidence it is."""

    text: str
    themes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """A theme as it stands at an opinion; ``is_doubtful`` under 保留."""

    name: str
    number: int
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class OpinionView:
    """An opinion of the list.

    Attributes
    ----------
    number : int
        Running number, from 1 in source order.
    id : str
        意見ID; the anchor.
    pieces : tuple of Piece
        Together the text.
    tags : tuple of Tag
    verdict, kind, place, departments, review : str
        Empty where there is nothing to say.
    same : Phrase
        同趣旨 n件, leading to all of them.
    details : tuple of (str, str)
        What else is known: where it stands, what it asks for, the source's own columns.
    keys : tuple of (str, str)
        What the filters look at: filter and the numbers of its values.
    """

    number: int
    id: str
    pieces: tuple[Piece, ...]
    tags: tuple[Tag, ...]
    verdict: str
    kind: str
    place: str
    departments: str
    review: str
    same: Phrase
    details: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the list: ``key`` is a letter, ``values`` are offered in order."""

    key: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """An opinion quoted elsewhere in the page."""

    link: Phrase
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class TopicView:
    """A topic."""

    id: str
    heading: str
    within: str
    count: Phrase
    distinct: int
    words: str
    stability: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal for a measure."""

    number: int
    division: str
    meaning: str
    title: str
    purpose: str
    themes: str
    breadth: str
    nearest: str
    count: Phrase
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class RestRow:
    """Something that was read and is no opinion."""

    kind: str
    text: str
    place: str
    points_at: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger; ``parts`` add up to ``count``."""

    stage: str
    count: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A measured figure."""

    what: str
    on: str
    opinions: str
    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class Statement:
    """How AI was used."""

    does: tuple[str, ...]
    learned_from: tuple[str, ...]
    figures: tuple[FigureRow, ...]
    of_this_round: bool
    reviewed: tuple[str, ...]
    limits: tuple[str, ...]
    duties: tuple[str, ...]
    made_with: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Which opinions a figure counts: runs of numbers, each leading to its first opinion."""

    id: str
    label: str
    count: str
    runs: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole page."""

    title: str
    sources: str
    summary: tuple[Sentence, ...]
    cautions: tuple[str, ...]
    themes: tuple[ThemeRow, ...]
    legend: tuple[Tag, ...]
    plan: Cross | None
    departments: Cross | None
    attributes: tuple[Cross, ...]
    kinds: Cross
    topics: tuple[TopicView, ...]
    proposals: tuple[ProposalView, ...]
    has_plan: bool
    choices: tuple[Choice, ...]
    opinions: tuple[OpinionView, ...]
    rest: tuple[RestRow, ...]
    ledger: tuple[LedgerRow, ...]
    statement: Statement
    entries: tuple[Entry, ...]
