"""The documentation says what the program does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.refresh_readme import refreshed
from tests.conftest import ROOT

READMES = ("README.md", "README.ja.md")


def commands(name: str) -> list[str]:
    """The commands of a README's shell blocks, without their comments."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line.split("#")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_both_readmes_name_the_same_commands() -> None:
    assert commands("README.md") == commands("README.ja.md")
    assert commands("README.md")[:2] == ["make run", "make test"]


@pytest.mark.parametrize("name", READMES)
def test_the_output_shown_is_the_real_output(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "合計(実数)" in text
    assert refreshed(text) == text, "run: python scripts/refresh_readme.py"


@pytest.mark.parametrize("name", READMES)
def test_every_command_and_option_is_documented(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "--help"], capture_output=True, encoding="utf-8", check=True
    )
    for command in re.findall(r"│ (\w+)  ", shown.stdout):
        assert f"iken {command}" in text
    options = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", "run", "--help"], capture_output=True, encoding="utf-8", check=True
    )
    for option in set(re.findall(r"--[a-z]+", options.stdout)) - {"--help"}:
        assert option in text


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_links_and_files_named_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target
    for path in re.findall(r"`((?:pipeline|corpus|models|scripts)/[\w./]+)`", text):
        assert (ROOT / path).exists(), path


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout.split()
    forbidden = ("pypi" + ".org", "files.python" + "hosted", "/ho" + "me/", "/ro" + "ot/")
    for name in files:
        path = Path(ROOT, name)
        if path.suffix in (".skops", ".npz", ".png") or not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        for word in forbidden:
            assert word not in text, f"{name}: {word}"
