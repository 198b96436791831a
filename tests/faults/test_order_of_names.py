"""Names stand in the order of their own alphabet, where the letter with a stroke stood behind V."""

from datetime import date

from policyreport.data.inputs import Inputs
from policyreport.figures.facts import worst
from policyreport.figures.frame import Frame
from policyreport.figures.shares import threshold_by_area
from policyreport.records.base import Finding, Observation
from policyreport.records.formats import Formats
from policyreport.records.markdown import unmarked
from policyreport.records.shares import Threshold
from policyreport.statistics.tasks.quarters import quarter_on_quarter

ORDER = ["An Giang", "Cà Mau", "Cao Bằng", "Đắk Lắk", "Đồng Nai", "Hà Nội", "Hải Phòng", "Vĩnh Long"]


def test_e9_areas_with_one_value_stand_in_the_order_of_the_alphabet() -> None:
    seen = Observation(
        id="f#1", area="n01", indicator="i", measure="m", period="2025", published=date(2025, 12, 1), value=14,
        unit="%", status="observed", source="s",
    )  # fmt: skip
    records = [
        Threshold(area=name, indicator="i", measure="m", period="2025", threshold=16, observation=seen, verdict="below",
                  distance=-2)
        for name in reversed(ORDER)
    ]  # fmt: skip
    frame = Frame("fig", formats=Formats("en"))
    alt = threshold_by_area(records, {name: name for name in ORDER}, frame, "16%").alt
    assert sorted(ORDER, key=alt.index) == ORDER


def test_e9_publishers_in_a_source_line_stand_in_the_order_of_the_alphabet(nation: Inputs, say) -> None:
    """Đảng Cộng Sản came after Lai Châu."""
    record = {"quarter_on_quarter": quarter_on_quarter(nation.tasks, nation.settings.flow)}
    text = unmarked(say("quarters", "counts", record, data=nation))
    line = next(line for line in text.splitlines() if line.startswith("Sources: ") and "Lai Châu" in line)
    named = ["Báo Vĩnh Long", "Cà Mau", "Đảng Cộng Sản", "Huế Ngày Nay", "Lai Châu"]
    assert sorted(named, key=line.index) == named


def test_e9_findings_of_one_rule_stand_in_the_order_of_the_alphabet() -> None:
    """Báo Điện Biên Phủ came after Báo Vĩnh Long."""
    named = [Finding(rule="licence-missing", severity="note", message=f"Báo {name}: no terms.") for name in ORDER]
    assert worst(reversed(named)) == named
