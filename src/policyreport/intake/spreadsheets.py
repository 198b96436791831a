"""Text that a spreadsheet program shows and never runs."""

from __future__ import annotations

# What begins a formula in one program or another; tab and line ends hide the sign behind them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula (OWASP, "CSV Injection")."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text
