"""The choices behind a specification, and what a refusal or warning is about, as readers know them."""

from collections.abc import Mapping
from dataclasses import dataclass

from policyreport.data.series_frames import MERGED
from policyreport.data.translation import Translation
from policyreport.params.indicators import Indicators
from policyreport.params.policy import Policy
from policyreport.params.report import Roles
from policyreport.params.wording import capitalised
from policyreport.records.digits import as_published
from policyreport.records.series import Sensitivity

PARTS = {"fan": "fan of yearly changes", "cusum": "wandering residuals (CUSUM)", "step": "step at a date"}
"""Names for readers of parts of a method that a refusal may concern."""

UNITS: Mapping[str, str] = {
    "completion": "% of the list",
    "threshold": "% of GDP",
    "pace": "observed to required pace",
    "trend": "provinces",
    "peers": "provinces",
    "exposure": "percentage points",
}
"""Of the estimates of a method's specifications."""
AXES: Mapping[str, str] = {
    "list": "list",
    "clustering": "tasks that finish together",
    "measure": "measure",
    "vintage": "vintage",
    "mean": "direction of revisions expected",
    "scale": "size of revisions expected",
    "prior": "weight of that expectation",
    "base": "base year",
    "form": "form of growth",
    "window": "window",
    "series": "series",
    "dependence": "dependence",
    "peers": "peers",
    "likeness": "likeness",
    "weight": "weight",
    "carry-over": "carry-over",
    "exposure": "exposure",
    "post": "years after the start",
    "control": "held fixed",
    "inference": "how p is found",
}
"""Names of the axes of choice for readers, in the order in which they are shown: a record keeps none."""
PICKS: Mapping[tuple[str, str], str] = {
    ("control", "none"): "no control",
    ("control", "merged"): "merger held fixed",
    ("post", "all"): "every year after the start",
    ("post", "first"): "the first year after the start alone",
    ("form", "cagr"): "compound",
    ("form", "pp"): "straight line",
    ("vintage", "newest"): "newest vintage",
    ("vintage", "first"): "first vintage",
    ("mean", "zero"): "mean revision zero",
    ("mean", "normal"): "mean revision about zero",
    ("mean", "flat"): "mean revision as in the past",
    ("scale", "none"): "no prior scale",
    ("prior", "0 degrees"): "no prior",
    ("base", "earliest"): "from the earliest year",
    ("base", "shortest"): "from the latest base allowed",
    ("base", "one year"): "one-year pace",
    ("dependence", "learnt"): "carry-over learnt from all provinces",
    ("carry-over", "learnt"): "carry-over learnt from all provinces",
    ("carry-over", "none"): "years independent",
    ("window", "all"): "all years",
    ("likeness", "all"): "all variables",
    ("dependence", "HAC"): "estimated errors (HAC)",
    ("dependence", "GLSAR"): "fitted dependence (GLSAR)",
    ("inference", "WCR"): "wild cluster bootstrap (WCR)",
    ("inference", "RI-t"): "permuted exposures (RI-t)",
    ("inference", "CRV1"): "textbook clustered error (CRV1)",
    ("weight", "plain"): "plain mean",
    ("weight", "output"): "weighted by output",
}
"""Names of choices, by axis and the method's own name."""


def subject_name(subject: str, indicators: Indicators, roles: Roles, translation: Translation) -> str:
    """Name what a code is about: an indicator by its name, its measure by its label."""
    key, _, rest = subject.partition(" ")
    indicator = indicators.by_id().get(key)
    if indicator is None:
        return capitalised(translation.name(PARTS.get(subject, subject)))
    if not rest:
        return indicator.name
    measure = rest.strip("()")
    part = translation.name(PARTS[rest]) if rest in PARTS else roles.measure_labels.get(measure, measure)
    return f"{indicator.name}, {part}"


def exposure_name(name: str, indicators: Indicators, roles: Roles, translation: Translation) -> str:
    """Name what areas were exposed to: indicator with its year, or the merger; a user's own column as it is called."""
    if name == MERGED:
        return translation.name("merger of several provinces")
    if name not in {variable.name for variable in roles.likeness}:
        return name.replace("_", " ")
    variable = roles.likeness_by_name(name)
    indicator = indicators.get(getattr(roles, variable.series).indicator)
    return f"{indicator.name} {variable.year}{' (log)' if variable.log else ''}"


@dataclass(frozen=True)
class ChoiceNames:
    """Names choices by the parameters of an edition."""

    indicators: Indicators
    roles: Roles
    policy: Policy
    translation: Translation

    def named(self, grid: Sensitivity) -> Sensitivity:
        """Return the same table with choices as readers see them."""
        axes = sorted(grid.headline.choices, key=list(AXES).index)
        heads = {axis: self.translation.name(AXES[axis]) for axis in axes}
        rows = tuple(
            row.model_copy(update={"choices": {heads[axis]: self.name(axis, row.choices[axis]) for axis in axes}})
            for row in grid.specifications
        )
        picks = [part.partition(" ") for part in grid.most_different.split(", ") if part]
        choices = ", ".join(self.name(axis, pick) for axis, _, pick in picks if axis in axes)
        return grid.model_copy(update={"specifications": rows, "most_different": choices})

    def name(self, axis: str, pick: str) -> str:
        """Name one choice."""
        if axis == "measure":
            return self.roles.measure_labels.get(pick, pick)
        if axis == "exposure":
            return exposure_name(pick, self.indicators, self.roles, self.translation)
        if axis == "list":
            return self.policy.list_named(pick).title
        name = self.translation.name(PICKS.get((axis, pick), pick))
        if axis == "scale":
            return name.replace("s0", self.translation.name("× prior scale"))
        if axis == "prior" and name == pick:
            worth = as_published(float(pick.removesuffix(" degrees")))
            text = "prior worth {count} revision" if worth == "1" else "prior worth {count} revisions"
            return self.translation.name(text).format(count=worth)
        return self.translation.name("{name} peers").format(name=name) if axis == "peers" else name
