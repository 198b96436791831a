"""A PX-Web site queried through its form: the page's fields and state, then the table as JSON-stat."""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pandas as pd
from lxml import etree, html

from policyreport.data.areas import Areas
from policyreport.data.sources import Provenance
from policyreport.errors import ConnectError, DataError, UsageError, did_you_mean, require_one_of
from policyreport.intake.connectors.fetched import (
    Fetched,
    checked_figure,
    checked_period,
    day_of,
    ledger_row,
    read_answer,
    to_rows,
    understood,
)
from policyreport.intake.connectors.web import BY_HAND, Answer, Web
from policyreport.params.connectors import PxSeries, PxTable, PxWeb
from policyreport.params.limits import CELLS
from policyreport.records.base import Status

VALUE = "value"

PAGE = ("text/html", "application/xhtml+xml")
# PX-Web sends the file as a download on some sites and as a document on others.
DATA = ("application/json", "text/json", "application/octet-stream", "text/plain")
_VALUES, _FORMAT, _VIEW = "ValuesListBox", "OutputFormat", "ButtonViewTable"
_FIELDS = ("hidden", "text")
_BUTTONS = ("submit", "button", "image", "reset")
_MAP = "Add it to params/connectors.yaml, pxweb"
_YEAR = re.compile(r"^(?P<before>.*?)\s*(?P<year>[0-9]{4})$")


@dataclass(frozen=True)
class Cube:
    """A JSON-stat dataset: one row a cell, a column of labels for each dimension, and ``value`` (Decimal or None)."""

    table: pd.DataFrame
    label: str
    updated: str


def read_jsonstat(body: bytes, where: str) -> Cube:
    """Read one JSON-stat dataset, of version 1 (``{"dataset": …}``) or 2.

    Raises ConnectError if the answer breaks off, is not JSON, is no dataset, or does not have one value a cell.
    """
    # PX-Web ends the document with a NUL byte.
    answer = read_answer(body.rstrip(b"\0"), where, "JSON-stat")
    with understood(where, "a JSON-stat dataset"):
        dataset = answer.get("dataset", answer)
        dimensions = dataset["dimension"]
        # Version 1 keeps ids and sizes among the dimensions.
        order = dataset if "size" in dataset else dimensions
        values = _values(dataset["value"], math.prod(map(int, order["size"])), where)
        labels = {str(dimensions[id].get("label") or id): _labels(dimensions[id]["category"]) for id in order["id"]}
        if [len(column) for column in labels.values()] != [int(size) for size in order["size"]]:
            raise ValueError("sizes that are not those of the dimensions")
        table = pd.DataFrame(product(*labels.values()), columns=list(labels))
        table[VALUE] = pd.Series(values, dtype=object)
        return Cube(table, str(dataset.get("label") or ""), str(dataset.get("updated") or ""))


def _values(values: Any, cells: int, where: str) -> list[Decimal | None]:
    """The figure of each cell, the last dimension running fastest."""
    if cells == 0 or not values:
        raise ConnectError(where, "at least one figure", "an empty table", BY_HAND)
    # A mapping of few figures may claim any number of cells.
    if cells > CELLS:
        raise ConnectError(where, f"at most {CELLS:,} cells", f"{cells:,}", "Ask for fewer years.")
    if isinstance(values, dict):
        # It may leave cells out; a list may not.
        places = {int(place): value for place, value in values.items()}
        values = [places.pop(at, None) for at in range(cells)]
        if places:
            raise LookupError(f"no cell {min(places)}")
    if len(values) != cells:
        raise ConnectError(where, f"{cells} values, one a cell", f"{len(values)}", BY_HAND)
    for figure in values:
        if figure is not None and not isinstance(figure, Decimal):
            raise ConnectError(where, "numbers", repr(figure)[:40], BY_HAND)
    return list(values)


def _labels(category: dict[str, Any]) -> list[str]:
    """The labels of a dimension in order; a dimension of one value need not state it."""
    ids = category.get("index") or list(category["label"])[:1]
    ids = sorted(ids, key=ids.__getitem__) if isinstance(ids, dict) else ids
    return [str(category["label"][id]) if "label" in category else str(id) for id in ids]


