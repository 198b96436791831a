"""Whether a rendered page, or a PDF, has come alive: judged by what a browser made of it, never by its source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pypdf
from hostile_corpus import EVIL

# The elements and attributes of a page of the site; anything else was brought in.
HTML = """
html head meta title link script body header nav main footer aside section article div span p a ul ol li dl dt dd h1 h2
h3 h4 h5 h6 strong em code pre br hr table thead tbody tfoot tr th td caption colgroup col figure figcaption details
summary button label input search small sup sub blockquote b abbr
"""
SVG = "svg g path rect circle ellipse line polyline polygon text tspan use defs clipPath pattern marker title desc"
MATHML = """
math semantics annotation mrow mi mo mn mfrac msub msup msubsup msqrt mover munder munderover mtext mspace mstyle mtable
mtr mtd mpadded
"""
ELEMENTS = frozenset((HTML + SVG + MATHML).split())
BROUGHT = """
() => {
  const own = new Set(OWN), found = [];
  const tell = (what, element) => found.push(`${what}: ${element.outerHTML.slice(0, 160)}`);
  for (const element of document.querySelectorAll("*")) {
    if (!own.has(element.localName)) tell("element", element);
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) tell("handler", element);
      if (["style", "srcdoc", "formaction", "action", "background", "ping"].includes(name)) tell("attribute", element);
      if (/^(href|src|xlink:href|data|cite)$/i.test(name)) {
        const leads = value.trim();
        const outside = /^[a-z][a-z0-9+.-]*:/i.exec(leads);
        if (outside && !/^(https?:|data:,$)/i.test(leads)) tell("address", element);
        if (/^\\/\\//.test(leads) || new URL(leads, document.baseURI).hostname === "EVIL") tell("address", element);
        const icon = element.localName === "link" && leads === "data:,";
        if (outside && element.localName !== "a" && !icon) tell("request", element);
      }
    }
  }
  for (const script of document.scripts) if (script.textContent.trim()) tell("script", script);
  if (document.querySelectorAll("base, form, meta[http-equiv='refresh' i]").length) found.push("base, form or refresh");
  if (document.documentElement.dataset.fired || window.fired) found.push("a script ran");
  return found;
}
""".replace("OWN", str(sorted(ELEMENTS))).replace("EVIL", EVIL)
# The text of every block, and every attribute that is read out or shown.
TEXTS = """
() => {
  const blocks = "p, li, td, th, h1, h2, h3, h4, dt, dd, figcaption, summary, text, title, button, nav a";
  const texts = [...document.querySelectorAll(blocks)].map((element) => element.textContent);
  for (const element of document.querySelectorAll("[title], [aria-label], meta[name=description]")) {
    for (const name of ["title", "aria-label", "content"]) texts.push(element.getAttribute(name) || "");
  }
  return texts;
}
"""


@dataclass
class Verdict:
    """What was brought to life, and all text that pages show."""

    live: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    pages: int = 0

    @cached_property
    def told(self) -> str:
        """All texts, one a line, each once."""
        return "\n".join(dict.fromkeys(map(spaced, self.texts)))

    def shows(self, text: str) -> bool:
        """Whether a text stands somewhere letter by letter."""
        return spaced(text) in self.told


def spaced(text: str) -> str:
    """A text with single spaces, as a browser lays it out."""
    return " ".join(text.split())


def judge_site(browser: Any, site: Path, names: list[str] | None = None, *, bypass: bool = True) -> Verdict:
    """Open every page, use its search and its sources of values, and look what is there.

    With `bypass` the security policy of the page is off: what it would have stopped shows.
    """
    verdict = Verdict()
    context = browser.new_context(bypass_csp=bypass)
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (event) => {"
        " window.broken = event.blockedURI + event.violatedDirective; });"
    )
    try:
        for path in sorted(site.rglob("*.html")) if names is None else [site / name for name in names]:
            _judge_page(context, site, path, verdict)
    finally:
        context.close()
    return verdict


def _judge_page(context: Any, site: Path, path: Path, verdict: Verdict) -> None:
    page, told = context.new_page(), verdict.live
    name = path.relative_to(site).as_posix()
    page.on("dialog", lambda dialog: (told.append(f"{name}: dialog {dialog.message}"), dialog.dismiss()))
    page.on("popup", lambda other: told.append(f"{name}: popup {other.url}"))
    page.on("request", lambda request: told.extend(_leaving(name, site, request.url)))
    page.on("pageerror", lambda error: told.append(f"{name}: error {error}"))
    page.goto(path.as_uri())
    # Every source of a value is opened once, and the search is used: both write data into the page.
    shown = page.evaluate(
        """async (texts) => {
          const every = [...document.querySelectorAll(".v[data-rows]")].map((mark) => [mark.dataset.rows, mark]);
          const marks = [...new Map(every).values()];
          const found = [];
          for (const mark of marks) {
            mark.click();
            if (!window.traceData) await new Promise((done) => setTimeout(done, 300));
            const card = document.querySelector(".source-card");
            if (card) found.push(card.textContent, ...[...card.querySelectorAll("*")].map((part) => part.textContent));
          }
          const field = document.getElementById("search-words");
          if (field) {
            field.focus();
            await new Promise((done) => setTimeout(done, 200));
            field.value = "zq";
            field.dispatchEvent(new Event("input"));
            await new Promise((done) => setTimeout(done, 50));
          }
          return found;
        }"""
    )
    told += [f"{name}: {what}" for what in page.evaluate(BROUGHT)]
    if broken := page.evaluate("window.broken || ''"):
        told.append(f"{name}: stopped by the policy: {broken}")
    verdict.texts += [*shown, *page.evaluate(TEXTS)]
    verdict.pages += 1
    page.close()


def _leaving(name: str, site: Path, url: str) -> list[str]:
    """A request that leaves the site's folder."""
    return [] if url.startswith((site.as_uri(), "data:,")) else [f"{name}: request {url[:120]}"]


def judge_pdf(path: Path) -> Verdict:
    """Look for actions and addresses in a PDF, and read its text, all white space left out."""
    reader, verdict = pypdf.PdfReader(path), Verdict()
    root = reader.trailer["/Root"]
    for name in ("/OpenAction", "/AA", "/AcroForm"):
        if name in root:
            verdict.live.append(f"PDF: {name}")
    if "/Names" in root and {"/JavaScript", "/EmbeddedFiles"} & set(root["/Names"]):
        verdict.live.append("PDF: a script or file inside")
    pieces = []
    for number, page in enumerate(reader.pages, start=1):
        pieces.append(page.extract_text())
        for entry in page.get("/Annots") or ():
            action = entry.get_object().get("/A") or {}
            address = str(action.get("/URI", ""))
            if action.get("/S") not in (None, "/URI", "/GoTo") or (address and not re.match(r"https?://", address)):
                verdict.live.append(f"PDF, page {number}: {action}")
            if EVIL in address.partition("//")[2].partition("/")[0]:
                verdict.live.append(f"PDF, page {number}: {address}")
    verdict.texts, verdict.pages = [bare("".join(pieces))], len(pieces)
    return verdict


def bare(text: str) -> str:
    """A text without white space and the hyphens of a line's end."""
    return re.sub(r"[\s\u00ad\u200b\u2060]", "", text)
