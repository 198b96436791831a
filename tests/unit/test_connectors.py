"""Each connector against its recorded answer: exactly which rows of the ledger come out, with which source."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, unquote

import httpx
import pytest

from policyreport.data.areas import read_areas
from policyreport.data.observations.ledger import TEXT
from policyreport.errors import ConnectError, DataError, ParamsError, UsageError
from policyreport.intake.connectors import pxweb, sdmx, worldbank
from policyreport.intake.connectors.fetched import Fetched, day_of, preview, republished
from policyreport.intake.connectors.web import Web
from policyreport.params.connectors import Target, read_connectors
from policyreport.records.digits import as_published

ROOT = Path(__file__).parents[2]
ANSWERS = ROOT / "tests" / "data" / "connectors"
TODAY = date(2026, 11, 22)
PARAMS = read_connectors(ROOT)
AREAS = read_areas(ROOT)
MEDIA = {".json": "application/json;charset=utf-8", ".xml": "text/xml", ".html": "text/html; charset=utf-8"}
AREA_LABELS = {
    "PL.V03.01": "Cả nước|Đồng bằng sông Hồng|Hà Nội|Bắc Ninh|Quảng Ninh|Hải Phòng|Hưng Yên|Ninh Bình|"
    "Trung du và miền núi phía Bắc|Cao Bằng|Tuyên Quang|Lào Cai|Thái Nguyên|Lạng Sơn|Phú Thọ|Điện Biên|Lai Châu|"
    "Sơn La|Bắc Trung Bộ|Thanh Hóa|Nghệ An|Hà Tĩnh|Quảng Trị|Huế|Duyên hải Nam Trung Bộ và Tây Nguyên|Đà Nẵng|"
    "Quảng Ngãi|Gia Lai|Khánh Hòa|Đắk Lắk|Lâm Đồng|Đông Nam Bộ|Tây Ninh|Đồng Nai|TP. Hồ Chí Minh|"
    "Đồng bằng sông Cửu Long|Vĩnh Long|Đồng Tháp|An Giang|Cần Thơ|Cà Mau",
    "V03.10": "Ðồng bằng sông Hồng|Hà Nội|Vĩnh Phúc|Bắc Ninh|Quảng Ninh|Hải Dương|Hải Phòng|Hưng Yên|Thái Bình|Hà Nam|"
    "Nam Ðịnh|Ninh Bình|Trung du và miền núi phía Bắc|Hà Giang|Cao Bằng|Bắc Kạn|Tuyên Quang|Lào Cai|Yên Bái|"
    "Thái Nguyên|Lạng Sơn|Bắc Giang|Phú Thọ|Ðiện Biên|Lai Châu|Sơn La|Hoà Bình|"
    "Bắc Trung Bộ và Duyên hải miền Trung|Thanh Hoá|Nghệ An|Hà Tĩnh|Quảng Bình|Quảng Trị|Thừa Thiên Huế|Ðà Nẵng|"
    "Quảng Nam|Quảng Ngãi|Bình Ðịnh|Phú Yên|Khánh Hoà|Ninh Thuận|Bình Thuận|Tây Nguyên|Kon Tum|Gia Lai|Ðắk Lắk|"
    "Ðắk Nông|Lâm Ðồng|Ðông Nam Bộ|Bình Phước|Tây Ninh|Bình Dương|Ðồng Nai|Bà Rịa - Vũng Tàu|TP.Hồ Chí Minh|"
    "Ðồng bằng sông Cửu Long|Long An|Tiền Giang|Bến Tre|Trà Vinh|Vĩnh Long|Ðồng Tháp|An Giang|Kiên Giang|Cần Thơ|"
    "Hậu Giang|Sóc Trăng|Bạc Liêu|Cà Mau",
}


class Recorded(httpx.MockTransport):
    """Answers in turn with recorded files and keeps what was asked."""

    def __init__(self, *names: str) -> None:
        self.asked: list[httpx.Request] = []
        self.names = list(names)
        super().__init__(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = ANSWERS / self.names.pop(0)
        return httpx.Response(200, content=path.read_bytes(), headers={"content-type": MEDIA[path.suffix]})


def from_worldbank(code: str, **options) -> Fetched:
    with Web(PARAMS.http, Recorded(f"{code}.json")) as web:
        return worldbank.fetch(code, web, PARAMS.worldbank, TODAY, **options)


def from_pxweb(table: str, since: int = 0, recorded: Recorded | None = None) -> Fetched:
    with Web(PARAMS.http, recorded or Recorded("table-page.html", f"{table}.json")) as web:
        return pxweb.fetch(table, web, PARAMS.pxweb, AREAS, TODAY, since)


def from_sdmx(*series: str, since: int = 0) -> Fetched:
    with Web(PARAMS.http, Recorded("GDPVNM.xml")) as web:
        return sdmx.fetch("GDPVNM", web, PARAMS.sdmx, TODAY, series=series, since=since)


def cells(fetched: Fetched, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row) for row in fetched.rows[list(columns)].to_numpy()]


# --- World Bank


def test_population_arrives_in_thousands_with_every_column_of_the_ledger() -> None:
    fetched = from_worldbank("SP.POP.TOTL")
    assert list(fetched.rows.columns) == list(TEXT)
    assert fetched.rows.iloc[2].to_dict() == dict.fromkeys(TEXT, "") | {
        "area": "VN",
        "indicator": "population_average",
        "measure": "world-bank",
        "period": "2025",
        "published": "2026-07-13",
        "value": "101598.527",
        "unit": "thousand persons",
        "status": "observed",
    }
    assert cells(fetched, "period", "value")[:2] == [("2023", "100352.192"), ("2024", "100987.686")]


def test_years_without_a_figure_are_left_out_and_states_are_told_apart() -> None:
    fetched = from_worldbank("NY.GDP.MKTP.KD.ZG")
    assert cells(fetched, "period", "value", "status") == [
        ("2030", "-2.5", "observed"),
        ("2031", "5", "estimate"),
        ("2033", "7.125", "projection"),
    ]
    assert fetched.source.note == "1 of 4 years asked for have no figure."


def test_income_per_head_arrives_in_millions() -> None:
    assert cells(from_worldbank("NY.GDP.PCAP.CN"), "value", "unit") == [
        ("105", "million VND per person"),
        ("123.457", "million VND per person"),
    ]


def test_the_world_bank_is_asked_once_for_the_years_wanted() -> None:
    recorded = Recorded("SP.POP.TOTL.json")
    with Web(PARAMS.http, recorded) as web:
        fetched = worldbank.fetch("SP.POP.TOTL", web, PARAMS.worldbank, TODAY, country="VNM", since=2018)
    (asked,) = recorded.asked
    assert asked.url.path == "/v2/country/VNM/indicator/SP.POP.TOTL"
    assert dict(asked.url.params) == {"format": "json", "date": "2018:2026", "per_page": "1000"}
    assert fetched.source.address == str(asked.url)


def test_the_source_of_a_fetch_is_complete() -> None:
    fetched = from_worldbank("SP.POP.TOTL")
    source = fetched.source
    assert source.publisher == "World Bank"
    assert source.title == "World Development Indicators: Population, total (SP.POP.TOTL), VN"
    assert (source.published, source.accessed, source.licence) == ("2026-07-13", TODAY, "CC BY 4.0")
    assert source.address.startswith("https://api.worldbank.org/v2/country/VN/indicator/SP.POP.TOTL?")
    assert fetched.name == "world-bank/SP.POP.TOTL-2026-07-13"
    assert fetched.raw == (ANSWERS / "SP.POP.TOTL.json").read_bytes()


@pytest.mark.parametrize(
    ("options", "place", "nearest"),
    [
        ({"indicator": "SP.POP.TOT"}, "--indicators SP.POP.TOT", 'did you mean "SP.POP.TOTL"?'),
        ({"indicator": "SP.POP.TOTL", "country": "VNN"}, "--country VNN", 'did you mean "VN" or "VNM"?'),
    ],
)
def test_an_unmapped_code_is_refused_with_the_nearest_before_anything_is_sent(options, place, nearest) -> None:
    recorded = Recorded()
    with Web(PARAMS.http, recorded) as web, pytest.raises(UsageError) as caught:
        worldbank.fetch(web=web, params=PARAMS.worldbank, accessed=TODAY, **options)
    assert caught.value.where == place
    assert caught.value.todo == nearest
    assert recorded.asked == []


# --- PX-Web


@pytest.mark.parametrize("table", ["PL.V03.01", "PL.V03.02", "V03.10", "V03.12", "PL.V02.02-04"])
def test_a_table_gives_the_figures_the_ledger_has_of_it(table, ledger) -> None:
    fetched = from_pxweb(table)
    verdicts = preview(fetched.rows, ledger)
    assert set(verdicts["change"]) == {"unchanged"}
    assert len(verdicts) == {"PL.V03.01": 15, "PL.V03.02": 6, "V03.10": 18, "V03.12": 6, "PL.V02.02-04": 4}[table]


def test_an_index_becomes_growth_and_the_nation_has_an_indicator_of_its_own() -> None:
    fetched = from_pxweb("PL.V03.01", since=2024)
    assert cells(fetched, "area", "indicator", "period", "value", "status", "quality") == [
        ("VN", "gdp_growth", "2024", "7.04", "preliminary", ""),
        ("VN", "gdp_growth", "2025", "8.019", "estimate", ""),
        ("R34:red_river_delta", "grdp_growth", "2024", "8.225", "preliminary", "back-cast incomplete"),
        ("R34:red_river_delta", "grdp_growth", "2025", "9.736", "estimate", "back-cast incomplete"),
        ("n01", "grdp_growth", "2024", "6.536", "preliminary", "incomplete"),
        ("n01", "grdp_growth", "2025", "8.157", "estimate", "incomplete"),
        ("n24", "grdp_growth", "2024", "10.322", "preliminary", "back-cast incomplete"),
        ("n24", "grdp_growth", "2025", "10.275", "estimate", "back-cast incomplete"),
        ("n79", "grdp_growth", "2024", "5.86", "preliminary", "back-cast incomplete"),
        ("n79", "grdp_growth", "2025", "7.525", "estimate", "back-cast incomplete"),
    ]


def test_a_name_belongs_to_the_units_of_its_table() -> None:
    before, after = from_pxweb("V03.10"), from_pxweb("PL.V03.01")
    assert set(before.rows["area"]) == {"R63:red_river_delta", "o01", "o46", "o52", "o64", "o79"}
    assert set(after.rows["area"]) == {"VN", "R34:red_river_delta", "n01", "n24", "n79"}
    assert not before.rows["quality"].str.contains("back-cast").any()


@pytest.mark.parametrize("table", AREA_LABELS)
def test_every_label_of_the_whole_table_is_an_area_of_its_own(table, tmp_path) -> None:
    labels = AREA_LABELS[table].split("|")
    answer = json.loads((ANSWERS / f"{table}.json").read_bytes().rstrip(b"\0"))
    dimension = answer["dataset"]["dimension"]
    places = {str(at): label for at, label in enumerate(labels)}
    dimension["Tỉnh, thành phố"]["category"] = {"index": {key: int(key) for key in places}, "label": places}
    dimension["size"] = [len(labels), 3]
    answer["dataset"]["value"] = [104.0] * 3 * len(labels)
    replies = iter([((ANSWERS / "table-page.html").read_bytes(), ".html"), (json.dumps(answer).encode(), ".json")])

    def reply(_: httpx.Request) -> httpx.Response:
        body, suffix = next(replies)
        return httpx.Response(200, content=body, headers={"content-type": MEDIA[suffix]})

    with Web(PARAMS.http, httpx.MockTransport(reply)) as web:
        fetched = pxweb.fetch(table, web, PARAMS.pxweb, AREAS, TODAY)
    scheme = PARAMS.pxweb.tables[table].scheme
    assert fetched.rows["area"].nunique() == len(labels)
    assert set(AREAS.table.index[AREAS.table["scheme"] == scheme]) <= set(fetched.rows["area"])
    assert not fetched.rows["quality"].str.contains("incomplete").any()


def test_the_form_is_sent_as_a_browser_would_with_every_value_chosen() -> None:
    recorded = Recorded("table-page.html", "PL.V03.02.json")
    from_pxweb("PL.V03.02", recorded=recorded)
    page, sent = recorded.asked
    assert unquote(page.url.raw_path.decode()) == (
        "/pxweb/vi/PLV03Tài khoản quốc gia/PLV03Tài khoản quốc gia/PL.V03.02.px/"
    )
    assert sent.method == "POST"
    assert sent.url.path == page.url.path
    assert sent.url.query == b"rxid=0000"
    form = parse_qs(sent.content.decode(), keep_blank_values=True)
    selector = "ctl00$Main$VariableSelector1"
    assert form == {
        "__EVENTTARGET": [""],
        "__VIEWSTATE": ["dDwtMTA7Pg=="],
        "__EVENTVALIDATION": ["/wEdAAI="],
        "ctl00$Main$SearchValuesTextbox": [""],
        "ctl00$Main$Scroll": [""],
        f"{selector}$ctl01$VariableValueSelect$ValuesListBox": ["0", "1"],
        f"{selector}$ctl02$VariableValueSelect$ValuesListBox": ["0", "1"],
        f"{selector}$OutputFormats$OutputFormatDropDownList": ["FileTypeJsonStat"],
        f"{selector}$ButtonViewTable": ["Tiếp tục"],
    }


def test_a_table_without_a_stamp_counts_as_published_on_the_day_of_access() -> None:
    fetched = from_pxweb("PL.V03.01")
    assert fetched.source.published == "2026-11-22"
    assert "published is the day of access" in fetched.source.note
    assert fetched.name == "nso/PL.V03.01-2026-11-22"
    assert from_pxweb("PL.V03.02").source.published == "2026-08-18"


def test_a_further_dimension_is_held_at_the_label_written_down() -> None:
    fetched = from_pxweb("PL.V02.02-04")
    assert cells(fetched, "area", "period", "value", "status") == [
        ("n01", "2024", "8717.63", "observed"),
        ("n01", "2025", "8857.53", "preliminary"),
        ("n24", "2024", "3509.19", "observed"),
        ("n24", "2025", "3572.35", "preliminary"),
    ]


def test_an_unmapped_table_is_refused_with_the_nearest_before_anything_is_sent() -> None:
    recorded = Recorded()
    with pytest.raises(UsageError, match=r'did you mean "PL\.V03\.01"'):
        from_pxweb("PL.V03.1", recorded=recorded)
    assert recorded.asked == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Hà Nội", "Hà Nộj", r'got "Hà Nộj"\. did you mean "Hà Nội"'),
        ("Sơ bộ 2024", "Dự báo 2024", r'a known word and a year; got "Dự báo 2024"'),
        ("Hà Nội", "Cả nước", r"one label an area"),
        ('"Năm"', '"Kỳ"', r'expected a dimension "Năm"'),
    ],
)
def test_a_label_that_nobody_mapped_stops_the_fetch(old, new, message) -> None:
    page, table = (ANSWERS / name for name in ("table-page.html", "PL.V03.02.json"))
    changed = table.read_bytes().replace(old.encode(), new.encode())
    if new == "Cả nước":
        changed = changed.replace("Cả nước".encode(), "Cả  nước".encode(), 1)
    replies = iter([(page.read_bytes(), ".html"), (changed, ".json")])

    def reply(_: httpx.Request) -> httpx.Response:
        body, suffix = next(replies)
        return httpx.Response(200, content=body, headers={"content-type": MEDIA[suffix]})

    with Web(PARAMS.http, httpx.MockTransport(reply)) as web, pytest.raises(DataError, match=message):
        pxweb.fetch("PL.V03.02", web, PARAMS.pxweb, AREAS, TODAY)


# --- SDMX


def test_a_national_accounts_series_arrives_by_year_and_quarter() -> None:
    fetched = from_sdmx()
    assert cells(fetched, "area", "indicator", "measure", "period", "value", "unit", "status") == [
        ("VN", "gdp_current", "nso-sdmx", "2022", "9548737.7", "billion VND", "observed"),
        ("VN", "gdp_current", "nso-sdmx", "2023", "10221814.7", "billion VND", "observed"),
        ("VN", "gdp_current", "nso-sdmx", "2024-Q2", "2732153.1", "billion VND", "observed"),
        ("VN", "gdp_current", "nso-sdmx", "2024-Q3", "2849908.1", "billion VND", "preliminary"),
    ]
    # Prepared at 20:08 UTC is the next day on the publisher's clock.
    assert fetched.source.published == "2024-10-25"
    assert fetched.name == "nso/GDPVNM-2024-10-25"


def test_years_before_the_one_asked_for_are_left_out() -> None:
    assert cells(from_sdmx("NGDP_PA_XDC", since=2024), "period") == [("2024-Q2",), ("2024-Q3",)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('UNIT_MULT="9"', 'UNIT_MULT="6"', r'expected UNIT_MULT 9; got "6"\. The unit has changed'),
        ('OBS_STATUS="P"', 'OBS_STATUS="Q"', "a known OBS_STATUS"),
        ('REF_AREA="VN"', 'REF_AREA="VM"', r'a known REF_AREA; got "VM"\. known: VN\.'),
        ('"9548737.670658568"', '"9,548"', r'2022: expected a number up to 1e\+15; got "9,548"'),
        ("NGDP_PA_XDC", "NGDP_PA_X", r'expected the series in the file; got none\. did you mean "NGDP_PA_X"'),
    ],
)
def test_what_nobody_mapped_stops_the_fetch(old, new, message) -> None:
    body = (ANSWERS / "GDPVNM.xml").read_text(encoding="utf-8").replace(old, new)
    answer = httpx.MockTransport(lambda _: httpx.Response(200, text=body, headers={"content-type": "text/xml"}))
    with Web(PARAMS.http, answer) as web, pytest.raises(DataError, match=message):
        sdmx.fetch("GDPVNM", web, PARAMS.sdmx, TODAY)


def test_a_document_type_is_refused_before_it_is_read() -> None:
    body = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    answer = httpx.MockTransport(lambda _: httpx.Response(200, text=body, headers={"content-type": "text/xml"}))
    with Web(PARAMS.http, answer) as web, pytest.raises(ConnectError, match="a document type declaration"):
        sdmx.fetch("GDPVNM", web, PARAMS.sdmx, TODAY)


# --- the mapping


def test_the_rule_is_times_minus_and_rounding_half_to_even() -> None:
    target = Target(indicator="x", unit="%", times=Decimal("0.1"), minus=Decimal(100), decimals=2)
    assert target.value(Decimal("1063.45")) == Decimal("6.34")
    assert target.value(Decimal("1063.55")) == Decimal("6.36")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("indicator: rnd_share", "indicator: rnd_shares", r'got "rnd_shares"\. did you mean "rnd_share"'),
        ("measure: nso-sdmx", "measure: nso", r"a measure of gdp_current"),
        ('unit: "% of GDP"', 'unit: "%"', r'a unit of rnd_share; got "%"'),
        (", minus: 100", ", plus: -100", r'unknown key "plus"'),
        ("https://api.worldbank.org", "http://api.worldbank.org", "worldbank.address"),
    ],
)
def test_a_slip_in_the_map_is_named(old, new, message, tmp_path) -> None:
    (tmp_path / "params").mkdir()
    for name in ("connectors", "indicators"):
        text = (ROOT / "params" / f"{name}.yaml").read_text(encoding="utf-8")
        assert name == "indicators" or old in text
        (tmp_path / "params" / f"{name}.yaml").write_text(text.replace(old, new, 1) if name == "connectors" else text)
    with pytest.raises(ParamsError, match=message):
        read_connectors(tmp_path)


def test_every_area_of_the_map_is_a_key() -> None:
    mapped = [*PARAMS.worldbank.areas.values(), *PARAMS.sdmx.areas.values()]
    mapped += [key for table in PARAMS.pxweb.tables.values() for key in table.areas.values()]
    assert set(mapped) <= set(AREAS.table.index)


# --- what every fetch has


@pytest.mark.parametrize(
    ("stamp", "day", "noted"),
    [
        ("2026-08-15T02:00:00Z", "2026-08-15", False),
        ("2026-08-15T17:30:00Z", "2026-08-16", False),
        ("9999-12-31T16:59:59Z", "2026-11-22", True),
        ("", "2026-11-22", True),
    ],
)
def test_a_stamp_is_a_day_on_the_publishers_clock(stamp, day, noted) -> None:
    assert day_of(stamp, 7, TODAY, "X")[0] == day
    assert bool(day_of(stamp, 7, TODAY, "X")[1]) is noted


def test_a_stated_day_replaces_the_publishers_and_the_sidecar_says_so() -> None:
    fetched = republished(from_worldbank("SP.POP.TOTL"), "2026-07-20")
    assert set(fetched.rows["published"]) == {"2026-07-20"}
    assert fetched.source.published == "2026-07-20"
    assert "The publisher's own date is 2026-07-13" in fetched.source.note
    assert fetched.name == "world-bank/SP.POP.TOTL-2026-07-20"


@pytest.mark.parametrize(
    ("number", "text"), [("1E+5", "100000"), ("7.040", "7.04"), ("-0.000", "0"), ("0.5", "0.5"), ("120", "120")]
)
def test_a_number_is_written_plainly(number, text) -> None:
    assert as_published(Decimal(number)) == text
