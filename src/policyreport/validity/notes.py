"""What is said of the study's cells beside their numbers: by design, so that a text changes without a new study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policyreport.formats import EN_DASH, Formats
from policyreport.params.methods import Setting
from policyreport.validity.measures import EXACT_TEST, CellResult

EARLIER = 0.003
"""As `tasks.EARLIER`, which is not loaded for a page; a test holds them equal."""
Settings = Mapping[str, Mapping[str, Setting]]
Cells = Sequence[CellResult]


@dataclass(frozen=True)
class Note:
    """A text under a table, and the cells that it explains.

    Parameters
    ----------
    what : str
        Kind of simulation.
    holds : callable
        Whether the note belongs to a cell, from its design.
    says : callable
        The text, from the cells it belongs to, the report's settings and the formats.
    """

    what: str
    holds: Callable[[Mapping[str, Any]], bool]
    says: Callable[[Cells, Settings, Formats], str]

    def is_of(self, cell: CellResult) -> bool:
        """Tell whether the note belongs to a cell.

        Parameters
        ----------
        cell : CellResult
            A row of the study.

        Returns
        -------
        bool
            By its kind and design alone.
        """
        return cell.design["what"] == self.what and self.holds(cell.design)


def marked(cell: CellResult) -> bool:
    """Tell whether a cell is explained under its table.

    Parameters
    ----------
    cell : CellResult
        A row of the study.

    Returns
    -------
    bool
        True if a note is of it.
    """
    return any(note.is_of(cell) for note in NOTES)


def notes_under(cells: Cells, settings: Settings, formats: Formats) -> list[str]:
    """Write the notes under a table.

    Parameters
    ----------
    cells : sequence of CellResult
        Rows of the table.
    settings : mapping
        Settings of the methods, with which the report draws its verdicts.
    formats : Formats
        Numbers in the page's language.

    Returns
    -------
    list of str
        Texts, with the numbers of these rows.
    """
    found = [(note, [cell for cell in cells if note.is_of(cell)]) for note in NOTES]
    return [note.says(own, settings, formats) for note, own in found if own]


def values(cells: Iterable[CellResult], name: str) -> list[float]:
    """Take one measure of several cells.

    Parameters
    ----------
    cells : iterable of CellResult
        Rows of the study.
    name : str
        ``coverage``.

    Returns
    -------
    list of float
        One a cell that has the measure.
    """
    return [each.value for cell in cells for each in cell.measures if each.name == name]


def between(cells: Iterable[CellResult], name: str, formats: Formats) -> str:
    """Say between which shares a measure lies.

    Parameters
    ----------
    cells : iterable of CellResult
        Rows of the study, one at least with the measure.
    name : str
        ``refused``.
    formats : Formats
        Numbers in the page's language.

    Returns
    -------
    str
        ``between 0 % and 55.2 %``.

    Raises
    ------
    ValueError
        If no row has the measure.
    """
    found = values(cells, name)
    return f"between {formats.percent(min(found))} and {formats.percent(max(found))}"


def _fixed(text: str) -> Callable[[Cells, Settings, Formats], str]:
    return lambda *_: text


def _serial(cells: Cells, settings: Settings, formats: Formats) -> str:
    null = [cell for cell in cells if cell.design.get("slope") == 0]
    rejected = max(values(null or cells, "exact test rejects"))
    held = min(values(cells, "coverage, Theil–Sen"))
    found = max(values(null or cells, "verdict rising or falling"))
    rho = formats.number(float(settings["trend"]["verdict_rho"].value), 1)
    return (
        f"Serial dependence: the exact test rejects too often (up to {formats.percent(rejected)} instead of "
        f"{formats.percent(EXACT_TEST[1], 0)}) and Theil{EN_DASH}Sen's interval holds as little as "
        f"{formats.number(held, 3)}; neither is judged in these rows. A verdict therefore also asks for the line at "
        f"ρ {rho}, and is judged up to that dependence; beyond it, it finds a trend where there is none in up to "
        f"{formats.percent(found)}."
    )


def _short_lists(cells: Cells, settings: Settings, formats: Formats) -> str:
    cells = [cell for cell in cells if not _is_even(cell.design)]
    sizes = sorted({int(cell.design["n"]) for cell in cells})
    short, long = ([cell for cell in cells if cell.design["n"] == size] for size in (sizes[0], sizes[-1]))
    high, off = max(values(short, "bias"), default=0), max(map(abs, values(long, "bias")), default=0)
    few, many, refused = formats.count(sizes[0]), formats.count(sizes[-1]), between(short, "refused", formats)
    return (
        f"Bias is not judged. On lists of {few} tasks the slope comes out too high by up to {formats.number(high, 3)} "
        f"a quarter on the log scale; on lists of {many} it is off by {formats.number(off, 3)} at most. By "
        f"row, {refused} of the lists of {few} tasks are refused; coverage and bias are those of the rest."
    )


def _false_alarms(cells: Cells, settings: Settings, formats: Formats) -> str:
    effect = float(settings["flow"]["verdict_design_effect"].value)
    none = [cell for cell in cells if cell.design["later"] == EARLIER]
    name = "verdict faster or slower"
    told = [
        f"{formats.percent(max(values(own, name)))} at a design effect of {each}"
        for each in sorted({cell.design["design_effect"] for cell in none}, key=float)
        if (own := [cell for cell in none if cell.design["design_effect"] == each])
    ]
    return (
        f"Bias, width and verdicts are not judged. Where nothing changed, a verdict at an assumed design effect of "
        f"{effect:g} is given in up to {', '.join(told)}."
        if told
        else ""
    )


def _uneven(cells: Cells, settings: Settings, formats: Formats) -> str:
    text = (
        "Unequal noise: each slope's error is the larger of its own and the common one, so the spread of the true "
        "slopes comes out too small where it is about one standard error, and the pooled intervals with it. Where "
        "Bartlett's test finds it, the code prints the interval of the area's own slope instead."
    )
    equal = values((cell for cell in cells if cell.design["ratio"] == 0), "equal slopes rejected")
    if not equal:
        return text
    nominal = formats.percent(float(settings["panel"]["equal_slopes_level"].value), 0)
    return (
        f"{text} The test of equal slopes then rejects equal slopes in up to {formats.percent(max(equal))} of the "
        f"repetitions instead of {nominal}; it is not judged in these rows."
    )


def _spreads(cells: Cells, settings: Settings, formats: Formats) -> str:
    scale = formats.number(float(settings["threshold"]["prior_scale_national"].value), 1)
    held = values(cells, "coverage")
    return (
        f"One spread in all repetitions, where the prior expects {scale} points: intervals hold "
        f"{formats.number(min(held), 3)} to {formats.number(max(held), 3)}, too little where revisions are much larger "
        "than that and too much where they are smaller. What decides is the spread, which a history this short does "
        "not tell, so no number of revisions can be refused for it; the prior carries the answer. The chance is "
        "withheld without a history, and told in words below five revisions."
    )


def _one_way(cells: Cells, settings: Settings, formats: Formats) -> str:
    mean = formats.number(float(cells[0].design["mean"]), 2)
    wrong = max(values(cells, "wrong verdict at the margin"))
    return (
        f"Revisions that go up by {mean} points on average: their mean is shown and not subtracted, so the "
        "verdict that a value lies below is "
        f"wrong at the margin in up to {formats.percent(wrong)}; the revision that would turn the verdict is printed "
        "beside it."
    )


def _evenly(cells: Cells, settings: Settings, formats: Formats) -> str:
    held, off = values(cells, "coverage"), values(cells, "bias")
    return (
        "Additions that enter evenly: the method takes them as open from the first day of their interval. Intervals "
        f"hold {formats.number(min(held), 3)} to {formats.number(max(held), 3)}, with a bias of "
        f"{formats.number(min(off), 3)} to {formats.number(max(off), 3)}."
    )


def _found_unequal(cells: Cells, settings: Settings, formats: Formats) -> str:
    """Bartlett's test where noise is equal: residuals of a line have two degrees of freedom fewer than years."""
    found = values((cell for cell in cells if not cell.design["uneven"]), "noise found unequal")
    if not found:
        return ""
    nominal = formats.percent(float(settings["panel"]["bartlett_level"].value), 0)
    return (
        f"Bartlett's test at a nominal {nominal} finds equal noise unequal in {formats.percent(min(found))} to "
        f"{formats.percent(max(found))} of repetitions, since residuals of a line have fewer degrees of freedom than "
        "it counts; intervals are then wider than they need be, and hold."
    )


