"""A JupyterLab that really runs, and a browser that can reach nothing else: for tests and measurements."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, sync_playwright

from pipeline.review.opening import lab_command, lab_environment

CHROMIUM = Path("/usr/bin/chromium")
_ROOT = Path(__file__).resolve().parent.parent

_TOKEN = "t0ken"  # noqa: S105 of a server that lives as long as the test
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--no-first-run",
)
_PATIENCE = 60.0


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab.

    Attributes
    ----------
    url : str
        Of the notebook, token and all.
    process : Popen
    """

    url: str
    process: subprocess.Popen[bytes]


@dataclass
class Browser:
    """A page, and what it asked of other machines."""

    page: Page
    strangers: list[str] = field(default_factory=list)


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_lab(notebook: Path, home: Path) -> Iterator[Lab]:
    """Start JupyterLab as ``iken review`` does, on a free port, with a home of its own."""
    port = free_port()
    command = [
        *lab_command(notebook),
        "--no-browser",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={_TOKEN}",
        "--ServerApp.allow_root=True",
    ]
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {
        **lab_environment(),
        **own,
        "HOME": str(home),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(_ROOT),
        # whoever asks another machine all the same is sent nowhere
        **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"),
        **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
    }
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lab.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=notebook.parent)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status?token={_TOKEN}", process, home / "lab.log")
        yield Lab(f"http://127.0.0.1:{port}/lab/tree/{notebook.name}?token={_TOKEN}&reset", process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), opener.open(url, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


@contextlib.contextmanager
def browser(width: int = 1280, height: int = 1000) -> Iterator[Browser]:
    """Open chromium; a request to any other machine is stopped and noted."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(_ARGUMENTS))
        page = chromium.new_context(viewport={"width": width, "height": height}, locale="ja-JP").new_page()
        page.set_default_timeout(_PATIENCE * 1000)
        found = Browser(page)

        def look(route: Route) -> None:
            if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                route.continue_()
            else:
                found.strangers.append(route.request.url)
                route.abort()

        page.route("**/*", look)
        try:
            yield found
        finally:
            chromium.close()


def run_all(page: Page) -> None:
    """Run every cell of the notebook that is open, once its kernel is there."""
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#jp-main-statusbar .jp-StatusBar-TextItem')]"
        ".some((item) => /[|] (Idle|アイドル)/.test(item.textContent))"
    )
    page.locator(".lm-MenuBar-item", has_text="Run").first.click()
    page.locator(".lm-Menu-item[data-command='runmenu:run-all']").click()


_BARE_PAGE = """<!doctype html><html lang="ja"><body><div id="place"></div></body></html>"""

# what anywidget gives a front end: a model that sends and tells of messages
_MODEL = """
async (source) => {
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const heard = [];
  const model = {
    on: (name, act) => name === "msg:custom" && heard.push(act),
    off: (name, act) => heard.splice(heard.indexOf(act), 1),
    send: (question) => window.kernel(question).then((answer) => answer && heard.forEach((act) => act(answer))),
  };
  window.close = widget.render({ model, el: document.getElementById("place") });
}
"""


def bare_card(page: Page, kernel: Callable[[dict[str, Any]], object]) -> None:
    """Draw the review card on an empty page; ``kernel`` answers its questions, or not (None)."""
    page.expose_function("kernel", kernel)
    package = _ROOT / "pipeline" / "review"
    page.set_content(_BARE_PAGE)
    page.add_style_tag(path=package / "review_card.css")
    page.evaluate(_MODEL, (package / "review_card.js").read_text(encoding="utf-8"))
    page.wait_for_selector(".iken-review .body > *")