def fetch(code: str, web: Web, params: PxWeb, areas: Areas, accessed: date, since: int = 0) -> Fetched:
    """Fetch one table from a year on, one row a figure; empty cells are left out.

    Raises UsageError if the table is not mapped, before anything is sent; ConnectError if there is no usable answer or
    the page has another form; DataError if a dimension, area or year is not mapped, with the nearest ones.
    """
    require_one_of(UsageError, f"pxweb {code}", code, params.tables, "a table of params/connectors.yaml, pxweb")
    table, where = params.tables[code], f"PX-Web {code}"
    database = quote(table.database)
    address = f"{params.address}/{database}/{database}/{quote(code)}.px/"
    page = web.get(address, PAGE)
    target, form = fill_form(page, params.format)
    answer = web.post(target, DATA, form)
    cube = read_jsonstat(answer.body, where)
    published, note = day_of(cube.updated, params.hours_from_utc, accessed, where)
    rows = [
        row
        for series in table.series
        for row in _series_rows(cube, table, series, params, areas, published, since, where)
    ]
    source = Provenance(
        publisher=params.publisher,
        title=f"PX-Web table {code}: {table.title}",
        address=address,
        published=published,
        accessed=accessed,
        licence=params.licence,
        note=" ".join(filter(None, (f"The table's own title: {cube.label}." if cube.label else "", note))),
    )
    return Fetched(to_rows(rows, where), source, answer.body, f"{params.folder}/{code}-{published}", ".json")


def fill_form(page: Answer, wanted: str) -> tuple[str, dict[str, str | list[str]]]:
    """Fill in the form on a table's page: every value of every dimension, and the output format `wanted`.

    Returns where the form goes, and its fields, the hidden ones as they came. Raises ConnectError if the page has no
    such form, or sends it to another site.
    """
    changed = "The site's form has changed: save the table by hand, and correct the connector."
    form = _form(page)
    inputs = [] if form is None else [field for field in form.inputs if field.name]
    buttons = {str(field.name): str(field.get("value", "")) for field in inputs if field.get("type") in _BUTTONS}
    selects = {str(field.name): list(field.value_options) for field in inputs if field.tag == "select"}
    lists: dict[str, str | list[str]] = {name: values for name, values in selects.items() if name.endswith(_VALUES)}
    view = next((name for name in buttons if name.endswith(_VIEW)), None)
    formats = next((name for name in selects if _FORMAT in name), None)
    if form is None or view is None or formats is None or not lists:
        raise ConnectError(page.address, "a form to choose values and a format in", "none", changed)
    # As a browser does: unticked boxes and other buttons are left out, an empty field is sent empty.
    filled: dict[str, str | list[str]] = {str(field.name): "" for field in inputs if field.get("type") in _FIELDS}
    filled |= {str(name): str(value) for name, value in form.form_values() if name not in buttons}
    filled |= lists | {formats: wanted, view: buttons[view]}
    target = urljoin(page.address, form.get("action") or "")
    if urlsplit(target)[:2] != urlsplit(page.address)[:2]:
        raise ConnectError(page.address, "a form of the same site", f"one that goes to {target}", changed)
    return target, filled


def _form(page: Answer) -> Any:
    try:
        # Without an encoding lxml would read the page as Latin-1.
        forms = html.fromstring(page.body, parser=html.HTMLParser(encoding=page.charset)).forms
    except (etree.LxmlError, LookupError, ValueError):
        return None
    return next((form for form in forms for name in form.fields if str(name).endswith(_VIEW)), None)


