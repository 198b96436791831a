"""The colours of every figure; the site replaces exactly these hexes by its CSS variables for the dark theme.

Ink and paper swap in the dark theme, and so does the sequential scale: its first class is the one nearest to
the paper. Text on the first three classes is ink, on the last two paper, in both themes.
"""

INK = "#1A1D21"
MUTED = "#5B6470"
RULE = "#D9DDE2"
CONTEXT = "#8A929C"
CONTEXT_LIGHT = "#C5CBD3"
ACCENT = "#0B6E6E"
ACCENT_LIGHT = "#9CCFCB"
THRESHOLD = "#B45309"
PAPER = "#FFFFFF"

# Single hue, five classes, lightness in near-equal steps of CIE L* from 95 to 30.
SEQUENTIAL = ("#DDF1EF", "#AFDBD7", "#76BDB9", "#277F7D", "#06484A")
SEQUENTIAL_DARK = ("#123436", "#1A4F50", "#24706F", "#62B5B0", "#BFE9E4")


def text_on_class(index: int) -> str:
    """Ink or paper: the text colour that is readable on a class (0 to 4) of the sequential scale."""
    return INK if index < 3 else PAPER
