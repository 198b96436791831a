"""How publishers' interfaces are asked and what their codes mean here: params/connectors.yaml, typed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from policyreport.params.indicators import read_indicators
from policyreport.params.reading import Strict, read_strict, require_known

Address = Annotated[str, Field(pattern=r"^https://\S+$")]
# The statuses of the ledger; a test holds them equal to those of the records, which params do not import.
Status = Literal["observed", "estimate", "preliminary", "projection", "derived"]
Folder = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Http(Strict):
    """How long to wait, how often to try again, how large an answer may be."""

    timeout_seconds: float = Field(gt=0, le=600)
    attempts: int = Field(ge=1, le=10)
    first_wait_seconds: float = Field(ge=0)
    longest_wait_seconds: float = Field(ge=0)
    largest_answer_bytes: int = Field(gt=0)
    longest_answer_seconds: float = Field(default=300, gt=0)


class Target(Strict):
    """What a published series is in the ledger.

    Notes
    -----
    value = published × `times` − `minus`, rounded half to even to `decimals` where that is given.
    """

    indicator: str
    measure: str = ""
    unit: str
    times: Decimal = Decimal(1)
    minus: Decimal = Decimal(0)
    decimals: int | None = Field(default=None, ge=0, le=9)

    def value(self, published: Decimal) -> Decimal:
        """Apply the rule to one published figure.

        Parameters
        ----------
        published : Decimal
            As the publisher writes it.

        Returns
        -------
        Decimal
            In the ledger's unit.
        """
        value = published * self.times - self.minus
        return value if self.decimals is None else round(value, self.decimals)


class WorldBankIndicator(Strict):
    """One indicator of the World Bank; `title` is its name there."""

    title: str
    to: Target


class WorldBank(Strict):
    """The World Bank's Indicators API: its codes of countries, states and indicators."""

    address: Address
    publisher: str
    folder: Folder
    licence: str
    database: str
    areas: dict[str, str] = Field(min_length=1)
    statuses: dict[str, Status]
    indicators: dict[str, WorldBankIndicator]


class PxSeries(Strict):
    """One series of a table: the labels chosen in further dimensions, and what it is for areas and the nation."""

    select: tuple[str, ...] = ()
    to: Target
    nation: Target | None = None


class PxTable(Strict):
    """One table: where it is, on which units, and the labels of areas that are not the areas' names.

    `scheme` is that of data/boundaries/areas.csv. Up to the year `back_cast_until` the units put together from
    others, and regions, are the publisher's own recalculation.
    """

    title: str
    database: str
    scheme: str
    back_cast_until: int | None = None
    areas: dict[str, str] = Field(default_factory=dict)
    series: tuple[PxSeries, ...] = Field(min_length=1)


class PxWeb(Strict):
    """A PX-Web site asked through its form."""

    address: Address
    publisher: str
    folder: Folder
    licence: str
    format: str
    hours_from_utc: int = Field(ge=-12, le=14)
    area_dimension: str
    year_dimension: str
    statuses: dict[str, Status]
    letters: dict[str, str]
    tables: dict[str, PxTable]


class SdmxSeries(Strict):
    """One indicator of an SDMX flow; another UNIT_MULT than `unit_mult` stops."""

    title: str
    unit_mult: int
    frequencies: tuple[Literal["A", "Q", "M"], ...] = Field(min_length=1)
    to: Target


class SdmxFlow(Strict):
    """One file of SDMX-ML."""

    title: str
    address: Address
    series: dict[str, SdmxSeries]


class Sdmx(Strict):
    """A national summary data page of SDMX-ML files."""

    publisher: str
    folder: Folder
    licence: str
    hours_from_utc: int = Field(ge=-12, le=14)
    areas: dict[str, str]
    statuses: dict[str, Status]
    flows: dict[str, SdmxFlow]


class Connectors(Strict):
    """The whole of params/connectors.yaml."""

    http: Http
    worldbank: WorldBank
    pxweb: PxWeb
    sdmx: Sdmx

    def targets(self) -> dict[str, Target]:
        """Give every target by its place in the file.

        Returns
        -------
        dict of str to Target
            ``worldbank.indicators.SP.POP.TOTL`` and the like, in the order of the file.
        """
        found = {f"worldbank.indicators.{code}": each.to for code, each in self.worldbank.indicators.items()}
        for code, table in self.pxweb.tables.items():
            for number, series in enumerate(table.series):
                found[f"pxweb.tables.{code}.series.{number}.to"] = series.to
                if series.nation:
                    found[f"pxweb.tables.{code}.series.{number}.nation"] = series.nation
        for code, flow in self.sdmx.flows.items():
            found |= {f"sdmx.flows.{code}.series.{name}": each.to for name, each in flow.series.items()}
        return found


def read_connectors(root: Path) -> Connectors:
    """Read params/connectors.yaml and hold its indicators, measures and units against params/indicators.yaml.

    Parameters
    ----------
    root : Path
        The project's folder.

    Returns
    -------
    Connectors
        Typed and checked.

    Raises
    ------
    ParamsError
        If the file is missing, breaks its schema, or names an indicator, measure or unit that does not exist.
    """
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
