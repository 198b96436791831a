"""Whatever a text holds, pandoc reads what `escape` wrote as that text and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pypandoc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyreport.records.markdown import attribute, escape, link, written_address

# Pieces of Markdown, HTML, LaTeX, Typst, Quarto and Jinja, and what they are made of.
PIECES = [
    "<script>alert(1)</script>", "`x`{=html}", "`", "``", "```", "~~~", "```{=typst}", ":::", "::: {.x}",
    '[x]{.v rows="0"}', "[x](javascript:a)", "![x](http://a.example/b)", "[^1]", "^[note]", "[a]: http://b",
    "[[x.y|word]]", "{{< meta x >}}", "{{{< x >}}}", "@fig-a", "-@x", "@", "$x$", "$$", "\\(", "\\[", "\\begin{x}",
    "\\", "#", "# a", "#.", "1.", "1)", "(1)", "a.", "iv)", "(@a)", "-", "--", "---", "...", "…", "*", "**b**",
    "_", "__", "~a~", "^a^", "~~", "==", "===", "+", "+---+", "|", "| a | b |", "|---|", ":", "::", ":smile:",
    ": x", "~ x", ">", "> q", "<", "&", "&lt;", "&#60;", "&amp;", '"', "'", "http://a.example", "www.a.example",
    "a@b.example", "<http://a>", "<!-- c -->", "%", "% t", "{", "}", "{.x}", "{#i onclick=a}", "${x}", "{{ x }}",
    "{% x %}", "Mr.", "No. 5", "e.g. x", "Exercise 1.", " ", "  ", "    ", "\t", "\n", "\n\n", "\u00a0", "a", "Z",
    "0", "9.", "ă", "Đồng Nai", "–", "“", "”", "!", "!!", "[", "]", "(", ")", "/", ",", ";", "?",
    "cf5733e5-0370-4aae-8689-61bad1dd9ec0&#x60;", "\ue000", "#let x = 1", '#eval("1")', "<label>", "\\u{41}",
    "the nation's", "areas' lists",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=8).map("".join)
_PRIVATE = re.compile("[\x00-\x08\x0e-\x1b\x7f\ue000-\uf8ff\U000f0000-\U0010ffff]")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])|(?<=(?i:s))'(?= [^\W\d_])")
# Where a text may stand: the Markdown around it, and what of that a reader sees.
CONTEXTS = [
    ("", "", "", ""),
    ("Before ", " after.", "Before ", " after."),
    ("**", "** and", "", " and"),
    ("## ", "", "", ""),
    ("- ", "", "", ""),
    ("[", "](<https://a.example>)", "", ""),
    ("[", ']{.v rows="1"}', "", ""),
    ("| a | b |\n|---|---|\n| ", " | c |", "a b ", " c"),
]
INERT = {"Para", "Plain", "Str", "Space", "Header", "BulletList", "Strong", "Link", "Span", "Table"}
INERT |= {"AlignDefault", "ColWidth", "ColWidthDefault"}


def _blocks(markdown: str) -> list[dict[str, Any]]:
    """What pandoc reads."""
    command = [pypandoc.get_pandoc_path(), "--from=markdown", "--to=json"]
    done = subprocess.run(command, input=markdown.encode(), capture_output=True, check=True)
    return list(json.loads(done.stdout)["blocks"])


def _nodes(node: Any) -> Iterator[tuple[str, Any]]:
    """Every element of pandoc's tree with what it holds."""
    if isinstance(node, dict) and isinstance(node.get("t"), str):
        yield node["t"], node.get("c")
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(part)


def _text(block: dict[str, Any]) -> str:
    apart = ("Space", "SoftBreak", "Plain")
    pieces = [held if kind == "Str" else " " for kind, held in _nodes(block) if kind in ("Str", *apart)]
    return _spaced("".join(pieces))


def _spaced(text: str) -> str:
    # Pandoc holds "Mr." and what follows together.
    return " ".join(part for part in text.replace("\u00a0", " ").split(" ") if part)


def _seen(text: str) -> str:
    """A text as a reader sees it: on one line, private and control signs replaced, apostrophes curved."""
    return _spaced(_APOSTROPHE.sub("’", _collapsed(text)))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=10, max_size=20))
def test_c2_pandoc_reads_an_escaped_text_as_that_text_wherever_it_stands(samples: list[str]) -> None:
    places = [(sample, context) for sample in samples if _seen(sample) for context in CONTEXTS]
    filled = [f"{before}{escape(sample)}{after}" for sample, (before, after, _, _) in places]
    blocks = _blocks("".join(f"{markdown}\n\nend\n\n" for markdown in filled))
    got = [text for text in map(_text, blocks) if text != "end"]
    assert got == [_spaced(f"{before}{_seen(sample)}{after}") for sample, (_, _, before, after) in places]
    assert {kind for kind, _ in _nodes(blocks)} <= INERT


@given(st.lists(texts, min_size=10, max_size=20))
def test_c1_an_attribute_holds_its_text_and_ends_where_it_ends(samples: list[str]) -> None:
    blocks = _blocks("\n\n".join(f'[a]{{.v note="{attribute(sample)}"}}' for sample in samples))
    spans = [held for kind, held in _nodes(blocks) if kind == "Span"]
    assert [(span[0][1], span[0][2]) for span in spans] == [
        (["v"], [["note", _collapsed(sample)]]) for sample in samples
    ]


def _collapsed(text: str) -> str:
    return re.sub(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+", " ", _PRIVATE.sub("\ufffd", text)).strip(" ")


@given(texts)
def test_escaping_twice_is_escaping_once(text: str) -> None:
    assert escape(escape(text)) == escape(text)


@given(texts, texts)
def test_c1_a_link_leads_to_http_or_is_text(text: str, tail: str) -> None:
    for address in (tail, f"https://a.example/{tail}", f"https://{tail}", f"javascript:{tail}"):
        try:
            target = written_address(address)
        except ValueError:
            assert link(text, address) == escape(text)
            continue
        assert re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?([-./?&=+,:@#~_%A-Za-z0-9]*)", target)
        assert link(text, address) == f"[{escape(text)}](<{target}>)"
