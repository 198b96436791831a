"""What a window of years has to be warned of, whichever method looks at it."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.records.base import Flag


def window_flags(years: Sequence[int], *, weak_below: int, shock_years: Sequence[int]) -> tuple[Flag, ...]:
    """Flag a window that is short, or opens in a slump.

    Parameters
    ----------
    years : sequence of int
        Calendar years, rising.
    weak_below : int
        Fewer years raise `weak`.
    shock_years : sequence of int
        First years that raise `starts-in-shock`.

    Returns
    -------
    tuple of Flag
        `weak`, `starts-in-shock`, both or nothing.
    """
    weak = (Flag(code="weak", detail=f"{len(years)} years"),) if len(years) < weak_below else ()
    shock = (Flag(code="starts-in-shock", detail=str(years[0])),) if years[0] in shock_years else ()
    return weak + shock
