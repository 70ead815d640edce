"""The card's own promises, in a browser on an empty page: saved means on disk, blind means blind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pipeline.records import Measure, Plan
from pipeline.review.decisions import DecisionStore
from pipeline.review.messages import answer
from pipeline.review.queue import BLIND, DIFFERING, IN_ORDER
from pipeline.review.session import Choice, ReviewSession
from scripts.lab import CHROMIUM, bare_card, browser
from tests.test_review_queue import one, results

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

PLAN = Plan((Measure("1(1)", "1 学び", "講座", ""), Measure("1(2)", "1 学び", "案内", "")))
ROUND = replace(
    results([one(name, same="S" if name in "bd" else "", text=f"意見{name}<b>会費</b>") for name in "abcdefgh"]),
    plan=PLAN,
)


@dataclass
class Kernel:
    """Answers as the notebook's kernel does; ``mute`` swallows them."""

    session: ReviewSession
    mute: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, question: dict[str, Any]) -> object:
        self.asked.append(question)
        return None if self.mute else answer(self.session, question, {})

    def decisions(self) -> list[dict[str, Any]]:
        return [question for question in self.asked if question["do"] == "decide"]


@pytest.fixture(scope="module")
def window() -> Iterator[Page]:
    with browser() as opened:
        opened.page.set_default_timeout(10_000)
        yield opened.page


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    with DecisionStore(tmp_path / "review.sqlite") as store:
        session = ReviewSession(ROUND, store, "田中")
        session.choose(IN_ORDER)
        yield Kernel(session)


@pytest.fixture
def page(window: Page, kernel: Kernel) -> Iterator[Page]:
    fresh = window.context.new_page()
    fresh.set_default_timeout(10_000)
    bare_card(fresh, kernel)
    fresh.locator(".iken-review").focus()
    yield fresh
    fresh.close()


