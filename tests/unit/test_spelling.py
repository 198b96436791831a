import unicodedata
from random import Random

from policyreport.params.spelling import sort_key

PROVINCES = (
    "An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Đồng Nai", "Đồng Tháp",
    "Gia Lai", "Hà Nội", "Hà Tĩnh", "Hải Phòng", "Hồ Chí Minh", "Huế", "Hưng Yên", "Khánh Hòa", "Lai Châu", "Lạng Sơn",
    "Lào Cai", "Lâm Đồng", "Nghệ An", "Ninh Bình", "Phú Thọ", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị", "Sơn La",
    "Tây Ninh", "Thái Nguyên", "Thanh Hóa", "Tuyên Quang", "Vĩnh Long",
)  # fmt: skip
"""The 34 as a Vietnamese dictionary has them."""


def shuffled(names: tuple[str, ...]) -> list[str]:
    mixed = list(names)
    Random(34).shuffle(mixed)
    return mixed


def test_e9_names_stand_in_the_order_of_the_vietnamese_alphabet() -> None:
    assert sorted(shuffled(PROVINCES), key=sort_key) == list(PROVINCES)


def test_e9_letters_come_before_tones_and_tones_in_their_order() -> None:
    words = ("ma", "mà", "mả", "mã", "má", "mạ", "mau", "măng", "mân", "on", "ôn", "ơn")
    assert sorted(shuffled(words), key=sort_key) == list(words)


def test_e9_composed_and_decomposed_names_are_one() -> None:
    for name in PROVINCES:
        assert sort_key(unicodedata.normalize("NFD", name))[:2] == sort_key(name)[:2]


def test_e9_case_and_signs_do_not_part_what_belongs_together() -> None:
    words = ("2 km", "Bà Rịa - Vũng Tàu", "bà rịa vũng tàu 2", "Bắc Giang", "Zebra", "Ωmega")
    assert sorted(shuffled(words), key=sort_key) == list(words)
