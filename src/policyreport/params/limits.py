"""How much is read from outside: more is a slip or an attack, and is refused by name.

The limits bound time and memory, not judgement: each is several times what the largest honest file needs. What is
plausible for an indicator is in params/indicators.yaml.
"""

from collections.abc import Mapping
from typing import Final

# Characters of a cell that is to be a number, a period or a day.
SHORT_TEXT: Final = 200
# Characters of a text, by field. The longest in use: publisher 82, title 136, address 180, note 435 (a sidecar's).
TEXT_LENGTHS: Final[Mapping[str, int]] = {
    "publisher": 120,  # the name of a folder too
    "publisher_name": 300,
    "title": 500,
    "address": 2_000,  # what browsers and servers take
    "licence": 500,
    "note": 4_000,  # of one figure, or of a whole table with the contradictions in its sheet
    "name": 300,  # of an area, indicator or file
    "cell": SHORT_TEXT,
}
# Any other text, such as a cell that is no field.
TEXT_LENGTH: Final = 4_000

# Bytes of a sheet as it was sent: a workbook of every commune and forty columns has about 5 MB.
FILE_BYTES: Final = 20_000_000
# Bytes of a workbook unpacked. XML compresses about tenfold, a "zip bomb" a thousandfold.
UNPACKED_BYTES: Final = 100_000_000
# Compression ratio of one large member: deflate reaches 1,032 on zeros only.
UNPACKED_RATIO: Final = 200
UNPACKED_RATIO_FROM: Final = 10_000_000
# A cell is two or three elements of XML.
XML_ELEMENTS: Final = 1_000_000
# Characters of one cell: what spreadsheet programs themselves allow.
CELL_TEXT: Final = 32_767
# Rows, columns and cells of a table: 3,321 communes of forty columns three times over.
ROWS: Final = 50_000
COLUMNS: Final = 1_000
CELLS: Final = 500_000
# Merged ranges of a sheet: a heading has some dozens, a province over its rows some hundreds.
MERGED_RANGES: Final = 20_000
WORKSHEETS: Final = 200
# Cells of a sheet that are refused one by one, with advice; a sheet with more is another kind of sheet.
PROBLEMS: Final = 100
# Lines above and below a table that are searched for periods and days; and words of one of them.
LINES: Final = 60
LINE_WORDS: Final = 120

# Digits of a number. A float holds 15 to 17 for certain; the largest amounts in dong have 16.
NUMBER_DIGITS: Final = 30
# Size of a number of the ledger, in its unit: output in dong would be a slip, its units are millions of them.
NUMBER_SIZE: Final = 10**15

# YAML by a person: the longest file in use has 65 kB.
YAML_BYTES: Final = 1_000_000
# Aliases make text grow without bound ("billion laughs"); 35 are in use.
YAML_ALIASES: Final = 200
# Nodes after aliases are followed, and how deep they nest.
YAML_NODES: Final = 200_000
YAML_DEPTH: Final = 30

# JSON of a publisher.
JSON_DEPTH: Final = 40
