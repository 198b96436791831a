"""Which indicators play which part in the report: the models are general, params/report.yaml binds them."""

from typing import Literal

from pydantic import Field

from policyreport.params.indicators import Indicators
from policyreport.params.reading import Root, Strict, load_parameters, require_known, validate_strict


class SeriesRole(Strict):
    """An annual series of the panel, the national one under the same indicator; an empty measure takes any.

    `prices` are those of an amount or its growth: ``constant 2010 prices``.
    """

    indicator: str
    measure: str = ""
    prices: str = ""


class ShareRole(Strict):
    """A share of output judged against a threshold: each measure is another definition."""

    indicator: str
    headline_measure: str
    measures: tuple[str, ...]
    pace_measures: tuple[str, ...]
    other_quantity: str


class TaskRole(Strict):
    """Counts of tasks."""

    total: str
    completed: str
    late: str
    overdue: str
    in_progress: str
    recurring: str
    national_lists: tuple[str, ...]


class GovernanceRole(Strict):
    """Scores drawn as small multiples and trended against the mean of the areas."""

    measure: str
    indicators: tuple[str, ...]
    strip: str


class ImplementationRole(Strict):
    """What was reported on carrying the policy out: topics of indicators, and further indicators one by one.

    `rates` are drawn next to each other, in this order; each of `indices` is a score with its rank, for one table;
    `themes` names what statements are about.
    """

    topics: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    rates: tuple[str, ...] = ()
    indices: tuple[tuple[str, str], ...] = ()
    themes: dict[str, str] = Field(default_factory=dict)

    def among(self, indicators: Indicators) -> frozenset[str]:
        """Return the ids of all indicators that are meant."""
        of_topics = {item.id for item in indicators.indicators if item.topic in self.topics}
        return frozenset({*of_topics, *self.indicators, *(id for pair in self.indices for id in pair)})


class Likeness(Strict):
    """A variable by which areas are alike or exposed: a series' value in a year before the policy."""

    name: str
    series: Literal["population", "income", "urban"]
    year: int
    log: bool = False


class MapClasses(Strict):
    """Ascending bounds of the map's classes; the threshold is one more, wherever it lies."""

    bounds: tuple[float, float, float]


class Roles(Strict):
    """The whole of params/report.yaml; `regions` are in the order of the menus, `edition_title` is for new editions."""

    nation: str
    tasks: TaskRole
    share: ShareRole
    growth: SeriesRole
    income: SeriesRole
    population: SeriesRole
    urban: SeriesRole
    likeness: tuple[Likeness, ...]
    product_year: int
    regions: tuple[str, ...] = ()
    edition_title: str = "{quarter}"
    governance: GovernanceRole
    implementation: ImplementationRole = ImplementationRole()
    measure_labels: dict[str, str]
    topics: dict[str, str] = Field(default_factory=dict)
    list_kinds: dict[str, str] = Field(default_factory=dict)
    indices: tuple[str, ...]
    abbreviations: str
    map: MapClasses

    def likeness_by_name(self, name: str) -> Likeness:
        """Return the variable that settings name, such as ``ln_income``; raises ParamsError for an unknown one."""
        known = {variable.name: variable for variable in self.likeness}
        require_known("params/report.yaml: likeness", [name], known, "a variable")
        return known[name]


def read_roles(root: Root) -> Roles:
    """Read params/report.yaml."""
    return validate_strict(*load_parameters(root, "report"), Roles)
