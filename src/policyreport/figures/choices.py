"""The choices behind a specification, and what a refusal or warning is about, as readers know them."""

from collections.abc import Mapping
from dataclasses import dataclass

from policyreport.data.series_frames import MERGED
from policyreport.params.indicators import Indicators
from policyreport.params.policy import Policy
from policyreport.params.report import Roles
from policyreport.params.wording import capitalised
from policyreport.records.digits import as_published
from policyreport.records.series import Sensitivity

PARTS = {"fan": "fan of yearly changes", "cusum": "wandering residuals (CUSUM)", "step": "step at a date"}
"""Names for readers of parts of a method that a refusal may concern."""

UNITS: Mapping[str, str] = {
    "completion": "% of the list",
    "threshold": "% of GDP",
    "pace": "observed to required pace",
    "trend": "provinces",
    "peers": "provinces",
    "exposure": "percentage points",
}
"""Of the estimates of a method's specifications."""
AXES: Mapping[str, str] = {
    "list": "list",
    "clustering": "tasks that finish together",
    "measure": "measure",
    "vintage": "vintage",
    "mean": "direction of revisions expected",
    "scale": "size of revisions expected",
    "prior": "weight of that expectation",
    "base": "base year",
    "form": "form of growth",
    "window": "window",
    "series": "series",
    "dependence": "dependence",
    "peers": "peers",
    "likeness": "likeness",
    "weight": "weight",
    "carry-over": "carry-over",
    "exposure": "exposure",
    "post": "years after the start",
    "control": "held fixed",
    "inference": "how p is found",
}
"""Names of the axes of choice for readers, in the order in which they are shown: a record keeps none."""
PICKS: Mapping[tuple[str, str], str] = {
    ("control", "none"): "no control",
    ("control", "merged"): "merger held fixed",
    ("post", "all"): "every year after the start",
    ("post", "first"): "the first year after the start alone",
    ("form", "cagr"): "compound",
    ("form", "pp"): "straight line",
    ("vintage", "newest"): "newest vintage",
    ("vintage", "first"): "first vintage",
    ("mean", "zero"): "mean revision zero",
    ("mean", "normal"): "mean revision about zero",
    ("mean", "flat"): "mean revision as in the past",
    ("scale", "none"): "no prior scale",
    ("prior", "0 degrees"): "no prior",
    ("base", "earliest"): "from the earliest year",
    ("base", "shortest"): "from the latest base allowed",
    ("base", "one year"): "one-year pace",
    ("dependence", "learnt"): "carry-over learnt from all provinces",
    ("carry-over", "learnt"): "carry-over learnt from all provinces",
    ("carry-over", "none"): "years independent",
    ("window", "all"): "all years",
    ("likeness", "all"): "all variables",
    ("dependence", "HAC"): "estimated errors (HAC)",
    ("dependence", "GLSAR"): "fitted dependence (GLSAR)",
    ("inference", "WCR"): "wild cluster bootstrap (WCR)",
    ("inference", "RI-t"): "permuted exposures (RI-t)",
    ("inference", "CRV1"): "textbook clustered error (CRV1)",
    ("weight", "plain"): "plain mean",
    ("weight", "output"): "weighted by output",
}
"""Names of choices, by axis and the method's own name."""
TRANSLATED: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "tasks of the resolution": "nhiệm vụ của nghị quyết",
        "tasks of the resolution: earlier outlooks": "nhiệm vụ của nghị quyết: triển vọng trước đây",
        "fan of yearly changes": "dải biến động hằng năm",
        "wandering residuals (CUSUM)": "phần dư trôi (CUSUM)",
        "step at a date": "bước nhảy tại một ngày",
        "% of the list": "% danh mục",
        "% of GDP": "% GDP",
        "observed to required pace": "tốc độ thực tế so với tốc độ cần có",
        "provinces": "tỉnh, thành phố",
        "percentage points": "điểm phần trăm",
        "tasks that finish together": "nhiệm vụ hoàn thành theo nhóm",
        "measure": "cách tính",
        "vintage": "lần công bố",
        "direction of revisions expected": "chiều điều chỉnh dự kiến",
        "size of revisions expected": "độ lớn điều chỉnh dự kiến",
        "weight of that expectation": "trọng số của dự kiến đó",
        "base year": "năm gốc",
        "form of growth": "dạng tăng trưởng",
        "window": "khoảng năm",
        "series": "chuỗi",
        "dependence": "tự tương quan",
        "peers": "nhóm tương đồng",
        "likeness": "biến tương đồng",
        "weight": "quyền số",
        "carry-over": "tự tương quan",
        "exposure": "đặc điểm xuất phát",
        "years after the start": "các năm sau mốc bắt đầu",
        "held fixed": "giữ cố định",
        "how p is found": "cách tính p",
        "without urban share": "không tính tỷ lệ đô thị",
        "minus nation": "trừ cả nước",
        "minus mean": "trừ bình quân",
        "minus mean in both scales": "trừ bình quân, cả hai thang",
        "minus mean in standard deviations": "trừ bình quân, theo độ lệch chuẩn",
        "own": "chính chuỗi đó",
        "from 2022": "từ 2022",
        "official only": "chỉ số chính thức",
        "carry-over 0": "tự tương quan 0",
        "carry-over 0.3": "tự tương quan 0,3",
        "carry-over 0.6": "tự tương quan 0,6",
        "design effect 1": "hiệu ứng thiết kế 1",
        "design effect 2": "hiệu ứng thiết kế 2",
        "design effect 4": "hiệu ứng thiết kế 4",
        "no control": "không giữ biến nào",
        "merger held fixed": "giữ cố định việc sáp nhập",
        "every year after the start": "mọi năm sau mốc bắt đầu",
        "the first year after the start alone": "chỉ năm đầu sau mốc bắt đầu",
        "compound": "tốc độ kép",
        "straight line": "đường thẳng",
        "newest vintage": "lần công bố mới nhất",
        "first vintage": "lần công bố đầu",
        "mean revision zero": "điều chỉnh trung bình bằng 0",
        "mean revision about zero": "điều chỉnh trung bình quanh 0",
        "mean revision as in the past": "điều chỉnh trung bình như đã qua",
        "no prior scale": "không có thang tiên nghiệm",
        "no prior": "không có tiên nghiệm",
        "from the earliest year": "từ năm sớm nhất",
        "from the latest base allowed": "từ năm gốc muộn nhất cho phép",
        "one-year pace": "tốc độ một năm",
        "carry-over learnt from all provinces": "tự tương quan ước lượng từ mọi tỉnh, thành phố",
        "years independent": "các năm độc lập",
        "all years": "mọi năm",
        "all variables": "mọi biến",
        "estimated errors (HAC)": "sai số ước lượng (HAC)",
        "fitted dependence (GLSAR)": "tự tương quan khớp (GLSAR)",
        "wild cluster bootstrap (WCR)": "bootstrap cụm (WCR)",
        "permuted exposures (RI-t)": "hoán vị đặc điểm xuất phát (RI-t)",
        "textbook clustered error (CRV1)": "sai số cụm thông thường (CRV1)",
        "plain mean": "trung bình giản đơn",
        "weighted by output": "quyền số là GRDP",
        "merger of several provinces": "sáp nhập nhiều tỉnh",
        "× prior scale": "× thang tiên nghiệm",
        "prior worth {count} revision": "tiên nghiệm tính như {count} lần điều chỉnh",
        "prior worth {count} revisions": "tiên nghiệm tính như {count} lần điều chỉnh",
        "{name} peers": "{name} tỉnh, thành phố tương đồng",
    }
}
"""The names in other languages, by the English ones."""


