"""Whatever a table holds, it gives figures or messages; and what it gives is what it says."""

import csv
import io
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyreport.errors import PolicyReportError
from policyreport.intake.delivery import Delivery
from policyreport.intake.receiving import Options, receive

ROOT = Path(__file__).parents[2]
STATED = {
    "publisher": "mic-mst",
    "title": "Report",
    "address": "https://example.org/q1",
    "published": "2026-04-15",
    "period": "2026-Q1",
    "list": "central-2025-10",
}
KEYS = ("n01", "n40", "n52", "n79", "n96")
# The same province in the ways sheets write it.
NAMES = {
    "n01": ("Hà Nội", "Thành phố Hà Nội", "TP. Hà Nội", "HA NOI", "1. Hà Nội", "Hanoi"),
    "n40": ("Nghệ An", "Tỉnh Nghệ An", "tỉnh NGHỆ AN", "Nghe An", "UBND tỉnh Nghệ An"),
    "n52": ("Gia Lai", "Tỉnh Gia Lai", "GIA LAI"),
    "n79": ("TP HCM", "TP. Hồ Chí Minh", "Thành phố Hồ Chí Minh", "Ho Chi Minh City"),
    "n96": ("Cà Mau", "Ca Mau", "Tỉnh Cà Mau *"),
}
ODD = (
    *("", "-", "…", "0", "12", "1.298", "1,298", "94,5%", "94.5%", "12*", "12 (1)", "(1)", "(1) x", "½", "١٢", "1e5"),
    *("Nghệ An", "Tổng số", "Cả nước", "Địa phương", "Quá hạn", "STT", "Kỳ báo cáo: Quý I/2026", "52", "o52", "VN"),
    *("=1+1", "@x", "\x00", "\u202e", "\ufeff", "a\nb", '"', "'", ";", "\t", "|", "[red]x", "{0}", "../..", "1" * 400),
)  # fmt: skip
cells = st.one_of(st.sampled_from(ODD), st.text(max_size=6))
rows = st.lists(st.lists(cells, min_size=1, max_size=5), max_size=7)
quietly = settings(suppress_health_check=[HealthCheck.too_slow])


def read(lines: list[list[str]], delimiter: str = ",", encoding: str = "utf-8") -> Delivery:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(lines)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        path.write_bytes(out.getvalue().encode(encoding, "replace"))
        return receive(ROOT, path, Options(STATED, date(2026, 5, 1)))


@quietly
@given(rows, rows, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-16", "cp1258"]))
def test_any_table_gives_figures_or_messages_with_all_four_parts(above, below, delimiter, encoding):
    head = ["Địa phương", "Tổng số nhiệm vụ", "Đã hoàn thành", "Tỷ lệ hoàn thành"]
    try:
        problems = read([*above, head, ["Nghệ An", "12", "6", "50"], *below], delimiter, encoding).problems
    except PolicyReportError as error:
        problems = (error,)
    for each in problems:
        assert all((each.where, each.expected, each.got, each.todo))


@quietly
@given(st.data())
def test_names_order_and_separators_make_no_difference(data):
    keys = data.draw(st.permutations(KEYS))
    totals = data.draw(st.lists(st.integers(1000, 9_999_999), min_size=len(keys), max_size=len(keys)))
    rates = data.draw(st.lists(st.integers(11, 999), min_size=len(keys), max_size=len(keys)))
    signs = data.draw(st.sampled_from([".,", ",.", " ,", " ."]))
    percent = data.draw(st.sampled_from(["", "%", " %"]))
    columns = data.draw(st.permutations(range(3)))
    lines = [["Tỉnh, thành phố", "Tổng số nhiệm vụ", "Tỷ lệ hoàn thành"]]
    for key, total, rate in zip(keys, totals, rates, strict=True):
        name = data.draw(st.sampled_from(NAMES[key]))
        lines.append([name, f"{total:,}".replace(",", signs[0]), f"{rate / 10:.1f}".replace(".", signs[1]) + percent])
    delivery = read([[line[at] for at in columns] for line in lines], data.draw(st.sampled_from(",;\t|")))
    assert not delivery.problems
    said = {(each.fields["area"], each.fields["indicator"]): Decimal(each.fields["value"]) for each in delivery.figures}
    assert said == {
        **{(key, "tasks_total"): Decimal(total) for key, total in zip(keys, totals, strict=True)},
        **{(key, "task_completion_rate"): Decimal(rate) / 10 for key, rate in zip(keys, rates, strict=True)},
    }
