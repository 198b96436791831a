// Theme, menu, search, sorting, sources of values, tables that fit, place in the contents list. Every part works without the others,
// and every page can be read without this file.
"use strict";

const page = document.documentElement;
const root = document.body.dataset.root || ".";
const language = page.lang || "en";
// Names stand in the order of their own alphabet whatever the page's language: Đ after D.
const names = new Intl.Collator([document.body.dataset.collation || language, language], { numeric: true });

// Theme: follows the system until somebody chooses; the choice is kept.
(() => {
  const button = document.querySelector(".theme-button");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (page.dataset.theme ? page.dataset.theme === "dark" : system.matches);
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    page.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("theme", page.dataset.theme); } catch (error) { /* storage is off */ }
    show();
  });
  system.addEventListener("change", show);
  show();
})();

// Menu on narrow screens, areas by region on all.
(() => {
  const header = document.querySelector(".site-header");
  const button = document.querySelector(".menu-button");
  const areas = document.querySelector(".areas");
  button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(header.classList.toggle("open")));
  });
  if (!areas) return;
  document.addEventListener("click", (event) => {
    if (!areas.contains(event.target)) areas.open = false;
  });
  areas.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !areas.open) return;
    areas.open = false;
    areas.querySelector("summary").focus();
  });
})();

// Search: over search-index.js, fetched when the field is first used; accents may be left out.
(() => {
  const field = document.getElementById("search-words");
  const box = document.getElementById("search-results");
  const [status, list] = [box.querySelector("p"), box.querySelector("ul")];
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  let index = null;

  const load = () => {
    if (index) return;
    index = [];
    const script = document.createElement("script");
    script.src = `${root}/search-index.js`;
    script.onload = () => {
      index = window.searchIndex.map(([href, title, heading, text]) => (
        { href, title, heading, text, top: title === heading, inHeading: plain(heading), inTitle: plain(title), inText: plain(text) }
      ));
      look();
    };
    document.head.append(script);
  };

  const score = (entry, words) => {
    let total = 0;
    for (const word of words) {
      const whole = (text) => ` ${text}`.includes(` ${word}`);
      if (entry.top && whole(entry.inTitle)) total += 8;
      else if (whole(entry.inHeading)) total += 4;
      else if (whole(entry.inTitle)) total += 2;
      else if (whole(entry.inText)) total += 1;
      else return 0;
    }
    return total + (entry.top ? 0.5 : 0) + (entry.top && entry.inTitle === words.join(" ") ? 8 : 0);
  };

  const extract = (entry, word) => {
    const at = entry.inText.indexOf(word);
    const from = at < 60 ? 0 : entry.text.indexOf(" ", at - 50) + 1;
    return (from ? "… " : "") + entry.text.slice(from, from + 110).replace(/\s\S*$/, "") + "\u00a0…";
  };

  const item = (entry, words) => {
    const link = document.createElement("a");
    link.href = `${root}/${entry.href}`;
    const title = document.createElement("strong");
    title.textContent = entry.heading;
    const small = document.createElement("small");
    small.textContent = entry.top ? extract(entry, words[0]) : `${entry.title} – ${extract(entry, words[0])}`;
    link.append(title, small);
    const line = document.createElement("li");
    line.append(link);
    return line;
  };

  function look() {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    box.hidden = words.length === 0;
    if (box.hidden) return;
    const found = index.map((entry) => [score(entry, words), entry]).filter(([points]) => points > 0);
    found.sort((a, b) => b[0] - a[0] || names.compare(a[1].title, b[1].title));
    status.textContent = found.length ? `${found.length} ${field.dataset.found}` : field.dataset.none;
    list.replaceChildren(...found.slice(0, 12).map(([, entry]) => item(entry, words)));
  }

  const step = (event) => {
    const stops = [field, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    if (event.key === "Escape") {
      box.hidden = true;
      field.focus();
    } else if (event.key === "ArrowDown" && at < stops.length - 1) {
      event.preventDefault();
      stops[at + 1].focus();
    } else if (event.key === "ArrowUp" && at > 0) {
      event.preventDefault();
      stops[at - 1].focus();
    } else if (event.key === "Enter" && at === 0 && stops[1]) {
      stops[1].click();
    }
  };

  field.addEventListener("focus", load);
  field.addEventListener("input", () => { load(); look(); });
  field.parentElement.addEventListener("keydown", step);
  document.addEventListener("click", (event) => {
    if (!field.parentElement.contains(event.target)) box.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
})();

// Sorting: words by the page's language, numbers by value; a dash or a word among numbers stays at the end.
(() => {
  const comma = (1.5).toLocaleString(language).includes(",");
  const number = (text) => {
    const found = text.replace(/[\u2212\u2013](?=\d)/g, "-").match(/-?\d[\d.,\s\u00a0\u202f]*/);
    if (!found || found.index > 2) return NaN;
    const digits = found[0].replace(/[\s\u00a0\u202f]/g, "");
    return Number(comma ? digits.replace(/\./g, "").replace(",", ".") : digits.replace(/,/g, ""));
  };
  const months = Array.from({ length: 12 }, (_, month) => (
    new Date(2000, month, 1).toLocaleString(language, { month: "long" }).toLowerCase()
  ));
  const date = (text) => {
    const found = text.match(/(\d{1,2})[\s/.-]+(\p{L}+|\d{1,2})[\s,/.-]+(\d{4})/u) || [];
    const month = Number(found[2]) || months.findIndex((name) => found[2] && name.startsWith(found[2].toLowerCase())) + 1;
    return month ? Number(found[3]) * 10000 + month * 100 + Number(found[1]) : NaN;
  };

  const kindOf = (texts, aligned) => {
    const filled = texts.filter((text) => /\d/.test(text));
    const most = (read) => filled.length && filled.filter((text) => !Number.isNaN(read(text))).length > filled.length / 2;
    if (most(date)) return "dates";
    return !["left", "start"].includes(aligned) && most(number) ? "numbers" : "words";
  };

  const sort = (table, head, column) => {
    const body = table.tBodies[0];
    const up = head.getAttribute("aria-sort") === "descending"
      || (!head.hasAttribute("aria-sort") && head.dataset.kind === "words");
    const rows = [...body.rows].map((row) => {
      const text = row.cells[column].textContent.trim();
      return { row, text, value: (head.dataset.kind === "dates" ? date : number)(text) };
    });
    const numeric = head.dataset.kind !== "words";
    const missing = (entry) => (numeric ? Number.isNaN(entry.value) : entry.text === "" || /^[–—-]$/.test(entry.text));
    rows.sort((a, b) => {
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      const difference = numeric ? a.value - b.value : names.compare(a.text, b.text);
      return up ? difference : -difference;
    });
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    body.append(...rows.map((entry) => entry.row));
  };

  for (const table of document.querySelectorAll(".sortable table")) {
    if (!table.tHead || table.tHead.rows.length !== 1 || !table.tBodies[0]) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const texts = [...table.tBodies[0].rows].map((row) => (row.cells[column] ? row.cells[column].textContent.trim() : ""));
      if (!head.textContent.trim()) return;
      head.dataset.kind = kindOf(texts, getComputedStyle(head).textAlign);
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head, column));
      head.append(button);
    });
  }
})();