def press(page: Page, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def shown(page: Page) -> str | None:
    return page.locator(".iken-review").get_attribute("data-key")


def status(page: Page, text: str) -> None:
    expect(page.locator(".iken-review .status")).to_contain_text(text)


def test_the_next_card_is_here_before_the_answer_and_saved_is_said_after_it(page: Page, kernel: Kernel) -> None:
    kernel.mute = True
    press(page, "Enter")
    assert shown(page) == "b"
    status(page, "保存中")
    press(page, "Enter Enter")  # no second decision is on its way before the first is on disk
    assert len(kernel.decisions()) == 1
    assert shown(page) == "b"


def test_enter_pressed_while_saving_counts_once_it_is_saved(page: Page, kernel: Kernel) -> None:
    press(page, "Enter Enter Enter")
    status(page, "保存ずみ")
    page.wait_for_function("document.querySelector('.iken-review').dataset.key > 'b'")
    assert len(kernel.session.store.standing()) >= 3  # a, and b with d that says the same


def test_what_could_not_be_saved_is_said_and_the_card_comes_back(page: Page, kernel: Kernel) -> None:
    page.keyboard.press("n")
    page.keyboard.type("メモ")
    press(page, "Escape 2")
    kernel.session.store.close()
    press(page, "Enter")
    banner = page.locator(".iken-review > .banner")
    expect(banner).to_contain_text("保存できません")
    assert banner.get_attribute("role") == "alert"
    assert shown(page) == "a"
    assert page.locator("textarea").input_value() == "メモ"
    assert page.locator("[data-chip=theme1]").get_attribute("aria-pressed") == "true"


def test_a_silent_kernel_is_noticed(window: Page, kernel: Kernel) -> None:
    page = window.context.new_page()
    page.clock.install()
    bare_card(page, kernel)
    page.locator(".iken-review").focus()
    kernel.mute = True
    press(page, "Enter")
    page.clock.run_for(4_000)
    status(page, "保存を待っています")
    page.clock.run_for(10_000)
    expect(page.locator(".iken-review > .banner")).to_contain_text("返事がありません")
    assert shown(page) == "a"
    kernel.mute = False
    press(page, "Enter")
    status(page, "保存ずみ")
    page.close()


def test_keys(page: Page, kernel: Kernel) -> None:
    def pressed(chip: str) -> bool:
        return page.locator(f"[data-chip={chip}]").get_attribute("aria-pressed") == "true"

    assert pressed("theme0")
    press(page, "1 2")
    assert (pressed("theme0"), pressed("theme1")) == (False, True)
    press(page, "0")
    assert pressed("none")
    press(page, "R v")
    assert pressed("kind3")
    assert pressed("outside")
    press(page, "a")
    assert pressed("filed")
    press(page, "s")
    assert shown(page) == "b"
    press(page, "ArrowLeft Enter")
    status(page, "保存ずみ")
    press(page, "u")
    status(page, "取り消しました")
    assert shown(page) == "a"
    assert not kernel.session.store.standing()
    press(page, "?")
    assert page.locator("dialog").evaluate("dialog => dialog.open")
    press(page, "1 Enter")  # within the dialog the card's keys are asleep; Enter closes it
    assert not page.locator("dialog").evaluate("dialog => dialog.open")
    assert not kernel.session.store.standing()
    press(page, "m")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    press(page, "Escape n")
    page.keyboard.type("1su?")
    assert page.locator("textarea").input_value() == "1su?"
    press(page, "Escape")
    assert page.evaluate("document.activeElement.className") == "iken-review"
    assert shown(page) == "a"


def test_a_group_comes_apart_by_a_key(page: Page, kernel: Kernel) -> None:
    press(page, "s")
    expect(page.locator(".copies summary")).to_contain_text("同趣旨 2 件")
    press(page, "t")
    expect(page.locator(".where")).to_have_text("2 / 8 枚")
    press(page, "Enter")
    status(page, "保存ずみ")
    assert set(kernel.session.store.standing()) == {"b"}


def test_nothing_of_the_suggestion_shines_through_when_blind(page: Page, kernel: Kernel) -> None:
    press(page, "s s s ArrowLeft")
    page.get_by_role("button", name=BLIND).click()
    expect(page.locator(".banner.plain")).to_contain_text("盲検")
    for _ in range(7):
        assert page.locator(".chip[aria-pressed=true]").count() == 0
        assert page.locator("mark, .percent, .words").count() == 0
        press(page, "s")
    press(page, "ArrowLeft Enter")
    expect(page.locator(".iken-review > .banner")).to_contain_text("テーマか「該当なし」")
    press(page, "0 Enter")
    expect(page.locator(".iken-review > .banner")).to_contain_text("種別")
    press(page, "w Enter")
    status(page, "保存ずみ")
    assert all(decision.blind for decision in kernel.session.store.standing().values())


def test_what_reviewers_differ_on_is_settled_by_keys(page: Page, kernel: Kernel) -> None:
    store = kernel.session.store
    for reviewer, themes in (("鈴木", ("資金",)), ("佐藤", ("担い手",))):
        ReviewSession(ROUND, store, reviewer).decide("a", Choice(themes, "要望"))
    page.get_by_role("button", name=DIFFERING).click()
    expect(page.locator(".others h3")).to_have_text(["佐藤", "鈴木"])
    assert page.locator(".others .differs").all_text_contents() == ["≠ 担い手", "≠ 資金"]
    press(page, "j Enter")
    status(page, "保存ずみ")
    assert store.history().settled()["a"].decision is not None
    assert store.standing()["a"].themes == ("資金",)


def test_an_opinion_is_never_read_as_html(page: Page) -> None:
    assert page.locator(".text").text_content() == "意見a<b>会費</b>"
    assert page.locator(".text b").count() == 0


CHANGE_BODY = """
([name, value]) => {
  document.body.removeAttribute("data-jp-theme-light");
  document.body.setAttribute(name, value);
}
"""


def test_light_and_dark_follow_the_place_it_is_shown_in(page: Page) -> None:
    for attribute, value, is_dark in (
        ("data-jp-theme-light", "false", True),
        ("data-jp-theme-light", "true", False),
        ("class", "vscode-dark", True),
        ("class", "vscode-light", False),
        ("class", "vscode-high-contrast-light", False),
    ):
        page.evaluate(CHANGE_BODY, [attribute, value])
        expect(page.locator(".iken-review.dark")).to_have_count(int(is_dark))


@pytest.mark.parametrize("width", [640, 320])
def test_nothing_is_cut_off_on_a_narrow_or_magnified_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_a_screen_reader_says(page: Page) -> None:
    assert page.get_by_role("group", name="テーマ").get_by_role("button").count() == 3
    assert page.get_by_role("group", name="種別").get_by_role("button").count() == 4
    assert page.get_by_role("button", name="担い手", pressed=True).count() == 1
    assert page.get_by_role("textbox", name="メモ").count() == 1
    assert page.get_by_role("combobox", name="施策の一覧").count() == 1
    expect(page.locator("[aria-live=polite].unseen")).to_contain_text("1 / 7。意見a")
    assert page.get_by_role("status").count() == 1
