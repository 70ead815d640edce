"""The file of decisions: ``review.sqlite`` beside the results, to which rows are only ever added.

A decision is on disk when :meth:`DecisionStore.record` returns: SQLite in WAL mode with
``synchronous=FULL`` syncs at each commit, and a transaction that a crash cuts short is gone
as a whole. Several processes may write at once; each waits its turn. Nothing is changed or
deleted, not even by an undo; triggers refuse it to other programs as well. So a copy of the
file can be joined to another: every row has a name of its own (UUID), and joining is a union.

The order of rows is their time, moved on by a microsecond where the clock stands still or goes
back (a hybrid logical clock, Kulkarni et al. 2014): within a file later is later, and joined
files fall into the order of their times.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import tempfile
import threading
import time as clock
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from pipeline.errors import IkenError
from pipeline.records import Decision, Suggested
from pipeline.review.drives import is_network
from pipeline.review.history import DECISION, SETTLE, UNDO, Entry, History

FILE = "review.sqlite"
FORMAT = 1
"""Version of the file. To change it: raise this number and let the store read every older one,
with a file of the older format in ``tests/data`` and a test that opens it."""

_APPLICATION = 0x494B454E  # "IKEN"
_MAGIC = b"SQLite format 3\0"
_WAIT = 30.0
"""Seconds that a writer waits for its turn."""

_SHARED_DRIVE = (
    "確認の記録がネットワークドライブにあります。二人以上で同時に確認するときは、結果のフォルダを各自のPCに写し、"
    "あとで iken review merge でまとめてください"
)

_COLUMNS = (
    *("uuid", "what", "at", "opinion_id", "reviewer", "time", "undoes"),
    *("text_hash", "themes", "kind", "measure", "model", "blind", "note"),
    *("suggested_verdict", "suggested_themes", "suggested_kind", "suggested_measure"),
)

# without a row number there is nothing by which a row could be replaced; the name is all it has
_SCHEMA = f"""\
CREATE TABLE entries (
    uuid TEXT PRIMARY KEY NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('{DECISION}', '{SETTLE}', '{UNDO}')),
    at INTEGER NOT NULL,
    opinion_id TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    time TEXT NOT NULL,
    undoes TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    themes TEXT NOT NULL,
    kind TEXT NOT NULL,
    measure TEXT NOT NULL,
    model TEXT NOT NULL,
    blind INTEGER NOT NULL,
    note TEXT NOT NULL,
    suggested_verdict TEXT NOT NULL,
    suggested_themes TEXT NOT NULL,
    suggested_kind TEXT NOT NULL,
    suggested_measure TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX entries_at ON entries (at);
CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, '確認の記録は書き換えられません'); END;
CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, '確認の記録は消せません'); END;
CREATE TRIGGER entries_are_not_replaced BEFORE INSERT ON entries
    WHEN EXISTS (SELECT 1 FROM entries WHERE uuid = NEW.uuid)
    BEGIN SELECT RAISE(ABORT, '同じ名前の記録があります'); END;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {FORMAT};
"""  # noqa: S608 our own names
_INSERT = f"INSERT INTO entries ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 our own names
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM entries"  # noqa: S608 our own names

Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What joining another file brought.

    Attributes
    ----------
    new, known : int
        Rows that were added, and rows that were here already.
    reviewers : tuple of str
        Whose rows were added.
    """

    new: int
    known: int
    reviewers: tuple[str, ...] = ()


