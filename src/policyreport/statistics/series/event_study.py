"""Which years before the start differ from the last of them already, one year at a time (METHODS §10)."""

from __future__ import annotations

from scipy import stats

from policyreport.records.series import Exposure
from policyreport.statistics.common.intervals import ALPHA


def critical_value(exposure: Exposure) -> float:
    """Return the quantile by which an event study's standard errors become 95 % intervals."""
    return float(stats.t.ppf(1 - ALPHA / 2, exposure.areas - 1))


def years_apart(exposure: Exposure) -> list[int]:
    """List the years before the start whose interval leaves out zero."""
    critical = critical_value(exposure)
    return [point.year for point in exposure.before if abs(point.estimate) > critical * point.standard_error]
