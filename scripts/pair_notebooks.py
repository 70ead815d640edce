"""Write each notebook anew from the Markdown beside it; a test holds the two together.

Usage: python -m scripts.pair_notebooks

The Markdown is what one edits and reads in a diff; the .ipynb is what JupyterLab and VS Code open. It has no
outputs, and no name in it depends on the machine.
"""

from __future__ import annotations

from pathlib import Path

import jupytext
import nbformat

from pipeline import resources

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebook_of(markdown: str) -> nbformat.NotebookNode:
    """Make a notebook of Markdown, without outputs."""
    notebook: nbformat.NotebookNode = jupytext.reads(markdown, fmt="md")
    notebook.metadata = nbformat.from_dict(_METADATA)  # type: ignore[no-untyped-call]
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"
        cell["metadata"] = nbformat.from_dict({})  # type: ignore[no-untyped-call]
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def paired(markdown: Path) -> str:
    """Give the notebook that belongs to a Markdown file, as the text of its .ipynb."""
    notebook = notebook_of(markdown.read_text(encoding="utf-8"))
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def main() -> None:
    """Write all of them."""
    for markdown in sorted(resources.notebooks().glob("*.md")):
        markdown.with_suffix(".ipynb").write_text(paired(markdown), encoding="utf-8")
        print(markdown.with_suffix(".ipynb").name)


if __name__ == "__main__":
    main()
