"""The codebook's colours, made readable on light and on dark ground.

Contrast is that of WCAG 2: (L1 + 0.05) / (L2 + 0.05) of relative luminances, 4.5 for text.
"""

from __future__ import annotations

LIGHT, DARK = "#ffffff", "#16191d"
"""The grounds of the card (``review_card.css`` has the same)."""

WANTED = 6.0
"""More than 4.5, so that the colour is still readable on a ground tinted with itself."""
_STEPS = 50


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (``#rrggbb``), between 1 and 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    high, low = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """Mix two colours; ``share`` of the other.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    parts = (round(a + (b - a) * share) for a, b in zip(_rgb(one), _rgb(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def readable(colour: str, ground: str, wanted: float = WANTED) -> str:
    """Move a colour towards black or white until it is readable on the ground, and no further."""
    end = "#000000" if _luminance(_rgb(ground)) > 0.2 else "#ffffff"
    for step in range(_STEPS + 1):
        moved = mixed(colour, end, step / _STEPS)
        if contrast(moved, ground) >= wanted:
            return moved
    return end


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(rgb: tuple[int, int, int]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