def translated(text: str, language: str) -> str:
    """Return one of these names in a language, English where it has none."""
    return TRANSLATED.get(language, {}).get(text, text)


def subject_name(subject: str, indicators: Indicators, roles: Roles, language: str = "en") -> str:
    """Name what a code is about: an indicator by its name, its measure by its label."""
    key, _, rest = subject.partition(" ")
    indicator = indicators.by_id().get(key)
    if indicator is None:
        return capitalised(translated(PARTS.get(subject, subject), language))
    if not rest:
        return indicator.name
    measure = rest.strip("()")
    part = translated(PARTS[rest], language) if rest in PARTS else roles.measure_labels.get(measure, measure)
    return f"{indicator.name}, {part}"


def exposure_name(name: str, indicators: Indicators, roles: Roles, language: str = "en") -> str:
    """Name what areas were exposed to: indicator with its year, or the merger; a user's own column as it is called."""
    if name == MERGED:
        return translated("merger of several provinces", language)
    if name not in {variable.name for variable in roles.likeness}:
        return name.replace("_", " ")
    variable = roles.likeness_by_name(name)
    indicator = indicators.get(getattr(roles, variable.series).indicator)
    return f"{indicator.name} {variable.year}{' (log)' if variable.log else ''}"


@dataclass(frozen=True)
class ChoiceNames:
    """Names choices by the parameters of an edition."""

    indicators: Indicators
    roles: Roles
    policy: Policy
    language: str = "en"

    def named(self, grid: Sensitivity) -> Sensitivity:
        """Return the same table with choices as readers see them."""
        axes = sorted(grid.headline.choices, key=list(AXES).index)
        heads = {axis: translated(AXES[axis], self.language) for axis in axes}
        rows = tuple(
            row.model_copy(update={"choices": {heads[axis]: self.name(axis, row.choices[axis]) for axis in axes}})
            for row in grid.specifications
        )
        picks = [part.partition(" ") for part in grid.most_different.split(", ") if part]
        choices = ", ".join(self.name(axis, pick) for axis, _, pick in picks if axis in axes)
        return grid.model_copy(update={"specifications": rows, "most_different": choices})

    def name(self, axis: str, pick: str) -> str:
        """Name one choice."""
        if axis == "measure":
            return self.roles.measure_labels.get(pick, pick)
        if axis == "exposure":
            return exposure_name(pick, self.indicators, self.roles, self.language)
        if axis == "list":
            return self.policy.list_named(pick).title
        name = translated(PICKS.get((axis, pick), pick), self.language)
        if axis == "scale":
            return name.replace("s0", translated("× prior scale", self.language))
        if axis == "prior" and name == pick:
            worth = as_published(float(pick.removesuffix(" degrees")))
            text = "prior worth {count} revision" if worth == "1" else "prior worth {count} revisions"
            return translated(text, self.language).format(count=worth)
        return translated("{name} peers", self.language).format(name=name) if axis == "peers" else name
