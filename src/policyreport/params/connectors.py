"""How publishers' interfaces are queried and what their codes mean here: params/connectors.yaml, typed."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from policyreport.params.indicators import read_indicators
from policyreport.params.reading import Strict, read_strict, require_known
from policyreport.records.base import Status

Address = Annotated[str, Field(pattern=r"^https://\S+$")]
Folder = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Http(Strict):
    """Waiting times, retries and the largest answer accepted."""

    timeout_seconds: float = Field(gt=0, le=600)
    attempts: int = Field(ge=1, le=10)
    first_wait_seconds: float = Field(ge=0)
    longest_wait_seconds: float = Field(ge=0)
    largest_answer_bytes: int = Field(gt=0)
    longest_answer_seconds: float = Field(default=300, gt=0)


class Target(Strict):
    """What a published series is in the ledger.

    value = published × `times` − `minus`, rounded half to even to `decimals` where that is given.
    """

    indicator: str
    measure: str = ""
    unit: str
    times: Decimal = Decimal(1)
    minus: Decimal = Decimal(0)
    decimals: int | None = Field(default=None, ge=0, le=9)

    def value(self, published: Decimal) -> Decimal:
        """Convert a figure as published to the ledger's unit."""
        value = published * self.times - self.minus
        return value if self.decimals is None else round(value, self.decimals)


class WorldBankIndicator(Strict):
    """One indicator of the World Bank; `title` is its name there."""

    title: str
    to: Target


class Publisher(Strict):
    """Who publishes, the folder of its tables in data/raw, its terms, and what its marks for statuses mean."""

    publisher: str
    folder: Folder
    licence: str
    statuses: dict[str, Status]


class WorldBank(Publisher):
    """The World Bank's Indicators API: its codes for countries, statuses and indicators."""

    address: Address
    database: str
    areas: dict[str, str] = Field(min_length=1)
    indicators: dict[str, WorldBankIndicator]


class PxSeries(Strict):
    """One series of a table: the labels chosen in further dimensions, and its target for areas and the country."""

    select: tuple[str, ...] = ()
    to: Target
    nation: Target | None = None


class PxTable(Strict):
    """One table: where it is, its areas, and the labels of areas that differ from the areas' names.

    `scheme` is that of data/boundaries/areas.csv. Up to the year `back_cast_until`, figures of merged provinces and of
    regions are the publisher's own recalculation.
    """

    title: str
    database: str
    scheme: str
    back_cast_until: int | None = None
    areas: dict[str, str] = Field(default_factory=dict)
    series: tuple[PxSeries, ...] = Field(min_length=1)


class PxWeb(Publisher):
    """A PX-Web site queried through its form."""

    address: Address
    format: str
    hours_from_utc: int = Field(ge=-12, le=14)
    area_dimension: str
    year_dimension: str
    letters: dict[str, str]
    tables: dict[str, PxTable]


class SdmxSeries(Strict):
    """One indicator of an SDMX flow; a UNIT_MULT other than `unit_mult` is refused."""

    title: str
    unit_mult: int
    frequencies: tuple[Literal["A", "Q", "M"], ...] = Field(min_length=1)
    to: Target


class SdmxFlow(Strict):
    """One file of SDMX-ML."""

    title: str
    address: Address
    series: dict[str, SdmxSeries]


class Sdmx(Publisher):
    """A national summary data page of SDMX-ML files."""

    hours_from_utc: int = Field(ge=-12, le=14)
    areas: dict[str, str]
    flows: dict[str, SdmxFlow]


class Connectors(Strict):
    """The whole of params/connectors.yaml."""

    http: Http
    worldbank: WorldBank
    pxweb: PxWeb
    sdmx: Sdmx

    def targets(self) -> dict[str, Target]:
        """Return every target by its place in the file, such as ``worldbank.indicators.SP.POP.TOTL``."""
        targets = {f"worldbank.indicators.{code}": item.to for code, item in self.worldbank.indicators.items()}
        for code, table in self.pxweb.tables.items():
            for number, series in enumerate(table.series):
                targets[f"pxweb.tables.{code}.series.{number}.to"] = series.to
                if series.nation:
                    targets[f"pxweb.tables.{code}.series.{number}.nation"] = series.nation
        for code, flow in self.sdmx.flows.items():
            targets |= {f"sdmx.flows.{code}.series.{name}": item.to for name, item in flow.series.items()}
        return targets


def read_connectors(root: Path) -> Connectors:
    """Read params/connectors.yaml and check its indicators, measures and units against params/indicators.yaml."""
    path = root / "params" / "connectors.yaml"
    connectors = read_strict(path, Connectors)
    known = read_indicators(root).by_id()
    for place, target in connectors.targets().items():
        where = f"{path}: {place}"
        require_known(f"{where}.indicator", [target.indicator], known, "an indicator of params/indicators.yaml")
        indicator = known[target.indicator]
        measures = indicator.measures or {"": ""}
        require_known(f"{where}.measure", [target.measure], measures, f"a measure of {target.indicator}")
        require_known(f"{where}.unit", [target.unit], indicator.units, f"a unit of {target.indicator}")
    return connectors