def _series_rows(
    cube: Cube, table: PxTable, series: PxSeries, params: PxWeb, areas: Areas, published: str, since: int, where: str
) -> list[dict[str, str]]:
    cells = _select(cube.table, series, params, where)
    labels, texts = params.area_dimension, params.year_dimension
    keys = _area_keys(list(cells[labels].unique()), table, params, areas, where)
    years = {text: _year(str(text), params, where) for text in cells[texts].unique()}
    in_scheme = (areas.table["scheme"] == table.scheme) & (areas.table["type"] != "region")
    missing = "incomplete" if set(areas.table.index[in_scheme]) - set(keys.values()) else ""
    rows = []
    for label, text, figure in cells[[labels, texts, VALUE]].itertuples(index=False):
        (year, status), area = years[text], keys[label]
        if figure is None or year < since:
            continue
        nation = areas.table.loc[area, "type"] == "nation"
        back_cast = "back-cast" if _is_back_cast(areas, area, year, table) else ""
        rows.append(
            ledger_row(
                series.nation if nation and series.nation else series.to,
                published,
                area=area,
                period=str(year),
                figure=checked_figure(figure, f"{where}, {label}, {text}"),
                status=status,
                quality=" ".join(filter(None, (back_cast, "" if nation else missing))),
            )
        )
    return rows


def _select(cells: pd.DataFrame, series: PxSeries, params: PxWeb, where: str) -> pd.DataFrame:
    """The cells of one series, with each further dimension fixed at its chosen label."""
    dimensions = [str(name) for name in cells if name != VALUE]
    for name in (params.area_dimension, params.year_dimension):
        if name not in dimensions:
            todo = f"{did_you_mean(name, dimensions)} {_MAP}."
            raise DataError(where, f'a dimension "{name}"', ", ".join(dimensions), todo)
    further = [name for name in dimensions if name not in (params.area_dimension, params.year_dimension)]
    if len(further) != len(series.select):
        expected = f"{len(series.select)} dimensions besides areas and years"
        raise DataError(where, expected, ", ".join(further) or "none", f"{_MAP}: series.select.")
    for name, label in zip(further, series.select, strict=True):
        labels = [str(text) for text in cells[name].unique()]
        if label not in labels:
            raise DataError(f'{where}, dimension "{name}"', f'"{label}"', "others", did_you_mean(label, labels))
        cells = cells[cells[name] == label]
    return cells


def _area_keys(labels: list[str], table: PxTable, params: PxWeb, areas: Areas, where: str) -> dict[str, str]:
    """Area keys by label: those mapped for the table, else the names of areas in its scheme."""
    rows = areas.table[areas.table["scheme"] == table.scheme]
    keys_by_label = {_letters(name, params): str(key) for key, name in rows["name"].items()}
    keys_by_label |= {_letters(name, params): key for name, key in table.areas.items()}
    keys = {str(label): keys_by_label.get(_letters(str(label), params), "") for label in labels}
    for label, key in keys.items():
        if not key:
            todo = f"{did_you_mean(_letters(label, params), keys_by_label)} {_MAP}.tables: areas."
            raise DataError(f"{where}, area", f"an area of the {table.scheme} units", f'"{label}"', todo)
        if list(keys.values()).count(key) > 1:
            both = " and ".join(f'"{text}"' for text, other in keys.items() if other == key)
            raise DataError(f"{where}, area", "one label an area", f"{both} for {key}", f"{_MAP}.tables: areas.")
    return keys


def _letters(label: str, params: PxWeb) -> str:
    """A label with composed letters, single spaces, and look-alike letters replaced."""
    text = " ".join(unicodedata.normalize("NFC", label).split())
    for look_alike, letter in params.letters.items():
        text = text.replace(look_alike, letter)
    return text


def _year(label: str, params: PxWeb, where: str) -> tuple[int, Status]:
    """Year and status of a label such as ``Sơ bộ 2024``."""
    match = _YEAR.match(" ".join(unicodedata.normalize("NFC", label).split()))
    before = match["before"] if match else label
    if match is None or before not in params.statuses:
        todo = f"{did_you_mean(before, params.statuses)} {_MAP}.statuses."
        raise DataError(f"{where}, year", "a year, or a known word and a year", f'"{label}"', todo)
    return int(checked_period(match["year"], f"{where}, year")[:4]), params.statuses[before]


def _is_back_cast(areas: Areas, area: str, year: int, table: PxTable) -> bool:
    """Whether the publisher recalculated a figure for a unit that did not exist throughout the year."""
    if table.back_cast_until is None or year > table.back_cast_until:
        return False
    return str(areas.table.loc[area, "type"]) == "region" or areas.is_merged(area)
