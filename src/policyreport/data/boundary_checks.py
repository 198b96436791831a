"""How values came to stand on present boundaries, and how ours compare with the publisher's own there."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from policyreport.data.harmonise.panel import discrepancies
from policyreport.data.inputs import Inputs
from policyreport.records.notebooks import BoundaryBasis, BoundaryCheck, RecalculatedValues, Widths


def check_boundaries(inputs: Inputs) -> tuple[BoundaryCheck, ...]:
    """Check our recalculation where the publisher has its own series on present provinces.

    One check per merged province and indicator, by indicator, the largest difference first.
    """
    settings = inputs.settings.harmonise
    table = discrepancies(inputs.newest, inputs.areas, inputs.indicators, settings)
    checks = []
    for (area, indicator, measure), rows in table[table["merged"].astype(bool)].groupby(
        ["area", "indicator", "measure"]
    ):
        unit: Literal["points", "%"] = "points" if indicator in inputs.indicators.in_points else "%"
        off = rows["difference"] if unit == "points" else rows["percent"]
        worst = int(off.abs().to_numpy().argmax())
        checks.append(
            BoundaryCheck(
                area=str(area),
                indicator=str(indicator),
                measure=str(measure),
                first_year=int(rows["year"].min()),
                last_year=int(rows["year"].max()),
                years=len(rows),
                largest=float(off.iloc[worst]),
                largest_year=int(rows["year"].iloc[worst]),
                mean_absolute=float(off.abs().mean()),
                root_mean_square=float((off**2).mean() ** 0.5),
                unit=unit,
                tolerance=settings.tolerance_points if unit == "points" else settings.tolerance_percent,
                beyond=int(rows["beyond"].sum()),
                inputs=tuple(dict.fromkeys(id for used in rows["inputs"] for id in used)),
            )
        )
    return tuple(sorted(checks, key=lambda check: (check.indicator, -abs(check.largest), check.area)))


def count_bases(inputs: Inputs) -> tuple[BoundaryBasis, ...]:
    """Count by indicator which values were published on present boundaries and which we recalculated, with ranges."""
    panel = inputs.panel[inputs.panel["area"].isin(inputs.provinces)]
    bases = []
    for indicator, rows in panel.groupby("indicator", sort=True):
        known = rows[rows["value"].notna()]
        basis = known["basis"].value_counts()
        bases.append(
            BoundaryBasis(
                indicator=str(indicator),
                first_year=int(known["year"].min()) if len(known) else None,
                last_year=int(known["year"].max()) if len(known) else None,
                published=int(basis.get("published", 0)),
                back_cast=int(basis.get("back-cast", 0)),
                recalculated=int(basis.get("recalculated", 0)),
                missing=len(rows) - len(known),
                ranges=_ranges(known[(known["basis"] == "recalculated") & known["low"].notna()]),
            )
        )
    return tuple(bases)


def _ranges(rows: pd.DataFrame) -> RecalculatedValues | None:
    if rows.empty:
        return None
    return RecalculatedValues(
        weights=tuple(sorted({text for text in rows["weight"] if text})),
        values=len(rows),
        parts=_widths(rows["high"] - rows["low"]),
        other_weights=_widths(rows["weight_high"] - rows["weight_low"]),
        renormalised=int((rows["note"] == "renormalised").sum()),
    )


def _widths(widths: pd.Series[float]) -> Widths | None:
    known = widths.dropna()
    return Widths(median=float(known.median()), largest=float(known.max())) if len(known) else None
