"""The legend of departments, and the marks at the end of an opinion （市、高、社）."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.reading.decode import read_text
from pipeline.records import Department

# 市：市民活動推進課 — a mark of up to three characters, a colon, a name.
_LEGEND_ENTRY = re.compile(
    r"(?:^|[（(、,，／/\s])([^（()）、,，：:／/\s]{1,3})[：:]((?:(?!\s[^（()）、,，：:／/\s]{1,3}[：:])[^（()）、,，：:])+)"
)
_ONE_ENTRY = re.compile(
    r"^([^（()）、,，：:／/\s…＝=]{1,2})\s*[：:＝=…]+\s*([^（()）、,，：:。]{1,18}(?:課|室|係|局|部|館|所|会|院|校|園|署|団|センター|プレイス))$"
)
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_BETWEEN_MARKS = re.compile(r"[、,，・／/\s]+")
# In a remark a mark stands between particles and punctuation: プロボノは社; 社ほか.
_REMARK_PIECE = re.compile(r"[、,，。．\s]+|(?<=[^ぁ-ん])は|から|ほか|など|等|他")
_UNKNOWN_MARK = re.compile(r"^[一-龥々ァ-ヶーA-Za-z]$")


def unregistered(mark: str) -> str:
    """How a mark is shown that no legend knows."""
    return f"未登録({mark})"


@dataclass(frozen=True, slots=True)
class Marks:
    """What the marks of one opinion say.

    Attributes
    ----------
    text : str
        The opinion without its marks.
    departments : tuple of str
        Full names in order of appearance, each once.
    remark : str
        The wording of a mark that says more than departments.
    unknown : tuple of str
        Marks that no legend knows.
    """

    text: str
    departments: tuple[str, ...]
    remark: str
    unknown: tuple[str, ...]


class Legend:
    """Which mark stands for which department.

    Two legends may write one department's mark differently (ブ：…, プ：…): both marks stand
    for it. One mark for two departments is an error.
    """

    def __init__(self, entries: Iterable[tuple[str, str]] = (), *, file: str = "") -> None:
        self._names: dict[str, str] = {}
        for mark, name in entries:
            if self._names.setdefault(mark, name) != name:
                raise IkenError(
                    f"記号「{mark}」が「{self._names[mark]}」と「{name}」の二つを指しています",
                    file=file,
                    place="凡例",
                    remedy="記号を分けてください",
                )

    def __bool__(self) -> bool:
        """Whether it knows any mark."""
        return bool(self._names)

    @property
    def departments(self) -> tuple[Department, ...]:
        """The departments in the order of the legend."""
        marks: dict[str, list[str]] = {}
        for mark, name in self._names.items():
            marks.setdefault(name, []).append(mark)
        return tuple(Department(name, tuple(found)) for name, found in marks.items())

    def read_marks(self, text: str) -> Marks:
        """Take the marks off an opinion.

        Marks stand in brackets at the end of the opinion or of a sentence in it. Brackets
        that are no marks （動画等）, （例：…） stay in the text.
        """
        departments: list[str] = []
        remarks: list[str] = []
        unknown: list[str] = []
        kept = ""
        position = 0
        for bracket in _BRACKETS.finditer(text):
            is_last = not _BRACKETS.sub("", text[bracket.end() :]).strip(" 。．　")
            follows_sentence = text[: bracket.start()].rstrip().endswith(("。", "．", "！", "？", "）", ")"))
            found = self._inside(bracket.group(1), is_last=is_last) if is_last or follows_sentence else None
            if found is None:
                continue
            names, remark, strange = found
            departments += names
            unknown += strange
            if remark:
                remarks.append(remark)
            kept += text[position : bracket.start()]
            position = bracket.end()
        kept += text[position:]
        return Marks(
            text=re.sub(r"。{2,}", "。", kept).strip(),
            departments=tuple(dict.fromkeys(departments)),
            remark="／".join(remarks),
            unknown=tuple(dict.fromkeys(unknown)),
        )

    def _inside(self, content: str, *, is_last: bool) -> tuple[list[str], str, list[str]] | None:
        """Departments, remark and unknown marks of a bracket; None when it holds no marks."""
        parts = [part for part in _BETWEEN_MARKS.split(content.strip()) if part]
        if not parts:
            return None
        names = [self._name(part) for part in parts]
        if all(names):
            return [name for name in names if name], "", []
        if not is_last or not self:
            return None
        if all(name or _UNKNOWN_MARK.match(part) for name, part in zip(names, parts, strict=True)):
            strange = [part for name, part in zip(names, parts, strict=True) if not name]
            shown = [name or unregistered(part) for name, part in zip(names, parts, strict=True)]
            return shown, "", strange
        pieces = [piece for piece in _REMARK_PIECE.split(content) if piece]
        mentioned = [name for piece in pieces if (name := self._name(piece))]
        return (mentioned, content.strip(), []) if mentioned else None

    def _name(self, part: str) -> str | None:
        if part in self._names:
            return self._names[part]
        return part if part in self._names.values() else None


def legend_entries(line: str) -> list[tuple[str, str]]:
    """Read a legend's line; fewer than two entries are no legend.

    >>> legend_entries("※各意見の末尾記号は、課名の頭文字（市：市民課、防：防災課）")
    [('市', '市民課'), ('防', '防災課')]
    """
    entries = [(mark, name.strip()) for mark, name in _LEGEND_ENTRY.findall(line)]
    return entries if len(entries) > 1 else []


def one_entry(line: str) -> tuple[str, str] | None:
    """Read a line of a legend that has a line for each department; anything else is none.

    >>> one_entry("市：市民課")
    ('市', '市民課')
    """
    found = _ONE_ENTRY.match(line.strip())
    return (found.group(1), found.group(2).strip()) if found else None


def read_departments(path: Path) -> Legend:
    """Read ``--departments``: a CSV with the columns 記号 and 担当課."""
    reader = csv.DictReader(io.StringIO(read_text(path)))
    fields = [normalize(name or "") for name in reader.fieldnames or ()]
    if "記号" not in fields or "担当課" not in fields:
        raise IkenError(
            "「記号」と「担当課」の列がありません",
            file=str(path),
            place="1行",
            remedy="見出しを 記号,担当課 にしてください",
        )
    reader.fieldnames = fields
    entries = [(row["記号"].strip(), row["担当課"].strip()) for row in reader if row["記号"] and row["担当課"]]
    return Legend(entries, file=str(path))
