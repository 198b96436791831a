"""SDMX-ML files of a national summary data page, with series mapped by their INDICATOR.

References
----------
https://sdmx.org/standards-2 (SDMX 2.1, part 3: structure-specific data)
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import pandas as pd
from pysdmx.io import read_sdmx
from pysdmx.io.pd import PandasDataset

from policyreport.data.sources import Provenance
from policyreport.errors import ConnectError, DataError, UsageError, did_you_mean, require_one_of
from policyreport.intake.connectors.fetched import (
    Fetched,
    checked_figure,
    checked_period,
    day_of,
    ledger_row,
    to_rows,
)
from policyreport.intake.connectors.web import BY_HAND, Web
from policyreport.params.connectors import Sdmx, SdmxSeries

XML = ("application/xml", "text/xml", "application/vnd.sdmx.structurespecificdata+xml")
COLUMNS = ("INDICATOR", "REF_AREA", "FREQ", "UNIT_MULT", "TIME_PERIOD", "OBS_VALUE")
_MAP = "Add it to params/connectors.yaml, sdmx"
# What publishers write for a missing figure.
_MISSING = frozenset({"", "NaN", "NA", "_Z", "_X"})


def fetch(name: str, web: Web, params: Sdmx, accessed: date, *, series: Sequence[str] = (), since: int = 0) -> Fetched:
    """Fetch some series of one flow from a year on, or all mapped ones; periods are years, quarters or months.

    Raises UsageError if flow or series is not mapped, before anything is sent; ConnectError if there is no whole
    SDMX-ML document; DataError if a series, area, status or unit multiplier differs from what is mapped.
    """
    chosen = _mapped_series(name, series, params)
    flow, where = params.flows[name], f"SDMX {name}"
    answer = web.get(flow.address, XML)
    cells, prepared = _read(answer.body, where)
    published, note = day_of(prepared, params.hours_from_utc, accessed, f"{where}, Header/Prepared")
    rows = [
        row
        for code, mapped in chosen.items()
        for row in _series_rows(cells, code, mapped, params, f"{where}, {code}", published, since)
    ]
    source = Provenance(
        publisher=params.publisher,
        title=f"{flow.title}: {', '.join(chosen)}",
        address=flow.address,
        published=published,
        accessed=accessed,
        licence=params.licence,
        note=note or "published is the day the file was prepared.",
    )
    return Fetched(to_rows(rows, where), source, answer.body, f"{params.folder}/{name}-{published}", ".xml")


def _mapped_series(flow: str, codes: Sequence[str], params: Sdmx) -> dict[str, SdmxSeries]:
    require_one_of(UsageError, f"sdmx {flow}", flow, params.flows, "a flow of params/connectors.yaml, sdmx")
    series = params.flows[flow].series
    for code in codes:
        require_one_of(UsageError, f"--series {code}", code, series, f"a series of {flow} in params/connectors.yaml")
    return {code: series[code] for code in codes or series}


def _read(body: bytes, where: str) -> tuple[pd.DataFrame, str]:
    """Observations as text, and when the file was prepared."""
    # SDMX-ML never declares a document type; by its entities XML could be made to grow in memory.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ConnectError(where, "SDMX-ML", "a document type declaration", BY_HAND)
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body:
        raise ConnectError(where, "SDMX-ML in UTF-8", "another encoding", BY_HAND)
    try:
        message = read_sdmx(BytesIO(body), validate=False)
        tables = [dataset.data for dataset in message.data or () if isinstance(dataset, PandasDataset)]
    # pysdmx passes on several kinds of errors of its XML reader.
    except Exception as error:  # noqa: BLE001
        got = f"{len(body)} bytes that break off or are not SDMX ({' '.join(str(error).split())[:120]})"
        raise ConnectError(where, "SDMX-ML", got, BY_HAND) from None
    cells = pd.concat(tables) if tables else pd.DataFrame()
    if not len(cells):
        raise ConnectError(where, "at least one observation", "an empty file", BY_HAND)
    for name in COLUMNS:
        if name not in cells:
            raise ConnectError(where, f"{name} on every series", ", ".join(cells.columns), BY_HAND)
    prepared = message.header.prepared if message.header else None
    # An attribute that only some observations have is missing on the others.
    return cells.astype("str").fillna(""), prepared.isoformat() if prepared else ""


def _series_rows(
    cells: pd.DataFrame, code: str, series: SdmxSeries, params: Sdmx, where: str, published: str, since: int
) -> list[dict[str, str]]:
    codes = sorted(cells["INDICATOR"].unique())
    if code not in codes:
        raise DataError(where, "the series in the file", "none", did_you_mean(code, codes))
    kept = cells[(cells["INDICATOR"] == code) & cells["FREQ"].isin(series.frequencies)]
    statuses = kept["OBS_STATUS"] if "OBS_STATUS" in kept else pd.Series("", index=kept.index)
    rows = []
    for area, mult, period, figure, state in zip(
        kept["REF_AREA"], kept["UNIT_MULT"], kept["TIME_PERIOD"], kept["OBS_VALUE"], statuses, strict=True
    ):
        place = f"{where}, {period[:40]}"
        if int(checked_period(period, place)[:4]) < since or figure in _MISSING:
            continue
        require_one_of(DataError, place, area, params.areas, "a known REF_AREA", f"{_MAP}.areas.")
        if mult != str(series.unit_mult):
            todo = "The unit has changed: review unit_mult and times in params/connectors.yaml."
            raise DataError(place, f"UNIT_MULT {series.unit_mult}", f'"{mult}"', todo)
        require_one_of(DataError, place, state, params.statuses, "a known OBS_STATUS", f"{_MAP}.statuses.")
        rows.append(
            ledger_row(
                series.to,
                published,
                area=params.areas[area],
                period=period,
                figure=checked_figure(figure, place),
                status=params.statuses[state],
            )
        )
    return rows
