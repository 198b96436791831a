"""Numbers in plain digits, as they were published and without rounding."""

import math
from decimal import Decimal

# Significant digits to which sums and means of published numbers are exact; the rest is binary rounding noise.
_COMPUTED_DIGITS = 12
_ESTIMATED_DIGITS = 6


def as_published(value: float | Decimal, group: str = "") -> str:
    """Write a number with every digit it was published with: no exponent, no rounding, no trailing zeros.

    A float becomes the shortest text that reads back as the same float, which for up to 15 significant digits is the
    text it was read from; ``f"{value:g}"`` would keep six. `group` separates thousands.
    """
    number = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not number.is_finite():
        return str(float(number))
    text = f"{number:,f}".replace(",", group)
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def as_computed(value: float, group: str = "") -> str:
    """Write a sum or mean of published numbers with their digits, without the noise of binary fractions."""
    return as_published(float(f"{value:.{_COMPUTED_DIGITS}g}"), group)


def as_estimated(value: float, group: str = "") -> str:
    """Write an estimate with six significant digits, and three decimals where it is large: no published digit goes."""
    if not math.isfinite(value):
        return str(value)
    digits = max(_ESTIMATED_DIGITS, len(str(int(abs(value)))) + 3)
    return as_published(float(f"{value:.{digits}g}"), group)