def _ignored(design: Mapping[str, Any]) -> bool:
    """Whether tasks cluster more than is assumed; learnt clustering is not assumed."""
    assumed = design.get("assumed", 1)
    return isinstance(assumed, int) and assumed < design.get("design_effect", 1)


def _is_even(design: Mapping[str, Any]) -> bool:
    return bool(design.get("entry") == "evenly")


NOTES = (
    Note(
        "completion",
        _ignored,
        _fixed("Tasks that finish in groups: the interval at a design effect of 1 is too narrow."),
    ),
    Note("flow change", _ignored, _fixed("Clustering ignored: why a verdict needs a design effect of 2.")),
    Note("flow change", _is_even, _evenly),
    Note("flow trend", _is_even, _evenly),
    Note("outlook", _ignored, _fixed("Clustering ignored: why the interval is printed at a design effect of 4.")),
    Note(
        "pooling",
        lambda design: design.get("design_effect", 1) > 1,
        _fixed("Tasks that finish in groups inside each list: pooling takes them as independent."),
    ),
    Note("threshold", lambda design: design.get("spread", "prior") != "prior" and not design.get("mean"), _spreads),
    Note("threshold", lambda design: bool(design.get("mean")), _one_way),
    Note("trend", lambda design: design.get("rho", 0) > 0, _serial),
    Note("panel", lambda design: bool(design.get("uneven")), _uneven),
    Note(
        "exposed",
        lambda design: str(design.get("kind")).isdigit() and int(design["kind"]) < 6,
        _fixed("Flagged few-treated: the permutation test alone is used."),
    ),
    Note(
        "ranks",
        lambda design: str(design.get("kind")).endswith("clustered"),
        _fixed("Tasks that finish in groups: standard errors of counts take them as independent."),
    ),
)
"""What is known of cells beforehand, in the order of the table."""
REMARKS = {"flow change": _false_alarms, "flow trend": _short_lists, "panel": _found_unequal}
"""What a table shows without judging it, by kind of simulation; from all of its rows."""
