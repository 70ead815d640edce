"""What came before: the same file given twice, and rounds that overlap an earlier one, count once.

Two people may write the same words, and both count. So a row is taken for one that came before only
when something else than the words says so: its number, or its place in the plan's table, with the
same departments; or a file of which at least half came before, word for word.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.kinds import OPINION, REPEATED
from pipeline.language.normalize import normalize, same_text_key
from pipeline.prepare import mask_name
from pipeline.privacy.finding import find_personal, mask
from pipeline.records import Finding, Item, Place, Source

_FEW = 5  # unnumbered rows that recur by chance: 特に困っていることはない
_HALF = 0.5


def read_opinions(folder: Path) -> list[dict[str, str]]:
    """Read back the opinions.csv of a run, guarded cells undone.

    Raises
    ------
    IkenError
        When there is none, or it cannot be read.
    """
    from pipeline.deliver import cells

    path = folder / "opinions.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = cells.read_rows(stream)
            header = next(rows)
            return [dict(zip(header, row, strict=True)) for row in rows]
    except (OSError, csv.Error, StopIteration, ValueError) as error:
        raise IkenError("結果が読めません", file=str(path), remedy="iken run で作り直してください") from error


@dataclass(frozen=True, slots=True)
class Round:
    """An earlier round, as its folder tells it.

    Attributes
    ----------
    folder : Path
    name : str
        The name of the round (回).
    codebook, model : str
        Digests of what it was judged with.
    """

    folder: Path
    name: str
    codebook: str
    model: str


def read_round(folder: Path) -> Round:
    """Read what a folder's run.json says of its round."""
    path = folder / "run.json"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return Round(folder, record["options"]["round"], record["codebook"], record["model"]["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IkenError(
            "前の回の結果が読めません", file=str(path), remedy="iken run の結果のフォルダを指定してください"
        ) from error


class Repeats:
    """Knows what was read before, in earlier rounds and in this run.

    Parameters
    ----------
    earlier : sequence of Path
        Folders of earlier rounds.

    Attributes
    ----------
    rounds : tuple of Round
    findings : list of Finding
        What was noticed.
    """

    def __init__(self, earlier: Sequence[Path] = ()) -> None:
        self.rounds = tuple(read_round(folder) for folder in earlier)
        self.findings: list[Finding] = []
        self._rows: dict[bytes, str] = {}  # numbered or filed rows, and where they came before
        self._texts: Counter[bytes] = Counter()  # all words that came before, unnumbered
        self._files: dict[str, str] = {}
        for one in self.rounds:
            for row in _whole_rows(read_opinions(one.folder)):
                for key in _keys(row, masked=False):
                    self._rows.setdefault(key, f"前の回（{one.name}）")
                self._texts[_text_key(row.text)] += 1

    def same_file(self, path: Path) -> str:
        """The name of a file of this run with the same content; empty when there is none."""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        before = self._files.setdefault(digest, path.name)
        return "" if before is path.name else before

    def mark(self, source: Source, path: Path) -> Source:
        """Put what came before under 重複行."""
        twin = self.same_file(path)
        if twin:
            self._tell(path.name, len(source.items), f"{twin} と同じ中身のファイルです")
            return replace(source, items=tuple(replace(item, kind=REPEATED) for item in source.items))
        items = list(self._marked(source.items, path.name))
        items = self._marked_by_words(items, path.name)
        return replace(source, items=tuple(items))

    def stream(self, items: Iterable[Item], path: Path) -> Iterator[Item]:
        """The same for a list that is read row by row: by number and place alone."""
        if self.same_file(path):
            yield from (replace(item, kind=REPEATED) for item in items)
        else:
            yield from self._marked(items, path.name)

    def _marked(self, items: Iterable[Item], file: str) -> Iterator[Item]:
        before: Counter[str] = Counter()
        unnumbered: dict[bytes, str] = {}  # within one file two people may say the same of one measure
        for item in items:
            keys = _keys(item, masked=bool(self.rounds)) if item.kind == OPINION else ()
            found = next((self._rows[key] for key in keys if key in self._rows), "")
            if found:
                before[found] += 1
            for key in keys[:1]:
                (self._rows if item.number else unnumbered).setdefault(key, found or file)
            yield replace(item, kind=REPEATED) if found else item
        self._rows = {**unnumbered, **self._rows}
        rounds = Counter({where: count for where, count in before.items() if where.startswith("前の回")})
        for where, count in rounds.items():
            self._tell(file, count, f"{where}にある{count}件は、重複行として数えません")
        if before.total() > rounds.total():
            count = before.total() - rounds.total()
            self._tell(file, count, f"番号か置き場所と文面が前の行と同じ{count}件は、重複行として数えません")

    def _marked_by_words(self, items: list[Item], file: str) -> list[Item]:
        """Rows without a number: a list of which half came before is the same list, carried on."""
        here = [(n, _text_key(item.text)) for n, item in enumerate(items) if item.kind == OPINION and not _keys(item)]
        left = Counter(self._texts)
        again = []
        for number, key in here:
            if left[key]:
                left[key] -= 1
                again.append(number)
        if len(again) >= max(_FEW, _HALF * len(here)):
            self._tell(file, len(again), f"前に読んだ一覧と同じ文面の{len(again)}件は、重複行として数えません")
            for number in again:
                items[number] = replace(items[number], kind=REPEATED)
        elif again:
            self.findings.append(
                Finding(
                    "情報", Place(file, ""), f"前に読んだ一覧と同じ文面が{len(again)}件あります（別の声として数えます）"
                )
            )
        self._texts.update(key for _, key in here)
        return items

    def _tell(self, file: str, count: int, what: str) -> None:
        if count:
            self.findings.append(
                Finding("注意", Place(file, ""), what, "別の意見なら、番号を変えるか別の回として実行してください")
            )

    def differences(self, codebook: str, model: str) -> Iterator[str]:
        """What makes this run hard to compare with the earlier rounds."""
        for one in self.rounds:
            for name, mine, theirs in (("コードブック", codebook, one.codebook), ("モデル", model, one.model)):
                if mine != theirs:
                    yield f"前の回（{one.name}）とは別の{name}で判定しています。比べるなら同じものを指定してください"


def _keys(item: Item, *, masked: bool = False) -> tuple[bytes, ...]:
    """What makes a row the same as one before; empty when only its words could.

    An earlier round may have been written with what names a person masked.
    """
    if not item.number and not item.filed_under:
        return ()
    texts = [item.text]
    if masked and (found := find_personal(item.text)):
        texts.append(mask(item.text, found))
    items = [item]
    if masked:
        number, where = mask_name(item.number), mask_name(item.filed_under)
        departments = tuple(map(mask_name, item.departments))
        other = replace(item, number=number, filed_under=where, departments=departments)
        items += [other] if other != item else []
    return tuple(_digest("\x1f".join((*_place(one), same_text_key(text)))) for one in items for text in texts)


def _place(item: Item) -> tuple[str, str, str]:
    """Number, place in the plan and departments."""
    where = normalize(item.filed_under).replace(" ", "")
    return normalize(item.number), where, "、".join(sorted(item.departments))


def _text_key(text: str) -> bytes:
    return _digest(same_text_key(text))


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()


def _whole_rows(rows: Iterable[dict[str, str]]) -> Iterator[Item]:
    """The opinions of a folder as they were read: parts of one comment joined again."""
    waiting: Item | None = None
    parent = ""
    for row in rows:
        mother, _, part = row["意見ID"].partition("-")
        item = Item(
            OPINION,
            row["意見"],
            Place(row["出典"], row["位置"]),
            tuple(name for name in row["担当課"].split("、") if name),
            filed_under=row["計画上の位置"],
            number=row["番号"],
        )
        if waiting and part and mother == parent:
            waiting = replace(waiting, text=waiting.text + item.text)
            continue
        if waiting:
            yield waiting
        waiting, parent = item, mother
    if waiting:
        yield waiting
