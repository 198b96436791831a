"""Panels that several reference tests share."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from policyreport.methods.peers import PeerPanel

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
