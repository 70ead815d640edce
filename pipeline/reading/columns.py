"""Which column of a list is which: by the names offices use, or as the user says."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.language.normalize import normalize
from pipeline.toml_file import read_toml

ROLES = {"opinion": "意見", "number": "番号", "department": "担当課", "filed_under": "計画上の位置"}
_SPOKEN = {
    "意見": "opinion",
    "番号": "number",
    "担当課": "department",
    "計画上の位置": "filed_under",
    "施策": "filed_under",
}
# 意見番号, 意見提出日, 意見の種類: about the opinion, not the opinion.
_OTHER_ENDS = re.compile(r"(?:番号|no\.?|者|者名|日|日時|数|件数|区分|種類|種別|方法|課|id|分類)$")
_LETTERS = re.compile(r"^[A-Z]{1,2}$")
_HOW = "--columns 意見=見出し,担当課=見出し のように書いてください"


@functools.cache
def _names() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The headings of ``corpus/columns.toml``: of the roles, and of columns that name a person."""
    data = read_toml(resources.corpus("columns.toml"))
    roles, personal = (
        {name: tuple(_fold(heading) for heading in headings) for name, headings in data[table].items()}
        for table in ("roles", "personal")
    )
    return roles, personal


def _fold(name: str) -> str:
    # 問3 ご意見: the question's number says nothing of the column
    return re.sub(r"^(?:問|設問|q)\d+[.:、]?", "", normalize(name).replace(" ", "").casefold())


def _fits(heading: str, name: str) -> bool:
    if not name.endswith("*"):
        return heading == name
    return heading.startswith(name[:-1]) and not _OTHER_ENDS.search(heading)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the user says of the columns (``--columns``).

    Attributes
    ----------
    named : tuple of (str, str)
        Role and heading, in the user's order; a role may have several.
    """

    named: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Columns:
        """Read ``意見=自由記述,担当課=所属``.

        >>> Columns.parse("意見=自由記述,担当課=所属").named
        (('opinion', '自由記述'), ('department', '所属'))

        Raises
        ------
        IkenError
            When a part has no ``=`` or names no role.
        """
        named = []
        # a heading may hold a comma itself: only one before another role parts two
        for part in re.split(r"[,、，](?=\s*[^,、，=＝]{1,8}\s*[=＝])", text):
            role, equals, heading = (piece.strip() for piece in part.replace("＝", "=").partition("="))
            if not equals or not heading:
                raise IkenError(f"列の指定「{part}」が読めません", remedy=_HOW)
            if role not in _SPOKEN:
                raise IkenError(f"「{role}」という役割はありません", remedy=f"使えるのは {'、'.join(_SPOKEN)} です")
            named.append((_SPOKEN[role], heading))
        return cls(tuple(named))

    def roles_of(self, header: Sequence[str]) -> dict[str, tuple[int, ...]] | None:
        """Find the columns in a row of headings; None when one that is named is not there.

        A column may also be named by its letter as a spreadsheet shows it (``C``).
        """
        roles: dict[str, tuple[int, ...]] = {}
        folded = [_fold(name) for name in header]
        for role, heading in self.named:
            if _fold(heading) in folded:
                column = folded.index(_fold(heading))
            elif _LETTERS.match(_fold(heading).upper()) and any(folded):
                column = _letter_column(_fold(heading).upper())
                if column >= len(header):
                    return None
            else:
                return None
            roles[role] = (*roles.get(role, ()), column)
        return roles

    def missing(self, header: Sequence[str]) -> list[str]:
        """The headings named that a row does not have."""
        folded = [_fold(name) for name in header]
        return [
            heading
            for _, heading in self.named
            if _fold(heading) not in folded
            and not (_LETTERS.match(_fold(heading).upper()) and _letter_column(_fold(heading).upper()) < len(header))
        ]


def _letter_column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def find_columns(header: Sequence[str], columns: Columns | None = None) -> dict[str, tuple[int, ...]]:
    """Say which column has which role.

    Parameters
    ----------
    header : sequence of str
        The headings as written.
    columns : Columns, optional
        What the user says; the other roles are found by name.

    Returns
    -------
    dict
        Role (``opinion``, ``number``, ``department``, ``filed_under``) to columns; a role that no
        heading has is left out. A column has one role, the opinion's first. Only the user can give
        a role several columns.
    """
    folded = [_fold(name) for name in header]
    said = (columns or Columns()).roles_of(header)
    if said is None:
        return {}
    roles = dict(said)
    for role, names in _names()[0].items():
        if role in roles:
            continue
        taken = {column for some in roles.values() for column in some}
        for name in names:
            fits = [column for column, text in enumerate(folded) if column not in taken and _fits(text, name)]
            if fits:
                roles[role] = (fits[0],)
                break
    return roles


def names_opinions(heading: str) -> bool:
    """Whether a heading is exactly one of those under which opinions stand."""
    return _fold(heading) in _names()[0]["opinion"]


def is_number_heading(heading: str) -> bool:
    """Whether a heading stands above running numbers."""
    return any(_fits(_fold(heading), name) for name in _names()[0]["number"])


def could_hold_opinions(heading: str) -> bool:
    """Whether a heading is one of those under which opinions stand."""
    return any(_fits(_fold(heading), name) for name in _names()[0]["opinion"])


def personal_kind(heading: str) -> str:
    """What a column says of a person: ``氏名``, ``電話番号`` …; empty for other columns.

    >>> personal_kind("お名前（任意）")
    '氏名'
    """
    folded = _fold(heading)
    for kind, names in _names()[1].items():
        if any(_fits(folded, name) for name in names):
            return kind
    return ""


def spoken(roles: Mapping[str, Sequence[int]], header: Sequence[str]) -> str:
    """Say which heading has which role: ``意見←「ご意見」、番号←「No」``."""
    return "、".join(f"{ROLES[role]}←「{header[column]}」" for role, some in roles.items() for column in some)
