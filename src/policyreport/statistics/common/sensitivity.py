"""Does the headline survive other sensible choices (METHODS §16)? A description, not a test."""

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import product
from statistics import median

from policyreport.records.base import Refusal
from policyreport.records.series import Sensitivity, Specification

METHOD = "sensitivity"
Choices = Mapping[str, str]
Axes = dict[str, list[str]]
Grid = Sensitivity | Refusal
Answer = tuple[float | None, str] | Refusal
"""Result of one specification: an estimate (None where the method has no number) and its verdict."""


def resting_on(grid: Grid, rows: Iterable[str]) -> Grid:
    """Add the ledger rows that a grid was computed from; a refusal stays as it is."""
    return grid if isinstance(grid, Refusal) else grid.model_copy(update={"inputs": tuple(sorted(set(rows)))})


def counted(verdicts: Sequence[str], none: str) -> Answer:
    """Count verdicts of areas that stand out, with the most frequent one; `none` where there are none."""
    return float(len(verdicts)), Counter(verdicts).most_common(1)[0][0] if verdicts else none


def grid(axes: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], ...]:
    """List every combination of choices by axis, declared before the run; the last axis varies fastest."""
    for axis, choices in axes.items():
        if not choices or len(set(choices)) < len(choices):
            raise ValueError(f"distinct choices on axis {axis!r} needed, got {tuple(choices)}")
    return tuple(dict(zip(axes, row, strict=True)) for row in product(*axes.values()))


def run(
    method: str,
    subject: str,
    axes: Mapping[str, Sequence[str]] | Sequence[Choices],
    headline: Choices,
    estimate: Callable[[Choices], Answer],
    basis: Callable[[Choices], Hashable] | None = None,
) -> Sensitivity | Refusal:
    """Estimate every specification and summarise them as `table` does.

    `axes` are the choices by axis; or the declared specifications, where some choices make others irrelevant and there
    is no full grid. The `headline` choices behind the printed figure are one of them. `basis` gives the data and
    settings that the answer to some choices rests on (by default the choices), asked of answered rows only: of rows
    with an equal basis the first is kept and the others are repeats.
    """
    choices_of_rows = grid(axes) if isinstance(axes, Mapping) else axes
    rows = []
    met: set[Hashable] = set()
    # The headline comes first, so that rows with its basis repeat it and not the other way round.
    for choices in sorted(choices_of_rows, key=lambda choices: choices != dict(headline)):
        answer, chosen = estimate(choices), choices == dict(headline)
        if isinstance(answer, Refusal):
            rows.append(Specification(choices=dict(choices), verdict="", headline=chosen, refused=answer.code))
            continue
        rests_on = basis(choices) if basis else tuple(choices.items())
        row = Specification(choices=dict(choices), estimate=answer[0], verdict=answer[1], headline=chosen)
        rows.append(row.model_copy(update={"repeats": rests_on in met}))
        met.add(rests_on)
    return table(method, subject, rows)


def table(method: str, subject: str, specifications: Sequence[Specification]) -> Sensitivity | Refusal:
    """Summarise all declared specifications, exactly one of them marked as the headline.

    Returns
    -------
    Sensitivity or Refusal
        Rows by estimate, those without one last. `of` counts the distinct rows with an answer, `agree` those of them
        with the headline's verdict; repeats and refused rows are counted apart. `most_different` names the choices
        in which the row farthest from the headline departs from it, among rows of another verdict if there are any.
        A refused headline gives its refusal, as there is nothing to survive.

    References
    ----------
    Simonsohn, Simmons, Nelson (2020), Nature Human Behaviour 4:1208-1214; Steegen, Tuerlinckx, Gelman,
    Vanpaemel (2016), Perspectives on Psychological Science 11:702-712.
    """
    marked = [row for row in specifications if row.headline]
    if len(marked) != 1:
        raise ValueError(f"exactly one headline specification needed, got {len(marked)}")
    headline = marked[0]
    if headline.refused:
        return Refusal(code=headline.refused, method=METHOD, subject=f"{method} {subject}", detail="headline")
    ordered = tuple(sorted(specifications, key=_order))
    distinct = [row for row in ordered if not row.refused and not row.repeats]
    estimates = [row.estimate for row in distinct if row.estimate is not None]
    return Sensitivity(
        method=method,
        subject=subject,
        specifications=ordered,
        agree=sum(row.verdict == headline.verdict for row in distinct),
        of=len(distinct),
        repeated=sum(row.repeats for row in ordered),
        refused=sum(bool(row.refused) for row in ordered),
        median=median(estimates) if estimates else None,
        low=min(estimates, default=None),
        high=max(estimates, default=None),
        most_different=_most_different(headline, distinct),
    )


def _order(row: Specification) -> tuple[float, str, tuple[tuple[str, str], ...]]:
    """By estimate, then those without one, then the refused; ties by the choices' names."""
    place = math.inf if row.estimate is None else row.estimate
    return place, row.refused, tuple(sorted(row.choices.items()))


def _most_different(headline: Specification, rows: Sequence[Specification]) -> str:
    """Name the row farthest from the headline; empty if every row agrees."""
    answered = [row for row in rows if not row.refused and not row.headline]
    other = [row for row in answered if row.verdict != headline.verdict]
    candidates = other or [row for row in answered if _distance(row, headline) > 0]
    if not candidates:
        return ""
    farthest = max(candidates, key=lambda row: _distance(row, headline))
    return ", ".join(f"{axis} {pick}" for axis, pick in farthest.choices.items() if headline.choices[axis] != pick)


def _distance(row: Specification, headline: Specification) -> float:
    """Distance between two estimates; 0 where one of them has no number."""
    if row.estimate is None or headline.estimate is None:
        return 0.0
    return abs(row.estimate - headline.estimate)
