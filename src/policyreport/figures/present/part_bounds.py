"""Annual values that lack a part: the bounds of the whole."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.tables import table
from policyreport.records.notebooks import CleanRecord
from policyreport.records.shares import BoundedValue


def part_bounds(record: CleanRecord, inputs: Inputs) -> Exhibit:
    """List the values on present boundaries that only have bounds, because a part of the province has no figure.

    Gives "part-bounds", empty where no part is missing.
    """
    voice = Voice(inputs)
    if not record.bounds:
        return Exhibit("part-bounds", "")
    order = sorted(record.bounds, key=lambda bound: (-bound.year, bound.indicator))
    body = [
        [
            voice.indicator(value.indicator),
            str(value.year),
            listed([voice.area(part) for part in value.missing]),
            voice.value(_range(voice, value), value.inputs),
        ]
        for value in order
    ]
    return table(
        voice.id("part-bounds"),
        ["Indicator", "Year", "Former province without a figure", "The whole lies"],
        body,
        f"{len(body)} values of {voice.name} have bounds only. *A former province with much of the weight has no figure; the "
        "bounds hold whatever its figure is, within the limits of the indicator.*",
        voice.source(rows_behind(body)),
        align="lrlr",
        wide=True,
    ).renamed("part-bounds")


def _range(voice: Voice, bounds: BoundedValue) -> str:
    """Between both ends, or beyond the one there is."""
    formats = voice.formats
    if bounds.low is None:
        return f"at most {formats.number(bounds.high or 0.0, 2)}"
    if bounds.high is None:
        return f"at least {formats.number(bounds.low, 2)}"
    return formats.interval(bounds.low, bounds.high, 2)
