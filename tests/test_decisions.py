"""The file of decisions: nothing that was decided is lost, whoever writes and whenever the machine stops."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import IkenError
from pipeline.review.decisions import DecisionStore, now, read_history
from pipeline.review.drives import file_system
from pipeline.review.history import DECISION, OTHERS, REPLACED, SETTLED, STANDS, UNDONE
from tests.conftest import ROOT
from tests.torture import decision


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DecisionStore]:
    with DecisionStore(tmp_path / "review.sqlite") as found:
        yield found


def test_a_decision_comes_back_as_it_was_made(store: DecisionStore) -> None:
    made = replace(
        decision("O1", "佐藤 花子", "資金", "交流"), blind=True, note="会費と助成の両方\n「要確認」", measure="計画外"
    )
    none = decision("O2")
    store.record([made, none])
    store.close()
    with DecisionStore(store.path) as again:
        assert again.standing() == {"O1": made, "O2": none}
        assert again.standing()["O2"].themes == ()  # none applies, which is not the same as not reviewed
        assert "O3" not in again.standing()


def test_half_a_character_is_no_reason_to_lose_a_decision(store: DecisionStore) -> None:
    store.record([replace(decision("O1"), note="絵文字の半分\ud83d")])
    assert store.standing()["O1"].note == "絵文字の半分�"


def test_an_undo_gives_back_what_stood_before(store: DecisionStore) -> None:
    first, second, others = decision("O1", "佐藤", "資金"), decision("O1", "佐藤", "交流"), decision("O1", "鈴木")
    for one in (others, first, second):
        store.record([one])
    store.undo(["O1", "O9"], "佐藤", now())
    assert store.standing() == {"O1": first}
    store.undo(["O1"], "佐藤", now())
    store.undo(["O1"], "佐藤", now())  # nothing of that reviewer is left to take back
    assert store.standing() == {"O1": others}
    assert store.standing("佐藤") == {}


def test_what_settles_a_disagreement_stands_before_all_and_is_nobodys_own(store: DecisionStore) -> None:
    first, second, settled = decision("O1", "佐藤", "資金"), decision("O1", "鈴木"), decision("O1", "佐藤", "交流")
    store.record([first])
    store.settle([settled])
    store.record([second])
    assert store.standing() == {"O1": settled}
    assert store.by_reviewer() == {"佐藤": {"O1": first}, "鈴木": {"O1": second}}
    assert [state for _, state in store.history().states()] == [SETTLED, STANDS, SETTLED]
    store.unsettle(["O1"], "鈴木", now())
    assert store.standing() == {"O1": second}
    assert [state for _, state in store.history().states()] == [OTHERS, UNDONE, STANDS]


def test_everything_ever_decided_is_told_with_what_became_of_it(store: DecisionStore) -> None:
    for themes in ((), ("資金",), ("交流",)):
        store.record([decision("O1", "佐藤", *themes)])
    store.undo(["O1"], "佐藤", now())
    assert [state for _, state in store.history().states()] == [REPLACED, STANDS, UNDONE]


def test_a_decision_without_a_reviewer_is_refused_and_with_it_its_whole_call(store: DecisionStore) -> None:
    with pytest.raises(IkenError, match="確認者"):
        store.record([decision("O1"), decision("O2", " ")])
    with pytest.raises(ValueError, match="offset"):
        store.record([decision("O1"), decision("O2", at="2026-04-01T10:00:00")])
    assert store.standing() == {}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET note = 'x'",
        "DELETE FROM entries",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries",
    ],
)
def test_no_program_can_change_or_delete_what_was_decided(store: DecisionStore, statement: str) -> None:
    store.record([decision("O1")])
    before = store.history()
    with pytest.raises(sqlite3.IntegrityError), closing(sqlite3.connect(store.path)) as other:
        other.execute(statement)
    assert store.history() == before


@pytest.mark.parametrize("body", [b"text,themes\r\n", b"SQLite format 3\0" + b"\0" * 84, b"\0"])
def test_a_file_that_is_something_else_is_refused_and_left_alone(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "review.sqlite"
    path.write_bytes(body)
    for open_it in (DecisionStore, read_history):
        with pytest.raises(IkenError, match="確認の記録ではない") as caught:
            open_it(path)
        assert caught.value.remedy
    assert path.read_bytes() == body
    assert list(tmp_path.iterdir()) == [path]


def test_another_programs_database_and_a_newer_format_are_refused(tmp_path: Path, store: DecisionStore) -> None:
    foreign = tmp_path / "foreign.sqlite"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE entries (uuid)")
    with pytest.raises(IkenError, match="確認の記録ではない"):
        DecisionStore(foreign)
    with pytest.raises(IkenError, match="確認の記録ではない"):
        store.merge(foreign)
    store.close()
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(IkenError, match="99"):
        DecisionStore(store.path)


def test_a_damaged_file_is_named_and_left_as_it_is(store: DecisionStore) -> None:
    store.record([decision(f"O{number}") for number in range(200)])
    store.close()
    body = bytearray(store.path.read_bytes())
    body[4096:] = b"\xff" * (len(body) - 4096)
    store.path.write_bytes(body)
    with pytest.raises(IkenError, match="壊れています") as caught:
        read_history(store.path)
    assert "控え" in caught.value.remedy
    assert store.path.read_bytes() == body


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_can_be_read_and_says_why_it_is_not_written(store: DecisionStore) -> None:
    store.record([decision("O1")])
    store.close()
    store.path.chmod(0o444)
    store.path.parent.chmod(0o555)
    try:
        assert len(read_history(store.path).entries) == 1
        with pytest.raises(IkenError, match="書き込めません"):
            DecisionStore(store.path).record([decision("O2")])
    finally:
        store.path.parent.chmod(0o755)


def test_on_a_network_drive_it_works_without_shared_memory_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.review.decisions.is_network", lambda _: True)
    path = tmp_path / "review.sqlite"
    with DecisionStore(path) as store:
        store.record([decision("O1")])
        assert "iken review merge" in store.notes[0]
        assert [file.name for file in tmp_path.iterdir()] == ["review.sqlite"]  # no file of shared memory
        with DecisionStore(path) as another:
            assert set(another.standing()) == {"O1"}
        assert set(read_history(path).standing()) == {"O1"}
        assert [file.name for file in tmp_path.iterdir()] == ["review.sqlite"]


def test_a_drive_is_known_by_the_nearest_mount() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\n//server/share /mnt/共有\\040課 cifs rw 0 0\n/dev/sdb1 /mnt ext4 rw 0 0\n"
    assert file_system(Path("/mnt/共有 課/結果"), mounts) == "cifs"
    assert file_system(Path("/mnt/共有/結果"), mounts) == "ext4"


def test_merging_joins_only_what_is_new_and_leaves_the_other_folder_as_it_was(
    tmp_path: Path, store: DecisionStore
) -> None:
    (tmp_path / "other").mkdir()
    other = DecisionStore(tmp_path / "other" / "review.sqlite")
    other.record([decision("O1", "鈴木", "資金"), decision("O2", "鈴木")])
    other.undo(["O2"], "鈴木", now())
    other.close()
    before = {file.name: file.read_bytes() for file in (tmp_path / "other").iterdir()}
    store.record([decision("O1", "佐藤")])
    joined = store.merge(other.path)
    assert (joined.new, joined.known, joined.reviewers) == (3, 0, ("鈴木",))
    again = store.merge(other.path)
    assert (again.new, again.known) == (0, 3)
    assert {file.name: file.read_bytes() for file in (tmp_path / "other").iterdir()} == before
    assert set(store.by_reviewer()) == {"佐藤", "鈴木"}
    with pytest.raises(IkenError, match="ありません"):
        store.merge(tmp_path / "nowhere.sqlite")


def test_a_file_in_use_or_left_by_a_killed_process_is_read_with_its_last_rows(
    tmp_path: Path, store: DecisionStore
) -> None:
    store.record([decision("O1")])
    assert len(read_history(store.path).entries) == 1
    (tmp_path / "copy").mkdir()
    for file in tmp_path.glob("review.sqlite*"):
        if not file.name.endswith("-shm"):  # as after a crash, or copied while it was open
            shutil.copy(file, tmp_path / "copy" / file.name)
    before = sorted(file.name for file in (tmp_path / "copy").iterdir())
    assert len(read_history(tmp_path / "copy" / "review.sqlite").entries) == 1
    assert sorted(file.name for file in (tmp_path / "copy").iterdir()) == before


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "review.sqlite"
    command = [sys.executable, "-m", "tests.torture", "write", str(path)]
    writers = [subprocess.Popen([*command, name, "1000"], cwd=ROOT) for name in ("佐藤", "鈴木")]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    history = read_history(path)
    assert {name: len(own) for name, own in history.by_reviewer().items()} == {"佐藤": 1000, "鈴木": 1000}
    assert len({entry.at for entry in history.entries}) == 2000
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_process_killed_a_hundred_times_leaves_the_file_sound_and_every_decision_in_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.torture", "kill", str(tmp_path / "review.sqlite"), "100"]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=ROOT, timeout=300).stdout)
    assert told["faults"] == []
    assert told["promised"] >= 100


# --- against a model in plain Python

NAMES, OPINIONS, THEMES = ("佐藤", "鈴木"), ("O1", "O2", "O3"), ("資金", "交流")
START = datetime(2026, 4, 1, 9, 0, tzinfo=timezone(timedelta(hours=9)))


@dataclass
class Model:
    """What a file should say: for each opinion and person a pile of decisions, the settled ones on their own."""

    piles: dict[tuple[str, str], list[tuple[int, tuple[str, ...]]]] = field(default_factory=dict)

    def do(self, number: int, what: str, opinion: str, owner: str, themes: tuple[str, ...]) -> None:
        pile = self.piles.setdefault((opinion, owner if what in ("record", "undo") else ""), [])
        if what in ("record", "settle"):
            pile.append((number, themes))
        elif pile:
            pile.pop()

    def standing(self) -> dict[str, tuple[str, ...]]:
        found = {}
        for opinion in OPINIONS:
            settled = self.piles.get((opinion, ""), [])
            own = [pile[-1] for name in NAMES if (pile := self.piles.get((opinion, name)))]
            if settled or own:
                found[opinion] = settled[-1][1] if settled else max(own)[1]
        return found


acts = st.tuples(
    st.sampled_from(("record", "record", "undo", "settle", "unsettle")),
    st.sampled_from(OPINIONS),
    st.sampled_from(NAMES),
    st.sets(st.sampled_from(THEMES)).map(lambda themes: tuple(sorted(themes))),
)


def perform(store: DecisionStore, at: datetime, what: str, opinion: str, owner: str, themes: tuple[str, ...]) -> None:
    made = decision(opinion, owner, *themes, at=at.isoformat())
    if what == "record":
        store.record([made])
    elif what == "settle":
        store.settle([made])
    elif what == "undo":
        store.undo([opinion], owner, made.time)
    else:
        store.unsettle([opinion], owner, made.time)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(acts, st.integers(-90, 90)), max_size=14))
def test_what_stands_is_what_a_plain_model_says_even_when_the_clock_goes_back(
    steps: list[tuple[tuple[str, str, str, tuple[str, ...]], int]],
) -> None:
    model = Model()
    with tempfile.TemporaryDirectory() as folder, DecisionStore(Path(folder) / "review.sqlite") as store:
        for number, (act, minutes) in enumerate(steps):
            perform(store, START + timedelta(minutes=minutes), *act)
            model.do(number, *act)
        assert {name: one.themes for name, one in store.standing().items()} == model.standing()
        for owner in NAMES:
            own = {opinion: pile[-1][1] for (opinion, name), pile in model.piles.items() if name == owner and pile}
            assert {name: one.themes for name, one in store.standing(owner).items()} == own


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from((0, 1)), acts), max_size=12),
    st.integers(0, 12),
)
def test_merging_is_a_union_whatever_the_order_and_however_often(
    steps: list[tuple[int, tuple[str, str, str, tuple[str, ...]]]], early: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = [DecisionStore(Path(folder) / f"{name}.sqlite") for name in "ab"]
        for number, (which, act) in enumerate(steps):
            if number == early:  # joined in the middle of the work, too
                stores[0].merge(stores[1].path)
            perform(stores[which], START + timedelta(minutes=number), *act)
        union = {entry.uuid for store in stores for entry in store.history().entries}
        third = DecisionStore(Path(folder) / "c.sqlite")
        for store in (stores[1], stores[0], stores[1]):
            third.merge(store.path)
        stores[0].merge(stores[1].path)
        stores[1].merge(stores[0].path)
        histories = [store.history() for store in (*stores, third)]
        for store in (*stores, third):
            store.close()
    assert {entry.uuid for entry in histories[0].entries} == union
    assert histories[0] == histories[1] == histories[2]
    assert sum(entry.what == DECISION for entry in histories[0].entries) == sum(act[0] == "record" for _, act in steps)
