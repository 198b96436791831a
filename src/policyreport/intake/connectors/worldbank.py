"""The World Bank's Indicators API, version 2: one indicator of one country a request.

References
----------
https://datahelpdesk.worldbank.org/knowledgebase/articles/898581
"""

from datetime import date
from decimal import Decimal
from typing import Any

from policyreport.data.sources import Provenance
from policyreport.errors import ConnectError, DataError, UsageError, did_you_mean, require_one_of
from policyreport.intake.connectors.fetched import (
    Fetched,
    checked_figure,
    checked_period,
    ledger_row,
    read_answer,
    to_rows,
    understood,
)
from policyreport.intake.connectors.web import BY_HAND, Web
from policyreport.params.connectors import WorldBank, WorldBankIndicator

# More than the years of any country, so that there is one page.
_PER_PAGE = 1000


def fetch(
    indicator: str, web: Web, params: WorldBank, accessed: date, *, country: str = "", since: int = 1960
) -> Fetched:
    """Fetch one indicator of one country, from `since` to the year of `accessed`; years without a figure are left out.

    An empty country is the first in params/connectors.yaml. Raises UsageError if indicator or country is not mapped,
    before anything is sent; ConnectError if there is no usable answer; DataError if a row has another indicator,
    country or status than is mapped.
    """
    chosen, country = require_known(indicator, country, params)
    address = f"{params.address}/country/{country}/indicator/{indicator}"
    query = {"format": "json", "date": f"{since}:{accessed.year}", "per_page": str(_PER_PAGE)}
    answer = web.get(address, ("application/json", "text/json"), query)
    head, rows = _read(answer.body, answer.address)
    published = str(head.get("lastupdated", ""))
    try:
        published = date.fromisoformat(published).isoformat()
    except ValueError:
        raise ConnectError(answer.address, "lastupdated, a day", f'"{published[:40]}"', BY_HAND) from None
    with understood(answer.address, "a row a year, with indicator, country, date and value"):
        kept = [row for row in rows if row.get("value") is not None]
        table = [_row(row, indicator, country, chosen, params, published) for row in kept]
    source = Provenance(
        publisher=params.publisher,
        title=f"{params.database}: {chosen.title} ({indicator}), {country}",
        address=answer.address,
        published=published,
        accessed=accessed,
        licence=params.licence,
        note=f"{len(rows) - len(kept)} of {len(rows)} years asked for have no figure.",
    )
    name = f"{params.folder}/{indicator}-{published}"
    return Fetched(to_rows(table, answer.address), source, answer.body, name, ".json")


def require_known(code: str, country: str, params: WorldBank) -> tuple[WorldBankIndicator, str]:
    """Give the mapped indicator and the country's code; UsageError with the nearest codes if one is not mapped."""
    country = country or next(iter(params.areas))
    for place, got, known in (("--indicators", code, params.indicators), ("--country", country, params.areas)):
        require_one_of(UsageError, f"{place} {got}", got, known, "a code of params/connectors.yaml, worldbank")
    return params.indicators[code], country


def _read(body: bytes, where: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Head and rows of an answer; the API reports its refusals with status 200."""
    answer = read_answer(body, where, "JSON")
    head = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    with understood(where, "[head, rows]"):
        if "message" in head:
            message = "; ".join(str(part.get("value", part)) for part in head["message"])[:200]
            raise ConnectError(
                where, "figures", f"the message: {message}", "Check the codes in params/connectors.yaml."
            )
        if "pages" not in head or len(answer) != 2 or not isinstance(answer[1] or [], list):
            raise ConnectError(where, "[head, rows]", "another structure", BY_HAND)
        if answer[1] and int(head["pages"]) > 1:
            raise ConnectError(where, "one page", f"{head['pages']} pages", "Ask for fewer years with --since.")
    return head, answer[1] or []


def _id(row: dict[str, Any], name: str) -> str:
    """The code of a row's indicator or country; empty if the API gives none."""
    named = row.get(name)
    return str(named.get("id", "")) if isinstance(named, dict) else ""


def _row(
    row: dict[str, Any], code: str, country: str, chosen: WorldBankIndicator, params: WorldBank, published: str
) -> dict[str, str]:
    year = str(row.get("date", ""))[:40]
    where = f"World Bank {code}, {country}, {year}"
    got_code = _id(row, "indicator")
    countries = {_id(row, "country"), str(row.get("countryiso3code", ""))}
    if got_code != code or country not in countries:
        got = f"{got_code} of {', '.join(sorted(countries))}"[:80]
        raise DataError(where, "the indicator and country asked for", got, BY_HAND)
    if not (len(year) == 4 and year.isascii() and year.isdigit()):
        raise DataError(where, "a year", f'"{year}"', "Only annual series are mapped.")
    checked_period(year, where)
    state = str(row.get("obs_status") or "")
    if state not in params.statuses:
        todo = "Add it to worldbank.statuses in params/connectors.yaml; " + did_you_mean(state, params.statuses)
        raise DataError(f"{where}, obs_status", "a known state", f'"{state}"', todo)
    if not isinstance(row["value"], Decimal):
        raise DataError(f"{where}, value", "a number", f'"{str(row["value"])[:40]}"', BY_HAND)
    return ledger_row(
        chosen.to,
        published,
        area=params.areas[country],
        period=year,
        figure=checked_figure(row["value"], f"{where}, value"),
        status=params.statuses[state],
    )