// Sources of values: over trace-data.js, fetched when a reader first asks. Hover shows, a click or Enter keeps it open.
(() => {
  const marks = [...document.querySelectorAll(".v[data-rows]")];
  if (!marks.length) return;
  let [data, card, owner, kept, returning, timer] = [null, null, null, false, false, 0];

  // One stop for Tab in a whole table; the arrow keys go from value to value.
  const first = new Set();
  for (const mark of marks) {
    const table = mark.closest("table");
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-expanded", "false");
    mark.tabIndex = table && first.has(table) ? -1 : 0;
    if (table) first.add(table);
  }

  const load = (then) => {
    if (data) { then(); return; }
    if (window.traceData) { data = window.traceData; then(); return; }
    const script = document.createElement("script");
    script.src = `${root}/trace-data.js`;
    script.onload = () => { data = window.traceData; then(); };
    document.head.append(script);
  };

  const add = (parent, tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text) element.textContent = text;
    parent.append(element);
    return element;
  };

  const figures = (box, rows) => {
    let [title, definition] = ["", ""];
    rows.forEach(([name, value, where, meaning, note], at) => {
      if (data.texts[name] !== title) add(box, "span", "title", title = data.texts[name]);
      if (value) {
        const line = add(box, "span", "figure");
        add(line, "b", "", value);
        line.append(where ? ` – ${where}` : "");
      }
      if (data.texts[note]) add(box, "span", "definition", data.texts[note]);
      definition = data.texts[meaning];
      const next = rows[at + 1];
      if (definition && !(next && next[3] === meaning)) add(box, "span", "definition", definition);
    });
  };

  const citation = (box, number, rows) => {
    const [publisher, title, address, file] = data.sources[number];
    const own = rows.filter((row) => row[6] === number);
    const days = [...new Set(own.map((row) => data.texts[row[5]]))].join(", ");
    const line = add(box, "span", "cited", `${publisher}, `);
    const link = add(line, /^https?:\/\//.test(address) ? "a" : "span", "", title);
    if (link.href !== undefined) [link.href, link.rel] = [address, "external noopener"];
    line.append(days ? `, ${data.words.published} ${days}.` : ".");
    const lines = own.map((row) => row[7]).filter(Boolean).join(", ");
    add(line, "span", "file", lines ? `${file}, ${data.words.row} ${lines}` : file);
  };

  const fill = (box, mark) => {
    const [shown, more, sources] = data.sets[Number(mark.dataset.rows)];
    const rows = shown.map((number) => data.rows[number]);
    figures(box, rows);
    if (more) add(box, "span", "definition", data.words.more.replace("{n}", more));
    for (const number of sources) citation(box, number, rows);
    box.setAttribute("aria-label", `${data.words.source} ${mark.textContent.trim()}`);
  };

  // Below the value, or above it where there is more room; never beyond the window.
  const place = () => {
    const [at, size] = [owner.getBoundingClientRect(), card.getBoundingClientRect()];
    if (at.bottom < 0 || at.top > innerHeight) { close(); return; }
    const below = innerHeight - at.bottom - 8;
    const top = size.height <= below || below >= at.top ? at.bottom + 6 : at.top - size.height - 6;
    card.style.top = `${Math.max(8, Math.min(top, innerHeight - size.height - 8))}px`;
    card.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - size.width - 8))}px`;
  };

  function close(back) {
    clearTimeout(timer);
    if (!card) return;
    const mark = owner;
    card.remove();
    [card, owner, kept] = [null, null, false];
    mark.setAttribute("aria-expanded", "false");
    if (!back) return;
    returning = true; // or the focus would open the card that was just closed
    mark.focus({ preventScroll: true });
    returning = false;
  }

  const open = (mark, keep) => load(() => {
    clearTimeout(timer);
    if (owner === mark) { kept = kept || keep; return; }
    close();
    [owner, kept] = [mark, keep];
    card = document.createElement("span");
    card.className = "source-card";
    card.setAttribute("role", "group");
    fill(card, mark);
    // After the value, so that Tab leads from it to the links; on top of everything, so that no table cuts it off.
    mark.after(card);
    if (card.showPopover) { card.popover = "manual"; card.showPopover(); }
    mark.setAttribute("aria-expanded", "true");
    place();
  });

  const inside = (target) => card && target instanceof Node && (card.contains(target) || owner.contains(target));
  const later = (wait, act) => { clearTimeout(timer); timer = setTimeout(act, wait); };
  const leave = () => { if (card && !kept && !inside(document.activeElement)) later(250, close); else clearTimeout(timer); };

  const step = (mark, key) => {
    const table = mark.closest("table");
    if (!table) return false;
    const row = mark.closest("tr");
    const others = [...table.querySelectorAll(".v[data-rows]")];
    const at = others.indexOf(mark);
    const line = (next) => {
      const rows = [...table.tBodies[0].rows];
      for (let to = rows.indexOf(row) + next; rows[to]; to += next) {
        const found = rows[to].cells[mark.closest("td, th").cellIndex].querySelector(".v[data-rows]");
        if (found) return found;
      }
      return null;
    };
    const target = { ArrowRight: others[at + 1], ArrowLeft: others[at - 1], ArrowDown: line(1), ArrowUp: line(-1) }[key];
    if (!target) return false;
    others.forEach((other) => { other.tabIndex = other === target ? 0 : -1; });
    target.focus();
    return true;
  };

  for (const mark of marks) {
    mark.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse" && !kept) later(150, () => open(mark, false)); });
    mark.addEventListener("pointerleave", leave);
    mark.addEventListener("focus", () => { if (!returning && mark.matches(":focus-visible")) open(mark, false); });
    mark.addEventListener("click", () => { if (owner === mark && kept) close(); else open(mark, true); });
    mark.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") mark.click();
      else if (!step(mark, event.key)) return;
      event.preventDefault();
    });
  }
  document.addEventListener("pointerover", (event) => { if (card && card.contains(event.target)) clearTimeout(timer); });
  document.addEventListener("pointerout", (event) => { if (card && card.contains(event.target) && !inside(event.relatedTarget)) leave(); });
  document.addEventListener("focusin", (event) => { if (card && !inside(event.target)) close(); });
  document.addEventListener("click", (event) => { if (card && !inside(event.target) && !event.target.closest(".v[data-rows]")) close(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && card) close(inside(document.activeElement)); });
  addEventListener("scroll", () => { if (card) place(); }, { passive: true, capture: true });
  addEventListener("resize", () => { if (card) place(); });
})();

// A table, picture or formula that fits needs no scroll box, so its head can stick to the window and Tab passes it by.
(() => {
  const boxes = [...document.querySelectorAll(".table-scroll, .picture-scroll, math[display='block']")];
  const measure = () => {
    for (const box of boxes) {
      box.classList.remove("fits");
      const fits = box.scrollWidth <= box.clientWidth;
      box.classList.toggle("fits", fits);
      if (fits) box.removeAttribute("tabindex"); else box.tabIndex = 0;
    }
  };
  addEventListener("resize", measure);
  measure();
  if (document.fonts) document.fonts.ready.then(measure);
})();

// The section in view is marked in the contents list.
(() => {
  const links = [...document.querySelectorAll(".contents a[href^='#']")];
  if (!links.length || !("IntersectionObserver" in window)) return;
  const targets = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  const mark = () => {
    const passed = targets.filter((target) => target && target.getBoundingClientRect().top < innerHeight / 3);
    const current = passed.length ? passed[passed.length - 1] : null;
    links.forEach((link, at) => {
      if (targets[at] === current && current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
})();
