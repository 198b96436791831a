"""Panels and records that several reference tests share."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from policyreport.records.notebooks import BY_NOTEBOOK, NotebookRecord
from policyreport.running.plan import EditionData, edition_areas
from policyreport.statistics.ranks.comparators import PeerPanel

BUILD = Path(os.environ["BUILD"]).resolve() if "BUILD" in os.environ else None
YEARS = tuple(range(2020, 2026))


@pytest.fixture(scope="session")
def growth_table() -> pd.DataFrame:
    """The statistics office's table of August 2026: 34 areas and the nation."""
    return pd.read_csv(Path(__file__).parents[1] / "data" / "nso_growth_34.csv", index_col="area")


@pytest.fixture(scope="session")
def growth_panel(growth_table: pd.DataFrame) -> PeerPanel:
    columns = [f"growth_{year}" for year in YEARS]
    areas = growth_table.drop(index="VN")
    return PeerPanel(
        indicator="grdp_growth",
        unit="%",
        areas=tuple(areas.index),
        years=YEARS,
        values=areas[columns].to_numpy(float),
        nation=growth_table.loc["VN", columns].to_numpy(float),
        regions=tuple(areas["region"]),
        product=(areas["population_2024"] * areas["income_2024"]).to_numpy(float),
        likeness=np.column_stack(
            [np.log(areas["population_2024"]), np.log(areas["income_2023"]), areas["urban_share_2024"]]
        ),
    )


@pytest.fixture(scope="session")
def records(known_q4: EditionData, slice_of, made_record, made_once) -> dict[tuple[str, str], NotebookRecord]:
    """Every record of the edition of 2025Q4 by area and notebook: of the one that BUILD names, or made here."""
    if BUILD:
        folder = BUILD / "records"
    else:

        def make(folder: Path) -> None:
            for area in edition_areas(known_q4):
                inputs = slice_of(known_q4, "trend", area)
                (folder / area).mkdir()
                for notebook in ("clean", "trend", "compare"):
                    (folder / area / f"{notebook}.json").write_bytes(made_record(inputs, notebook).to_json())

        folder = made_once("provinces", make)
    return {
        (path.parent.name, path.stem): BY_NOTEBOOK[path.stem].from_json(path.read_bytes())
        for path in sorted(folder.glob("*/*.json"))
    }
