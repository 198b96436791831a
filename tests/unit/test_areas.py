"""Keys, names, regions and the mapping from former to present provinces."""

from datetime import date
from pathlib import Path

import pytest

from policyreport.data.areas import Areas, read_areas
from policyreport.data.harmonise.parts import shares
from policyreport.errors import UsageError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def areas() -> Areas:
    return read_areas(ROOT)


def test_there_are_63_provinces_the_day_before_the_mergers_and_34_after(areas: Areas) -> None:
    before, after = areas.current(date(2025, 6, 30)), areas.current(date(2025, 7, 1))
    assert (len(before), len(after)) == (63, 34)
    assert not set(before) & set(after)
    assert after == sorted(after)


def test_a_code_given_anew_means_another_province(areas: Areas) -> None:
    assert areas.name("o52") == "Bình Định"
    assert areas.name("n52") == "Gia Lai"
    changed = {
        key[1:]
        for key in areas.current(date(2025, 7, 1))
        if "o" + key[1:] in areas.table.index and areas.name(key) != areas.name("o" + key[1:])
    }
    assert changed == {"15", "24", "44", "52", "80", "82", "91"}


def test_every_former_province_went_whole_into_one_present_province(areas: Areas) -> None:
    former, present = areas.current(date(2025, 6, 30)), areas.current(date(2025, 7, 1))
    assert sorted(part for key in present for part in areas.parts(key)) == former
    assert {areas.successor(old) for old in former} == set(present)
    assert sum(areas.is_merged(key) for key in present) == 23


def test_weights_of_a_province_add_up_to_one(areas: Areas) -> None:
    for weight in ("population", "grdp", "area", "equal"):
        sums = shares(areas, weight).groupby(areas.crosswalk["new"]).sum()
        assert sums.to_numpy() == pytest.approx(1, abs=1e-12)


def test_communes_add_up_to_the_published_total(areas: Areas) -> None:
    present = areas.table.loc[areas.current(date(2025, 7, 1))]
    assert present["commune_units"].astype(int).sum() == 3321


def test_slugs_are_unique_among_present_provinces(areas: Areas) -> None:
    slugs = [areas.slug(key) for key in areas.current(date(2025, 7, 1))]
    assert len(set(slugs)) == 34
    assert areas.slug("o77") == "ba-ria-vung-tau"


def test_regions_belong_to_the_scheme_of_the_province(areas: Areas) -> None:
    assert areas.region("n38") == "R34:north_central"
    assert areas.region("o38") == "R63:north_central_and_central_coast"
    assert areas.name("R34:north_central") == "North Central"
    assert areas.name("R34:north_central", "vi") == "Bắc Trung Bộ"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("n01", "n01"),
        ("Hà Nội", "n01"),
        ("ha noi", "n01"),
        ("Đắk Lắk", "n66"),
        ("dak-lak", "n66"),
        ("Gia Lai", "n52"),
        ("Bình Định", "o52"),
        ("Viet Nam", "VN"),
        ("Southeast", "R34:southeast"),
    ],
)
def test_a_name_is_understood_with_and_without_accents(areas: Areas, text: str, key: str) -> None:
    assert areas.resolve(text) == key


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("n99", '"n96" (Cà Mau)'),
        ("Hanoi", '"n01" (Hà Nội)'),
        ("Ho Chi Minh City", '"n79" (Hồ Chí Minh)'),
        ("xyzzy", r"data/boundaries/areas\.csv"),
    ],
)
def test_an_unknown_area_is_answered_with_the_nearest(areas: Areas, text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        areas.resolve(text)
    assert hint.replace("\\", "") in str(caught.value)


def test_an_unknown_key_is_never_silently_taken(areas: Areas) -> None:
    for ask in (
        areas.name,
        areas.slug,
        areas.region,
        areas.parts,
        areas.successor,
        areas.is_merged,
    ):
        with pytest.raises(UsageError, match="did you mean"):
            ask("n99")


def test_a_slice_without_sidecars_can_be_read(tmp_path: Path, areas: Areas) -> None:
    folder = tmp_path / "data" / "boundaries"
    folder.mkdir(parents=True)
    for name in ("areas.csv", "crosswalk.csv"):
        (folder / name).write_bytes((ROOT / "data" / "boundaries" / name).read_bytes())
    assert read_areas(tmp_path).table.equals(areas.table)
