"""Present boundaries for readers: how values were put on them."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits
from policyreport.figures.present.recalculated import WEIGHTS, spread
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table


def boundaries(inputs: Inputs) -> Exhibits:
    """Show which values were recalculated, and how far they may be from the truth: "boundaries", "boundaries-ranges"."""
    voice = Voice(inputs)
    return Exhibits([_bases(voice), _ranges(voice)])


def _ranges(voice: Voice) -> Exhibit:
    """How far a recalculated value may be from the truth: its parts, and what other weights would give."""
    panel = voice.inputs.panel
    rows = panel[(panel["basis"] == "recalculated") & panel["value"].notna() & panel["low"].notna()]
    if rows.empty:
        return Exhibit("boundaries-ranges", "")
    widest = rows.iloc[int((rows["weight_high"] - rows["weight_low"]).to_numpy().argmax())]
    largest = voice.formats.number(float(widest["weight_high"] - widest["weight_low"]), 2)
    name = voice.indicator(str(widest["indicator"]))
    body = [
        [
            voice.indicator(str(indicator)),
            ", ".join(sorted({text for text in again["weight"] if text})),
            voice.formats.count(len(again)),
            spread(voice, again, "low", "high"),
            spread(voice, again, "weight_low", "weight_high"),
            voice.formats.count(int((again["note"] == "renormalised").sum())),
        ]
        for indicator, again in rows.groupby("indicator", sort=True)
    ]
    return table(
        "boundaries-ranges",
        ["Indicator", "Weights", "Values", "Former provinces apart", "Other weights move", "Small part missing"],
        body,
        f"Other weights move a recalculated value by {largest} at most ({name}). *Merged provinces and years, median (largest) in the "
        f"indicator's unit: from the lowest to the highest former province, and the range under {WEIGHTS}; last column: values without a former province of little weight.*",
        align="llrrrr",
        wide=True,
    )


def _bases(voice: Voice) -> Exhibit:
    """Which indicators were recalculated on present boundaries."""
    panel, provinces = voice.inputs.panel, set(voice.inputs.provinces)
    rows = panel[panel["area"].isin(provinces)]
    if rows.empty:
        return Exhibit("boundaries", "No annual series is known on present boundaries.")
    body = []
    for indicator, group in rows.groupby("indicator", sort=True):
        done = group[group["value"].notna()]
        again = done[done["basis"] == "recalculated"]
        body.append(
            [
                voice.indicator(str(indicator)),
                f"{int(done['year'].min())}–{int(done['year'].max())}" if len(done) else "",
                voice.formats.count(int((done["basis"] == "published").sum())),
                voice.formats.count(int((done["basis"] == "back-cast").sum())),
                voice.formats.count(len(again)),
                voice.formats.count(int(group["value"].isna().sum())),
            ]
        )
    return table(
        "boundaries",
        [
            "Indicator",
            "Years",
            "As published",
            "Publisher's recalculation",
            "Our recalculation",
            "Part missing",
        ],
        body,
        "The statistics office's own series on present boundaries is used wherever it exists. *Annual values of the "
        "provinces by how they came to stand on present boundaries.*",
        align="llrrrr",
        wide=True,
    )
