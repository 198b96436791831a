"""What a refusal or warning is about, by name."""

from policyreport.data.series_frames import MERGED
from policyreport.params.indicators import Indicators
from policyreport.params.report import Roles

PARTS = {"fan": "fan of yearly changes", "cusum": "wandering residuals (CUSUM)", "step": "step at a date"}
"""Names for readers of parts of a method that a refusal may concern."""


def subject_name(subject: str, indicators: Indicators, roles: Roles) -> str:
    """Name what a code is about: an indicator by its name, its measure by its label."""
    key, _, rest = subject.partition(" ")
    indicator = indicators.by_id().get(key)
    if indicator is None:
        name = PARTS.get(subject, subject)
        return name[:1].upper() + name[1:]
    measure = rest.strip("()")
    return (
        f"{indicator.name}, {PARTS.get(rest) or roles.measure_labels.get(measure, measure)}" if rest else indicator.name
    )


def exposure_name(name: str, indicators: Indicators, roles: Roles) -> str:
    """Name what areas were exposed to: indicator with its year, or the merger; a user's own column as it is called."""
    if name == MERGED:
        return "merger of several provinces"
    if name not in {variable.name for variable in roles.likeness}:
        return name.replace("_", " ")
    variable = roles.likeness_by_name(name)
    indicator = indicators.get(getattr(roles, variable.series).indicator)
    return f"{indicator.name} {variable.year}{' (log)' if variable.log else ''}"
