"""A text laid out with its words: where each word stands, and what is beside it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.language.tokenize import Word


class Sheet:
    """A text and its words, each with its place.

    Parameters
    ----------
    text : str
        The normalized text with its spaces and line ends (``aligned(…, layout=True).text``).
    words : sequence of Word
        Its words; those of the text without spaces will do.

    Attributes
    ----------
    text : str
    words : tuple of Word
        Those that were found in the text.
    starts, ends : list of int
        Where each of them begins and ends.
    """

    __slots__ = ("_ending", "_starting", "ends", "starts", "text", "words")

    def __init__(self, text: str, words: Sequence[Word]) -> None:
        self.text = text
        self.starts: list[int] = []
        self.ends: list[int] = []
        solid = "".join(text.split())
        letters: Sequence[int] = range(len(text))
        if len(solid) < len(text):
            letters = [place for place, letter in enumerate(text) if not letter.isspace()]
        found = []
        cursor = 0
        for word in words:
            surface = word.surface
            # Not far: a word that is not there must not cost a walk to the end.
            start = solid.find(surface, cursor, cursor + len(surface) + 40)
            if start >= 0:
                cursor = start + len(surface)
                found.append(word)
                self.starts.append(letters[start])
                self.ends.append(letters[cursor - 1] + 1)
        self.words = tuple(found)
        self._starting = {place: number for number, place in enumerate(self.starts)}
        self._ending = {place: number for number, place in enumerate(self.ends)}

    def ending_at(self, place: int) -> int:
        """Number of the word that ends at a place, -1 if none does."""
        return self._ending.get(place, -1)

    def starting_at(self, place: int) -> int:
        """Number of the word that begins at a place, -1 if none does."""
        return self._starting.get(place, -1)

    def between(self, number: int) -> str:
        """What the layout left before a word: "" if it follows the word before it directly."""
        return self.text[self.ends[number - 1] : self.starts[number]] if number else "\n"

    def before(self, place: int, most: int = 30) -> str:
        """The text that ends at a place, so many letters of it."""
        return self.text[max(0, place - most) : place]
