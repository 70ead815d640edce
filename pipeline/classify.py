"""Large rounds: labels only, row by row, in little memory (``iken classify``).

The rows are judged and written to a temporary file as they come; which of them say the same is known
only at the end, so the file is copied once more with the 同趣旨ID filled in, as CSV or Parquet.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from pipeline.batch import Judge, Options, Progress, legend_of, measures_of, one_plan, watched
from pipeline.deliver import cells, tables
from pipeline.errors import IkenError, LedgerError
from pipeline.kinds import OPINION
from pipeline.language.duplicates import Copies, Groups
from pipeline.ledger import READ, LedgerLine
from pipeline.prepare import Names, Teller, masked, prepare
from pipeline.reading.extras import need
from pipeline.reading.plan_file import read_plan
from pipeline.reading.sources import Opened, open_source
from pipeline.records import Item, Opinion
from pipeline.rounds import Repeats

_ENDINGS = (".csv", ".parquet")
_BATCH = 2_000  # rows written to Parquet at once
_REST_HEADER = ["区分", "回", "出典", "位置", "番号", "本文", "担当課", "計画上の位置", "指すもの"]

csv.field_size_limit(1 << 28)


def classify(
    sources: Sequence[Path], out: Path, options: Options | None = None, progress: Progress | None = None
) -> LedgerLine:
    """Label opinion lists of any length.

    Memory grows by some hundred bytes a distinct opinion (its ID, and what copies are found by).

    Parameters
    ----------
    sources : sequence of Path
        Opinion lists or working-team tables.
    out : Path
        A CSV or Parquet file; written beside its place and moved there when all is done. What is
        no opinion stands in a file beside it, ``NAME.not_opinions.csv``.
    progress : callable, optional
        Called after each opinion.

    Returns
    -------
    LedgerLine
        What was read and where it went: every row is an opinion in the file, or stands beside it
        under what it is instead (空欄, 特になし …).
    """
    options = options or Options()
    if out.suffix.lower() not in _ENDINGS:
        raise IkenError(
            f"「{out.suffix or '拡張子なし'}」には書き出せません",
            file=str(out),
            remedy="--out を .csv か .parquet にしてください",
        )
    if out.suffix.lower() == ".parquet":
        need("pyarrow.parquet", out)
    beside = out.with_name(f"{out.stem}.not_opinions.csv")
    partial, partial_beside = (path.with_name(f".{path.name}.partial") for path in (out, beside))
    try:
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="surrogatepass", newline="") as labels,
            partial_beside.open("w", encoding="utf-8-sig", newline="") as rest,
            Copies() as copies,
        ):
            job = _Job(sources, options, copies)
            job.judge(labels, rest, progress)
            labels.seek(0)
            write = _write_parquet if out.suffix.lower() == ".parquet" else _write_csv
            write(partial, job.header, job.finished(labels))
        partial.replace(out)
        if job.set_aside:
            partial_beside.replace(beside)
        else:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise IkenError(
            f"書き込めません（{error.strerror}）", file=str(out), remedy="出力先のフォルダと空き容量を確かめてください"
        ) from error
    finally:
        partial.unlink(missing_ok=True)
        partial_beside.unlink(missing_ok=True)
    return LedgerLine(READ, job.kinds.total(), tuple(job.kinds.items()))


class _Job:
    """One call of :func:`classify`."""

    def __init__(self, sources: Sequence[Path], options: Options, copies: Copies) -> None:
        self._options = options
        legend = legend_of(options)
        self._opened = [(path, open_source(path, legend, options.columns)) for path in sources]
        tables_read = [opened.table for _, opened in self._opened if opened.table]
        plan = read_plan(options.plan) if options.plan else one_plan(tables_read)
        filed = [item for source in tables_read for item in source.items if item.kind == OPINION]
        self._measures = measures_of(plan)
        self._judge = Judge.from_options(options, plan, filed)
        self._repeats = Repeats(options.earlier)
        self._copies = copies
        self._names = Names()
        self._attributes = _attributes(opened for _, opened in self._opened)
        self.header = tables.opinion_header(self._judge.codebook.names, self._attributes)
        self.kinds: Counter[str] = Counter()
        self._whole = 0

    @property
    def set_aside(self) -> int:
        """How many items are no opinions."""
        return self.kinds.total() - self.kinds[OPINION]

    def judge(self, labels: TextIO, rest: TextIO, progress: Progress | None) -> None:
        """Write the labels of every opinion, the 同趣旨ID still its own, and what is none."""
        cells.write_rows(rest, [_REST_HEADER])
        written = csv.writer(labels, lineterminator="\n")
        for one in watched(self._judge.judge(self._opinions(rest)), progress):
            written.writerow(tables.opinion_row(one, self._attributes))
            self._whole += one.opinion.item.part <= 1
        if self._whole != self.kinds[OPINION]:
            raise LedgerError(f"読み取った意見 {self.kinds[OPINION]} 件に対し、書き出した意見は {self._whole} 件です")
        if not self._whole:
            raise IkenError(
                "意見が一件もありません",
                file="、".join(path.name for path, _ in self._opened),
                remedy="iken check で中身を確かめてください",
            )

    def _opinions(self, rest: TextIO) -> Iterator[Opinion]:
        options = self._options
        items = self._items(rest)
        for one in prepare(
            items, options.round, cut=options.split, hide=options.mask, names=self._names, measures=self._measures
        ):
            self._copies.add(one.compared)
            yield one.opinion

    def _items(self, rest: TextIO) -> Iterator[Item]:
        """The opinions among what is read; the rest is written beside."""
        for path, opened in self._opened:
            tell = Teller()
            for item in self._repeats.stream(tell(_items_of(opened)), path):
                self.kinds[item.kind] += 1
                if item.kind == OPINION:
                    yield item
                else:
                    shown = masked(item, self._names.look(item), self._measures) if self._options.mask else item
                    cells.write_rows(rest, [_rest_row(shown, self._options.round)])

    def finished(self, labels: TextIO) -> Iterator[list[str]]:
        """The rows with the 同趣旨ID of the first that says the same, and how many do."""
        groups = self._copies.groups()
        sizes = _sizes(groups)
        id_column, size_column = self.header.index("同趣旨ID"), self.header.index("同趣旨の件数")
        first_ids: dict[int, str] = {}
        for number, row in enumerate(csv.reader(labels)):
            first = int(groups[number])
            if sizes[first] > 1:
                row[id_column] = first_ids.setdefault(first, row[id_column])
                row[size_column] = str(sizes[first])
            yield row


def _sizes(groups: Groups) -> Counter[int]:
    return Counter(groups.tolist())


def _attributes(opened: Iterator[Opened]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            one.layout.header[column] for source in opened for one in source.lists for column in one.layout.attributes
        )
    )


def _items_of(opened: Opened) -> Iterator[Item]:
    if opened.table:
        yield from opened.table.items
    for one in opened.lists:
        yield from one.items()


def _rest_row(item: Item, round_name: str) -> list[str]:
    same = item.same_as.within if item.same_as else ""
    named = (item.kind, round_name, item.place.file, item.place.within, item.number, item.text)
    return [*named, "、".join(item.departments), item.filed_under, same]


def _write_csv(path: Path, header: Sequence[str], rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as stream:
        cells.write_rows(stream, [header])
        cells.write_rows(stream, rows)


def _write_parquet(path: Path, header: Sequence[str], rows: Iterator[list[str]]) -> None:
    """Text columns as they are, scores as numbers; no formula runs in Parquet, so nothing is guarded."""
    arrow, parquet = need("pyarrow", path), need("pyarrow.parquet", path)
    names = list(header)
    numbers = {n for n, name in enumerate(names) if name.startswith("スコア")} | set(_score_columns(names))
    schema = arrow.schema([(name, arrow.float64() if n in numbers else arrow.string()) for n, name in enumerate(names)])
    with parquet.ParquetWriter(path, schema) as writer:
        waiting: list[list[str]] = []

        def flush() -> None:
            columns = [
                [float(row[n]) if row[n] else None for row in waiting] if n in numbers else [row[n] for row in waiting]
                for n in range(len(names))
            ]
            writer.write_table(
                arrow.Table.from_arrays(
                    [arrow.array(c, t) for c, t in zip(columns, schema.types, strict=True)], schema=schema
                )
            )

        for row in rows:
            waiting.append(row)
            if len(waiting) == _BATCH:
                flush()
                waiting.clear()
        flush()


def _score_columns(names: Sequence[str]) -> range:
    """The columns of the themes: they stand between テーマ and 根拠語."""
    return range(names.index("テーマ") + 1, names.index("根拠語"))
