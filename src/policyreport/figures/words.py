"""The short texts inside figures and in their alternative texts, by language.

Verdicts are not among them: they come with the figure's frame, from params/wording.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """Texts of a figure in one language."""

    all_areas: str = "All"
    not_computed: str = "not in this run"
    no_data: str = "no value"
    values_from: str = "{count} areas, from {low} ({low_label}) to {high} ({high_label})"
    no_comparison: str = "no comparison"
    more_on_list: str = "more on the list"
    fewer_on_list: str = "fewer on the list"
    list_too_short: str = "list too short for an interval"
    recurring: str = "recurring"
    late: str = "completed late"
    overdue: str = "overdue"
    hollow: str = "hollow: estimate or preliminary"
    one_vintage: str = "published once"
    arrow: str = "arrow: from the first published value to the latest"
    pp_pace: str = "at the pace so far"
    cagr_pace: str = "at the growth rate so far"
    largest_gain: str = "at the largest yearly gain"
    fan: str = "bands: {inner} and {outer}% of past drift, a scenario and not a forecast"
    shrinkage: str = "arrow: from the own value to the pooled estimate"
    pooled: str = "pooled"
    mean: str = "mean"
    limits: str = "{level}% limits"
    interval_95: str = "95% interval"
    design_effect: str = "design effect"
    required_share: str = "required"
    base_year: str = "base year"
    dotted: str = "dotted line"
    median_line: str = "line: median slope"
    median_slope: str = "median slope"
    outside_window: str = "grey: outside the years of the trend"
    refused: str = "refused"
    benchmark: str = "{value} benchmark"
    target: str = "target {value}"
    country: str = "country"
    former: str = "{name} (former)"
    points: str = "percentage points"
    before: str = "before"
    latest: str = "latest"
    aim: str = "target"
    top: str = "top {count}"
    way_gone: str = "way gone"
    by_year: str = "By {year}"
    every_year: str = "Every year"
    own_rows: str = "published for the province as it is now"
    former_rows: str = "published for its former parts only"
    obstacles: str = "obstacles"
    proposals: str = "proposals"
    orders: str = "orders"
    points_a_year: str = "percentage points a year"
    percent_a_year: str = "% a year"
    country_100: str = "country = 100"
    difference: str = "Difference to the country"
    growth_itself: str = "Growth itself"
    merger: str = "merger, {month}"
    questions_revised: str = "questions revised, {year}"
    tasks_on_list: str = "tasks on the list"
    finished_in_30: str = "% finished in 30 days"
    completed: str = "completed"
    not_completed: str = "not completed"
    target_in: str = "{target} in {year}"
    map_title: str = "Digital economy, % of GRDP"
    below: str = "below {high}"
    from_to: str = "{low} to {high}"
    or_more: str = "{low} or more"
    years: str = "{first} to {last}, {count} years"
    of_these: str = "{count} of these {total}"
    of_all: str = "{count} of all {total}"
    outcome: str = "{slope} a year ({interval} at {level}): {verdict}"
    source: str = "Source"
    sources: str = "Sources"
    more_sources: str = " and others"
    files_cited: str = "{publishers} ({count} files, see Sources)"
    scale: str = "scale {range}"
    other_source: str = "{named}; and {count} other (see Sources)."
    other_sources: str = "{named}; and {count} others (see Sources)."
    method: str = "Method: {methods}."
    takes_for_granted: str = "Takes for granted:"
    legal_reference: str = "Legal reference: {text}"
    file: str = "File"
    row_count: str = "Rows"
    size: str = "Size"
    what_it_holds: str = "What it holds"
    download_caption: str = (
        "{count} files. *Everything the report was made from and everything it computed, as known on its date.*"
    )
    no_table: str = "no table"
    verdict: str = "verdict"
    bands: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)


WORDS = {
    "en": Words(),
    "vi": Words(
        all_areas="Cả",
        not_computed="chưa tính trong lần chạy này",
        no_data="không có số liệu",
        values_from="{count} địa phương, từ {low} ({low_label}) đến {high} ({high_label})",
        no_comparison="không so sánh",
        more_on_list="nhiệm vụ thêm vào danh mục",
        fewer_on_list="nhiệm vụ bớt khỏi danh mục",
        list_too_short="danh mục quá ngắn để tính khoảng tin cậy",
        recurring="thường xuyên",
        late="hoàn thành muộn",
        overdue="quá hạn",
        hollow="vòng rỗng: ước tính hoặc sơ bộ",
        one_vintage="công bố một lần",
        arrow="mũi tên: từ số công bố đầu tiên đến số mới nhất",
        pp_pace="theo mức tăng bình quân đến nay",
        cagr_pace="theo tốc độ tăng đến nay",
        largest_gain="theo mức tăng năm lớn nhất",
        fan="dải: {inner} và {outer}% của biến động đã qua, là kịch bản chứ không phải dự báo",
        shrinkage="mũi tên: từ giá trị riêng đến ước lượng gộp",
        pooled="gộp",
        mean="bình quân",
        limits="giới hạn {level}%",
        interval_95="khoảng 95%",
        design_effect="hiệu ứng thiết kế",
        required_share="yêu cầu",
        base_year="năm gốc",
        dotted="đường chấm",
        median_line="đường thẳng: độ dốc trung vị",
        median_slope="độ dốc trung vị",
        outside_window="xám: ngoài các năm xét xu hướng",
        refused="từ chối",
        benchmark="mốc {value}",
        target="mục tiêu {value}",
        country="cả nước",
        former="{name} (cũ)",
        points="điểm phần trăm",
        before="trước",
        latest="mới nhất",
        aim="mục tiêu",
        top="nhóm {count}",
        way_gone="đoạn đường đã đi",
        by_year="Đến năm {year}",
        every_year="Hằng năm",
        own_rows="đã công bố cho tỉnh, thành phố hiện nay",
        former_rows="chỉ công bố cho các đơn vị trước sáp nhập",
        obstacles="khó khăn",
        proposals="đề xuất",
        orders="chỉ đạo",
        points_a_year="điểm phần trăm một năm",
        percent_a_year="% một năm",
        country_100="cả nước = 100",
        difference="Chênh lệch so với cả nước",
        growth_itself="Bản thân tốc độ tăng",
        merger="sáp nhập, {month}",
        questions_revised="sửa câu hỏi, {year}",
        tasks_on_list="nhiệm vụ trong danh mục",
        finished_in_30="% hoàn thành trong 30 ngày",
        completed="hoàn thành",
        not_completed="chưa hoàn thành",
        target_in="{target} năm {year}",
        map_title="Kinh tế số, % GRDP",
        below="dưới {high}",
        from_to="{low} đến {high}",
        or_more="từ {low}",
        years="{first} đến {last}, {count} năm",
        of_these="{count} trong {total} nhiệm vụ đó",
        of_all="{count} trong tất cả {total} nhiệm vụ",
        outcome="{slope} một năm (khoảng {level}: {interval}): {verdict}",
        source="Nguồn",
        sources="Nguồn",
        more_sources=" và nguồn khác",
        files_cited="{publishers} ({count} tệp, xem mục Nguồn số liệu)",
        scale="thang {range}",
        other_source="{named} và {count} nguồn khác (xem mục Nguồn số liệu).",
        other_sources="{named} và {count} nguồn khác (xem mục Nguồn số liệu).",
        method="Phương pháp: {methods}.",
        takes_for_granted="Giả định:",
        legal_reference="Căn cứ: {text}",
        file="Tệp",
        row_count="Số dòng",
        size="Dung lượng",
        what_it_holds="Nội dung",
        download_caption="{count} tệp. *Mọi số liệu đầu vào và kết quả tính toán, theo số liệu công bố đến ngày chốt.*",
        no_table="không phải bảng",
        verdict="nhận định",
        bands={"meets": "đạt", "below": "dưới", "above": "trên", "shown": "chỉ nêu số"},
        statuses={"estimate": "ước tính", "preliminary": "sơ bộ", "projection": "dự kiến"},
    ),
}
