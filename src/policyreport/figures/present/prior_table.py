"""How the chance of a revision beyond the threshold depends on the prior on revisions."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.records.shares import PriorCell, Threshold

ID = "share-priors"
MEANS = {"zero": "zero", "normal": "may lean one way", "flat": "learnt from past revisions alone"}


def prior_table(voice: Voice, judged: Threshold | None) -> Exhibit:
    """Show the chance under every prior, and without one: "share-priors"; empty where the headline has no probability."""
    if judged is None or judged.probability is None:
        return Exhibit(ID, "")
    formats, cells = voice.formats, judged.prior_cells
    weights = sorted({cell.degrees for cell in cells if cell.degrees is not None})
    rows = list(dict.fromkeys((cell.mean, cell.scale) for cell in cells))
    behind = (judged.observation.id, *judged.inputs)
    body = [
        [MEANS[mean], None if scale is None else formats.number(scale, 2), *_row(voice, judged, mean, scale, weights)]
        for mean, scale in sorted(rows, key=lambda row: (list(MEANS).index(row[0]), row[1] or 0))
    ]
    line = voice.threshold(voice.percent_as_published(judged.threshold))
    chance = voice.value(voice.chance(judged.probability, cells), behind)
    turned = sum(cell.verdict != judged.verdict for cell in cells)
    some = f"{turned} of these {len(cells)} chances (in bold)" if turned else f"None of these {len(cells)} chances"
    return table(
        ID,
        ["Mean revision", "Size of revisions expected, percentage points",
         *(f"Prior worth {formats.number(weight, 0)} revision{'s' * (weight != 1)}" for weight in weights)],
        body,
        f"The chance that {voice.measure(judged.measure)}'s final figure for {judged.period} is {line} or more: {chance}. "
        f"*Under every prior looked at; the last row takes the {judged.revisions} past revisions alone, with no prior. "
        f"{some} would turn the verdict.*",
        voice.source(rows_behind([body, chance])),
        align="lr" + "r" * len(weights),
        wide=True,
        empty="no prior",
    )  # fmt: skip


def _row(voice: Voice, judged: Threshold, mean: str, scale: float | None, weights: Sequence[float]) -> list[str | None]:
    """The chances of one row by the prior's weight; without a prior there is one, in the first column."""
    by = {
        cell.degrees: _cell(voice, judged, cell)
        for cell in judged.prior_cells
        if (cell.mean, cell.scale) == (mean, scale)
    }
    if scale is None:
        return [by[None], *([None] * (len(weights) - 1))]
    return [by.get(weight) for weight in weights]


def _cell(voice: Voice, judged: Threshold, cell: PriorCell) -> str:
    percent = 100 * cell.probability
    digits = 2 if min(percent, 100 - percent) < 1 else 1
    text = voice.value(f"{voice.formats.number(percent, digits)} %", (judged.observation.id, *judged.inputs))
    return text if cell.verdict == judged.verdict else f"**{text}**"
