"""Values recalculated on present boundaries compared with the publisher's own, province by province."""

from __future__ import annotations

from typing import Literal

from policyreport.data.harmonise import discrepancies
from policyreport.data.inputs import Inputs
from policyreport.records.notebooks import BoundaryCheck


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
