"""What can go wrong in a user's input, as one named exception."""

from __future__ import annotations


class IkenError(Exception):
    """A fault in the input that the user can mend.

    Parameters
    ----------
    what : str
        What is wrong, in Japanese, without a trailing full stop.
    file : str, optional
        The file as the user named it.
    place : str, optional
        Where in the file: row, sheet, page, key.
    remedy : str, optional
        What to do about it, in Japanese.

    Notes
    -----
    ``str(error)`` is always one line, so the command line prints it as it is.
    """

    def __init__(self, what: str, *, file: str = "", place: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.file = file
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        """Give ``file place: what。remedy`` on one line."""
        where = " ".join(part for part in (self.file, self.place) if part)
        text = f"{where}: {self.what}" if where else self.what
        if self.remedy:
            text += f"。{self.remedy}"
        return " ".join(text.split())


class LedgerError(IkenError):
    """The ledger does not add up: something that was read stands nowhere, or twice."""