def now() -> str:
    """The time as a decision carries it: ISO 8601 to the millisecond, with the offset."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


class DecisionStore:
    """The decisions of one folder.

    Parameters
    ----------
    path : Path
        ``DIR/review.sqlite``; made when missing.

    Attributes
    ----------
    path : Path
    notes : tuple of str
        What its users ought to know, in Japanese: that it lies on a network drive.

    Raises
    ------
    IkenError
        When the file is something else (it is left alone), is damaged, is of a newer program,
        or cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notes: tuple[str, ...] = ()
        self._lock = threading.RLock()
        _check_header(path)
        with self._reporting():
            self._db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        try:
            with self._reporting():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> DecisionStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go; what was recorded is on disk already."""
        with self._lock, self._reporting():
            self._db.close()

    def record(self, decisions: Sequence[Decision]) -> None:
        """Add decisions, all or none; they are on disk when this returns.

        Raises
        ------
        IkenError
            When they could not be written: then none was.
        """
        self._add(decisions, DECISION)

    def settle(self, decisions: Sequence[Decision]) -> None:
        """Add decisions that settle a disagreement: they stand before everybody's own, later ones too."""
        self._add(decisions, SETTLE)

    def undo(self, opinion_ids: Sequence[str], reviewer: str, time: str) -> None:
        """Take back the reviewer's standing decision of each opinion; what stood before it stands again."""
        self._take_back(opinion_ids, reviewer, time, lambda history: history.entries_by_reviewer().get(reviewer, {}))

    def unsettle(self, opinion_ids: Sequence[str], reviewer: str, time: str) -> None:
        """Take back what settled each opinion, whoever settled it."""
        self._take_back(opinion_ids, reviewer, time, History.settled)

    def history(self) -> History:
        """All that was ever recorded, in order."""
        with self._lock, self._reporting():
            return History.of(_entry(row) for row in self._db.execute(_SELECT))

    def standing(self, reviewer: str | None = None) -> dict[str, Decision]:
        """Per opinion the decision that stands: the reviewer's own, or of all (what settles it, else the latest)."""
        return self.history().standing(reviewer)

    def by_reviewer(self) -> dict[str, dict[str, Decision]]:
        """Reviewer → opinion → the reviewer's standing decision."""
        return self.history().by_reviewer()

    def merge(self, other: Path) -> Merged:
        """Add what another file knows; that file is only read.

        Joining twice, or in another order, gives the same.

        Raises
        ------
        IkenError
            When the other file is missing, is something else or is damaged: then nothing was added.
        """
        rows = read_rows(other)
        with self._writing():
            known = {name for (name,) in self._db.execute("SELECT uuid FROM entries")}
            new = [row for row in rows if row[0] not in known]
            self._db.executemany(_INSERT, new)
        return Merged(len(new), len(rows) - len(new), tuple(dict.fromkeys(str(row[4]) for row in new)))

    def _prepare(self) -> None:
        self._db.execute("PRAGMA synchronous = FULL")
        with self._transaction():
            if self._db.execute("PRAGMA user_version").fetchone() == (0,):
                # one statement at a time: executescript would commit first
                for statement in _statements(_SCHEMA):
                    self._db.execute(statement)
        # WAL needs memory that all writers share, which a network drive has not
        wanted = "delete" if is_network(self.path) else "wal"
        mode = self._patiently(lambda: str(self._db.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0]))
        if mode != "wal":
            self.notes = (_SHARED_DRIVE,)

    def _patiently(self, act: Callable[[], str]) -> str:
        # changing the journal needs the file alone, and SQLite does not wait for that by itself
        end = clock.monotonic() + _WAIT
        while True:
            try:
                return act()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or clock.monotonic() > end:
                    raise
                clock.sleep(0.02)

    def _add(self, decisions: Sequence[Decision], what: str) -> None:
        for one in decisions:
            if not one.reviewer.strip():
                raise IkenError("確認者の名前がありません", file=str(self.path), remedy="確認者の名前を入れてください")
        with self._writing():
            at = self._last()
            for one in decisions:
                at = max(at + 1, _microseconds(one.time))
                self._db.execute(_INSERT, _row(one, what, at))

    def _take_back(
        self,
        opinion_ids: Sequence[str],
        reviewer: str,
        time: str,
        standing: Callable[[History], dict[str, Entry]],
    ) -> None:
        with self._writing():
            stands = standing(self.history())
            at = self._last()
            for name in dict.fromkeys(opinion_ids):
                if name in stands:
                    at = max(at + 1, _microseconds(time))
                    empty = [""] * (len(_COLUMNS) - 7)
                    own = (str(uuid.uuid4()), UNDO, at, name, clean(reviewer), time, stands[name].uuid)
                    self._db.execute(_INSERT, (*own, *empty))

    def _last(self) -> int:
        last = self._db.execute("SELECT max(at) FROM entries").fetchone()[0]
        return int(last) if last is not None else -1

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, self._reporting(), self._transaction():
            yield

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        with _reported(self.path):
            yield


def read_history(path: Path) -> History:
    """Read a file of decisions without touching it; an empty history where there is none.

    Raises
    ------
    IkenError
        When the file is something else, damaged, or of a newer program.
    """
    return History.of(_entry(row) for row in read_rows(path)) if path.exists() else History()


def read_rows(path: Path) -> list[Row]:
    """Read the rows of a file that is not to be touched: nothing is left beside it either."""
    if not path.is_file():
        raise IkenError("確認の記録がありません", file=str(path), remedy="review.sqlite の場所を確かめてください")
    if not _check_header(path):
        return []
    with _reported(path):
        if _can_be_read_in_place(path):
            # elsewhere a process may have died within a commit, which only a writer can take back
            with contextlib.suppress(sqlite3.OperationalError):
                return _select(path, "ro")
        with tempfile.TemporaryDirectory(prefix="iken-review-") as folder:
            copy = Path(folder) / FILE
            for ending in ("", "-wal", "-journal"):
                if path.with_name(path.name + ending).exists():
                    shutil.copyfile(path.with_name(path.name + ending), copy.with_name(FILE + ending))
            return _select(copy, "rw")


