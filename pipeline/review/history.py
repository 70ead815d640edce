"""What people decided, in order: which decisions stand, and what became of the others.

A history is a set of entries; everything here follows from the set alone, so two files that hold
the same entries say the same, in whatever order they were joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.records import Decision

DECISION = "decision"
UNDO = "undo"
SETTLE = "settle"

STANDS = "有効"
UNDONE = "取消"
REPLACED = "同じ人があとで変更"
OTHERS = "ほかの人の判断を採用"
SETTLED = "協議の結果を採用"
OTHER_TEXT = "文面が変わった"
ELSEWHERE = "この回にない"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the file: it is written once and never changed.

    Attributes
    ----------
    uuid : str
        Its own name, in every copy of the file.
    what : str
        ``decision``; ``settle`` (a decision that settles a disagreement); ``undo``.
    at : int
        Its place in the order: microseconds since 1970, moved on where the clock did not.
    opinion_id, reviewer, time : str
    decision : Decision or None
        None for an undo.
    undoes : str
        The entry that an undo takes back; empty otherwise.
    """

    uuid: str
    what: str
    at: int
    opinion_id: str
    reviewer: str
    time: str
    decision: Decision | None = None
    undoes: str = ""


@dataclass(frozen=True)
class History:
    """All entries, in their order.

    Attributes
    ----------
    entries : tuple of Entry
        Ordered by time; of two at the same microsecond by their name.
    """

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> History:
        """Put entries in order, each once."""
        unique = {entry.uuid: entry for entry in entries}
        return cls(tuple(sorted(unique.values(), key=lambda entry: (entry.at, entry.uuid))))

    @cached_property
    def taken_back(self) -> frozenset[str]:
        """The names of what was undone."""
        return frozenset(entry.undoes for entry in self.entries if entry.what == UNDO)

    def living(self, what: str) -> list[Entry]:
        """The entries of a sort that were not undone."""
        return [entry for entry in self.entries if entry.what == what and entry.uuid not in self.taken_back]

    def entries_by_reviewer(self) -> dict[str, dict[str, Entry]]:
        """Reviewer → opinion → that reviewer's latest living decision; what settles is nobody's own."""
        found: dict[str, dict[str, Entry]] = {}
        for entry in self.living(DECISION):
            found.setdefault(entry.reviewer, {})[entry.opinion_id] = entry
        return found

    def by_reviewer(self) -> dict[str, dict[str, Decision]]:
        """Reviewer → opinion → the standing decision."""
        return {name: _decisions(entries) for name, entries in self.entries_by_reviewer().items()}

    def settled(self) -> dict[str, Entry]:
        """Opinion → the latest living entry that settles it."""
        return {entry.opinion_id: entry for entry in self.living(SETTLE)}

    def standing_entries(self) -> dict[str, Entry]:
        """Opinion → the entry that stands: what settles it, else the latest of anybody."""
        return {entry.opinion_id: entry for entry in self.living(DECISION)} | self.settled()

    def standing(self, reviewer: str | None = None) -> dict[str, Decision]:
        """Opinion → the decision that stands, of one reviewer or of all."""
        if reviewer is None:
            return _decisions(self.standing_entries())
        return _decisions(self.entries_by_reviewer().get(reviewer, {}))

    def about(self, hashes: Mapping[str, str]) -> History:
        """What was decided of these opinions as they read now.

        Parameters
        ----------
        hashes : mapping of str to str
            Opinion → hash of its text.
        """
        return self._only(lambda one: hashes.get(one.opinion_id) == one.text_hash)

    def unseen(self) -> History:
        """Blind decisions of reviewers who had not judged the opinion with the suggestion in view before.

        What somebody decided in view later does not unmake the blind decision.
        """
        seen: set[tuple[str, str]] = set()
        kept = []
        for entry in self.entries:
            if entry.decision is None:
                kept.append(entry)
            elif entry.what == SETTLE or not entry.decision.blind:
                seen.add((entry.reviewer, entry.opinion_id))
            elif (entry.reviewer, entry.opinion_id) not in seen:
                kept.append(entry)
        return History(tuple(kept))

    def _only(self, wanted: Callable[[Decision], bool]) -> History:
        return History(tuple(entry for entry in self.entries if entry.decision is None or wanted(entry.decision)))

    def states(self) -> list[tuple[Entry, str]]:
        """Every decision ever made, with what became of it (有効, 取消, 同じ人があとで変更 …)."""
        stands = {entry.uuid for entry in self.standing_entries().values()}
        own = {entry.uuid for entries in self.entries_by_reviewer().values() for entry in entries.values()}
        settled = self.settled()
        found = []
        for entry in self.entries:
            if entry.what == UNDO:
                continue
            if entry.uuid in self.taken_back:
                state = UNDONE
            elif entry.uuid in stands:
                state = STANDS
            elif entry.what == SETTLE or (entry.opinion_id in settled and entry.uuid in own):
                state = SETTLED
            else:
                state = OTHERS if entry.uuid in own else REPLACED
            found.append((entry, state))
        return found


def _decisions(entries: dict[str, Entry]) -> dict[str, Decision]:
    return {name: entry.decision for name, entry in entries.items() if entry.decision}