def _can_be_read_in_place(path: Path) -> bool:
    """Whether SQLite reads it without making files beside it: somebody has it open, or it is not in WAL mode."""
    with path.open("rb") as file:
        is_wal = file.read(20)[18:] == b"\2\2"
    return not is_wal or path.with_name(path.name + "-shm").exists()


def _select(path: Path, mode: str) -> list[Row]:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    with contextlib.closing(sqlite3.connect(uri, timeout=_WAIT, uri=True)) as db:
        return db.execute(_SELECT).fetchall()


def clean(text: str) -> str:
    """What can be written: half of a character that was cut becomes �."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _check_header(path: Path) -> bool:
    """Whether there is a file of ours already; what is something else is refused before it is touched."""
    if path.is_dir():
        raise IkenError("フォルダです", file=str(path), remedy="review.sqlite の場所を指定してください")
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise IkenError(
            f"確認の記録が読めません（{error.strerror or error}）", file=str(path), remedy="読む権限を確かめてください"
        ) from error
    if not head:  # made and not filled before the machine stopped
        return False
    if head[:16] != _MAGIC or int.from_bytes(head[68:72], "big") != _APPLICATION:
        raise IkenError(
            "確認の記録ではないファイルです（そのまま残します）",
            file=str(path),
            remedy="別の場所へ移すか、名前を変えてから、もう一度開いてください",
        )
    version = int.from_bytes(head[60:64], "big")
    if version > FORMAT:
        raise IkenError(
            f"新しい版の iken で作られた確認の記録です（形式 {version}、この版は {FORMAT}）",
            file=str(path),
            remedy="iken を新しくしてください",
        )
    return True


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _told(error, path) from error
    except OSError as error:
        raise IkenError(
            f"確認の記録が読めません（{error.strerror or error}）", file=str(path), remedy="読む権限を確かめてください"
        ) from error


def _told(error: sqlite3.Error, path: Path) -> IkenError:
    text = str(error)
    what = f"確認の記録を使えません（{text}）"
    remedy = "フォルダに書き込む権限と空き容量があるかを確かめるか、フォルダを自分のPCに写してください"
    if "locked" in text or "busy" in text:
        what = "確認の記録を、ほかの人か別の画面が使い続けています"
        remedy = "ほかの画面を閉じて、もう一度行ってください"
    elif "readonly" in text or "unable to open" in text:
        what = "確認の記録に書き込めません"
    elif "full" in text:
        what = "空き容量がなく、確認の記録に書き込めません"
    elif "malformed" in text or "not a database" in text or "no such" in text:
        what = "確認の記録が壊れています（そのまま残します）"
        remedy = "控えから戻すか、別の名前にして残し、iken review merge で読める記録をまとめてください"
    return IkenError(what, file=str(path), remedy=remedy)


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _microseconds(time: str) -> int:
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None:
        raise ValueError(f"the time of a decision has no offset: {time}")
    return max(0, round(moment.timestamp() * 1_000_000))


def _row(one: Decision, what: str, at: int) -> Row:
    texts = (
        *(one.text_hash, _names(one.themes), one.kind, one.measure, one.model),
        *(one.note, one.suggested.verdict, _names(one.suggested.themes), one.suggested.kind, one.suggested.measure),
    )
    before, after = texts[:5], texts[5:]
    own = (str(uuid.uuid4()), what, at, clean(one.opinion_id), clean(one.reviewer), one.time, "")
    return (*own, *map(clean, before), int(one.blind), *map(clean, after))


def _names(themes: tuple[str, ...]) -> str:
    return json.dumps(themes, ensure_ascii=False)


def _entry(row: Row) -> Entry:
    told = dict(zip(_COLUMNS, row, strict=True))
    text = {name: str(value) for name, value in told.items()}
    decision = None
    if text["what"] != UNDO:
        decision = Decision(
            opinion_id=text["opinion_id"],
            text_hash=text["text_hash"],
            themes=tuple(json.loads(text["themes"])),
            kind=text["kind"],
            measure=text["measure"],
            reviewer=text["reviewer"],
            time=text["time"],
            model=text["model"],
            blind=bool(told["blind"]),
            suggested=Suggested(
                text["suggested_verdict"],
                tuple(json.loads(text["suggested_themes"])),
                text["suggested_kind"],
                text["suggested_measure"],
            ),
            note=text["note"],
        )
    return Entry(
        uuid=text["uuid"],
        what=text["what"],
        at=int(told["at"]),
        opinion_id=text["opinion_id"],
        reviewer=text["reviewer"],
        time=text["time"],
        decision=decision,
        undoes=text["undoes"],
    )
