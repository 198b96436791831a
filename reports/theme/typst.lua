-- The report's Markdown (docs/reference/report-markdown.md) for Typst: every construct becomes a call of a function
-- in theme/pdf.typ. Runs before Quarto's own filters, so that Quarto and plain pandoc give the same Typst.

if not FORMAT:match("typst") then return {} end

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local LABELS = dofile(pandoc.path.join { here, "labels.lua" })
local formula_markup = dofile(pandoc.path.join { here, "formulas.lua" })
local hold_units = dofile(pandoc.path.join { here, "units.lua" })
local interval = dofile(pandoc.path.join { here, "interval.lua" })
local CONTENTS = { en = "Contents", vi = "Mục lục", ar = "المحتويات" }
local contents_title
local words

local function raw(text) return pandoc.RawBlock("typst", text) end
-- As a text of Typst, in which Quarto sees no shortcode.
local function quoted(text)
  local written = text:gsub("{\u{2060}{<", "{{<"):gsub(">\u{2060}}}", ">}}")
  written = written:gsub("\\", "\\\\"):gsub('"', '\\"'):gsub("{{<", "{\\u{7b}<"):gsub(">}}", ">\\u{7d}}")
  return '"' .. written .. '"'
end
local function label(id) return "#label(" .. quoted(id) .. ")" end

-- Typst markup of blocks or inlines, on one line where they are inlines.
local function markup(content)
  local blocks = pandoc.utils.type(content) == "Inlines" and { pandoc.Plain(content) } or content
  local options = pandoc.WriterOptions { wrap_text = "wrap-none" }
  return (pandoc.write(pandoc.Pandoc(blocks), "typst", options):gsub("%s+$", ""))
end

-- `opening`, blocks and closing text as one list of blocks.
local function enclose(opening, blocks, closing)
  local list = pandoc.Blocks { raw(opening) }
  list:extend(blocks)
  list:insert(raw(closing))
  return list
end

local function has(block, class) return block.t == "Div" and block.classes:includes(class) end

local function children(div, class)
  return div.content:filter(function(block) return has(block, class) end)
end

-- ---- words that no page writes ------------------------------------------------------------------------

local function settings(meta)
  local language = meta.lang and pandoc.utils.stringify(meta.lang):match("^%a+") or "en"
  words = setmetatable({}, { __index = LABELS[language] or LABELS.en })
  for key, word in pairs(meta.labels or {}) do words[key] = pandoc.utils.stringify(word) end
  local crossref = meta.crossref or {}
  contents_title = CONTENTS[language] or CONTENTS.en
  meta["pdf-words"] = {
    edition = words.edition,
    known = words.known,
    figure = crossref["fig-title"] or words.figure,
    table = crossref["tbl-title"] or words.table,
  }
  return meta
end

-- ---- what the PDF leaves out -------------------------------------------------------------------------

-- Typst takes three full stops for an ellipsis, a hyphen before a figure for a minus, and two or three hyphens for a
-- dash: a text shows what it says.
local function as_it_is(word)
  local joined = word.text:gsub("%.%.%.", ".\u{2060}.\u{2060}."):gsub("^%-(%d)", "-\u{2060}%1")
  joined = joined:gsub("([^%w])%-(%d)", "%1-\u{2060}%2")
  -- Twice: of three hyphens in a row, the first pair takes the second.
  for _ = 1, 2 do joined = joined:gsub("%-%-", "-\u{2060}-") end
  if joined ~= word.text then return pandoc.Str(joined) end
end

local function is_for_typst(div)
  local wanted = div.attributes["when-format"]
  local unwanted = div.attributes["unless-format"]
  local shown = (not wanted or wanted == "typst" or wanted == "pdf")
    and not (unwanted == "typst" or unwanted == "pdf")
  if div.classes:includes("content-hidden") then return not shown end
  return shown
end

local function callout_kind(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match("^callout%-(%l+)$")
    if kind then return kind end
  end
end

local clean = {
  Str = as_it_is,
  Div = function(div)
    local first = div.content[1]
    -- The title of a note is no heading of the document.
    if callout_kind(div) and first and first.t == "Header" then
      div.content[1] = pandoc.Div({ pandoc.Plain(first.content) }, pandoc.Attr("", { "title" }))
      return div
    end
    if div.classes:includes("fold") then return {} end
    if div.classes:includes("content-visible") or div.classes:includes("content-hidden") then
      return is_for_typst(div) and div.content or {}
    end
  end,
  -- A small bar repeats what the number beside it says. The mark of a value leads to its source on the site; on
  -- paper the source line does.
  Span = function(span)
    if span.classes:includes("interval") then
      local drawn = interval(span.attributes)
      return drawn and pandoc.RawInline("typst", "#cell-picture(" .. quoted(drawn) .. ")") or {}
    end
    if span.classes:includes("v") then return span.content end
  end,
  -- Quarto reads the shortcode itself; plain pandoc sees its words.
  Para = function(para)
    if pandoc.utils.stringify(para):match("^{{<%s*pagebreak%s*>}}$") then
      return raw("#pagebreak(weak: true)")
    end
  end,
}

-- ---- headings and links ---------------------------------------------------------------------------------

-- `ids[chapter][id]` is the id in this document of what a chapter's page calls `id`: pages are written apart,
-- and many have a heading called #growth.
local ids, taken = {}, {}

local function note_id(element, chapter)
  local id = element.identifier
  if id == "" then return end
  if taken[id] then element.identifier = chapter .. "-" .. id end
  taken[element.identifier] = true
  ids[chapter][id] = element.identifier
end

-- A tagged PDF may not skip a level of headings.
local function arrange_headings(doc)
  local level, chapter = 0, ""
  ids[chapter] = {}
  local function header(element)
    level = math.min(element.level, level + 1)
    element.level = level
    if level == 1 then
      chapter = element.identifier
      ids[chapter] = ids[chapter] or {}
    end
    note_id(element, chapter)
    return element
  end
  doc.blocks = doc.blocks:walk {
    traverse = "topdown",
    Header = header,
    Div = function(div)
      note_id(div, chapter)
      if not div.classes:includes("finding") then return div end
      div.content = div.content:map(function(block)
        if block.t == "Header" then block.level = level + 1 end
        return block
      end)
      return div, false
    end,
  }
  return doc
end

-- The pages of the site are no files beside the PDF: a link to one leads to its chapter or is plain text.
local function find_target(target, chapter)
  local page, id = target:match("([^/#]+)%.%l+"), target:match("#(.+)$")
  local there = page and "page-" .. page or chapter
  if not ids[there] then return nil end
  return id and ids[there][id] or page and ids[there][there]
end

local function resolve_links(doc)
  local chapter = ""
  doc.blocks = doc.blocks:walk {
    traverse = "topdown",
    Header = function(element)
      if element.level == 1 then chapter = element.identifier end
    end,
    Link = function(element)
      if element.target:match("^%a[%w+.-]*:") then return nil end
      local id = find_target(element.target, chapter)
      if not id then return element.content end
      element.target = "#" .. id
      return element
    end,
  }
  return doc
end

-- ---- inlines -------------------------------------------------------------------------------------------

local function picture(image)
  local alt = image.attributes["fig-alt"] or pandoc.utils.stringify(image.caption)
  if alt == "" then error("picture " .. image.src .. " has no fig-alt: a reader who cannot see it is told nothing") end
  local width = image.attributes.width
  local size = width and width:match("^[%d.]+[%a%%]+$") and not width:match("px$") and ", width: " .. width or ""
  local show = image.classes:includes("locator") and "locator" or "picture"
  return pandoc.RawInline("typst", ("#%s(%s, alt: %s%s)"):format(show, quoted("/" .. image.src), quoted(alt), size))
end

-- A formula is read out as it is written in TeX; one that cannot be set is printed so, too.
local function formula(math)
  local body = formula_markup(math) or "#raw(" .. quoted(math.text) .. ")"
  return pandoc.RawInline("typst", "#formula(" .. quoted(math.text) .. ")[" .. body .. "]")
end

local CALLS = {
  Link = true, Emph = true, Strong = true, Superscript = true, Subscript = true, Strikeout = true, SmallCaps = true,
  Underline = true, Note = true, Math = true, Image = true, Cite = true, Span = true,
}

-- A sign behind a call would be read as a part of it: its end, its arguments, a field.
local function separated(inlines)
  local list = pandoc.Inlines {}
  for place, inline in ipairs(inlines) do
    local before = inlines[place - 1]
    local call = before and (CALLS[before.t] or before.t == "RawInline" and before.text:match("^#"))
    if call and inline.t == "Str" and inline.text:match("^[;.(%[]") then
      list:insert(pandoc.RawInline("typst", "\\" .. inline.text:sub(1, 1)))
      inline = pandoc.Str(inline.text:sub(2))
    end
    list:insert(inline)
  end
  return list
end

local function cross_reference(cite)
  local list = pandoc.Inlines {}
  for position, citation in ipairs(cite.citations) do
    -- An "@" in somebody's words is no reference.
    if not (citation.id:match("^fig%-") or citation.id:match("^tbl%-")) then return cite.content end
    if position > 1 then list:extend { pandoc.Str(","), pandoc.Space() } end
    list:insert(pandoc.RawInline("typst", ("#ref(label(%s))"):format(quoted(citation.id))))
  end
  return list
end

-- ---- figures and tables --------------------------------------------------------------------------------

-- The caption's last emphasis says what is measured; it stands below the finding.
local function caption(blocks)
  local inlines = pandoc.utils.blocks_to_inlines(blocks, { pandoc.Space() })
  local at
  for place, inline in ipairs(inlines) do
    if inline.t == "Emph" and place > 1 then at = place end
  end
  -- After it only the meaning of a dash may follow; a verdict in the finding itself is no such note.
  if not at or pandoc.utils.stringify(inlines[at]):len() < 24 and at < #inlines then return markup(inlines) end
  local measured = pandoc.Inlines(inlines[at].content)
  for place = at + 1, #inlines do measured:insert(inlines[place]) end
  while #inlines >= at do inlines:remove() end
  while #inlines > 0 and (inlines[#inlines].t == "Space" or inlines[#inlines].t == "SoftBreak") do inlines:remove() end
  return markup(inlines) .. "#measure-note[" .. markup(measured) .. "]"
end

local ALIGNMENTS = { AlignLeft = "left", AlignRight = "right", AlignCenter = "center", AlignDefault = "left" }

-- Numbers with a dash or brackets stay whole.
local ONE_LINE = 12

-- On paper a dense table has no room for its small pictures; the figure beneath it shows the intervals.
local function without_pictures(cell)
  cell.contents = cell.contents:walk {
    RawInline = function(inline) if inline.text:match("^#cell%-picture%(") then return {} end end,
  }
  return cell
end

local function held_together(cell)
  if utf8.len(pandoc.utils.stringify(pandoc.Div(cell.contents))) > ONE_LINE then return cell end
  cell.contents = cell.contents:walk {
    Space = function() return pandoc.Str("\u{a0}") end,
    Str = function(word) return pandoc.Str((word.text:gsub("–", "\u{2060}–\u{2060}"))) end,
  }
  return cell
end

-- Typst markup of many cells, written at once: a writer for each takes ten times as long.
local SEPARATOR = "\u{e010}"
local function markup_of_cells(cells)
  local blocks = pandoc.Blocks {}
  for _, cell in ipairs(cells) do
    blocks:extend(cell.contents)
    blocks:insert(raw(SEPARATOR))
  end
  local texts = {}
  for text in markup(blocks):gmatch("(.-)" .. SEPARATOR) do
    table.insert(texts, (text:gsub("^%s+", ""):gsub("%s+$", "")))
  end
  return texts
end

local function cells(row, dense)
  if dense then row.cells = row.cells:map(function(cell) return held_together(without_pictures(cell)) end) end
  local texts = markup_of_cells(row.cells)
  local list = row.cells:map(function(cell, column)
    local spans = (cell.col_span > 1 and "colspan: " .. cell.col_span .. ", " or "")
      .. (cell.row_span > 1 and "rowspan: " .. cell.row_span .. ", " or "")
    local body = "[" .. texts[column] .. "]"
    return spans == "" and body or "table.cell(" .. spans .. body .. ")"
  end)
  return table.concat(list, ", ")
end

local function is_filled(row)
  return #row.cells > 0 and pandoc.utils.stringify(row.cells:map(function(cell) return pandoc.Div(cell.contents) end)) ~= ""
end

-- Small pictures of a column share an axis, which holds only where they end at one edge.
local function holds_cell_pictures(tbl, column)
  local found = false
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      local cell = row.cells[column]
      if cell then
        cell.contents:walk {
          RawInline = function(inline) found = found or inline.text:find("#cell-picture(", 1, true) ~= nil end,
        }
      end
      if found then return true end
    end
  end
  return false
end

-- Widths that Markdown's dashes imply are ignored: a column gets room for its longest word, and for prose by the
-- square root of its longest cell, so that no word is broken and long cells wrap to like heights.
local PROSE = 2.2

-- Cells that are all short stay on one line: the page goes to them by their length, and headings wrap.
local SHORT, WORDS = 26, 15.5

local function is_dense(tbl)
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      for _, cell in ipairs(row.cells) do
        local text = pandoc.utils.stringify(pandoc.Div(cell.contents))
        if (utf8.len(text) or #text) > SHORT then return false end
      end
    end
  end
  return #tbl.colspecs > 6
end

-- Length of a line: tabular figures and signs are wider than letters, brackets and spaces narrower. Words may wrap,
-- numbers may not.
local function length_of(text)
  local length, figures, letters = 0, 0, 0
  for _, code in utf8.codes(text) do
    if code >= 48 and code <= 57 or code == 43 or code == 0x2212 or code == 0x2013 then
      figures, length = figures + 1, length + 1.12
    elseif code >= 65 and code <= 122 or code >= 192 and code < 8192 then
      letters, length = letters + 1, length + 0.95
    else
      length = length + 0.6
    end
  end
  return letters > figures and math.min(length, WORDS) or length
end

local function column_widths(tbl, dense)
  local widths = tbl.colspecs:map(function() return 1 end)
  local function measure(rows, prose)
    for _, row in ipairs(rows) do
      for column, cell in ipairs(row.cells) do
        local text = pandoc.utils.stringify(pandoc.Div(cell.contents))
        local length = utf8.len(text) or #text
        local width = dense and prose > 0 and length_of(text) or prose * math.sqrt(length)
        for word in text:gmatch("%S+") do width = math.max(width, math.min(utf8.len(word) or #word, 24)) end
        widths[column] = math.max(widths[column] or 1, width)
      end
    end
  end
  measure(tbl.head.rows, 0)
  for _, body in ipairs(tbl.bodies) do measure(body.body, PROSE) end
  return "(" .. table.concat(widths:map(function(width) return ("%.1ffr"):format(width + (dense and 1.2 or 2)) end), ", ") .. ",)"
end

local function data_table(tbl, wide)
  local dense = wide and is_dense(tbl)
  local alignments = pandoc.List {}
  for column, spec in ipairs(tbl.colspecs) do
    alignments:insert(holds_cell_pictures(tbl, column) and "right" or ALIGNMENTS[tostring(spec[1])])
  end
  local lines = { ("data-table(wide: %s, columns: %s, align: (%s,),"):format(
    wide and "true" or "false", column_widths(tbl, dense), table.concat(alignments, ", ")) }
  if dense then lines[1] = lines[1]:gsub("^data%-table%(", "data-table(dense: true, ") end
  local head = tbl.head.rows:filter(is_filled):map(function(row) return cells(row, false) end)
  if #head > 0 then table.insert(lines, "table.header(" .. table.concat(head, ", ") .. "),") end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do table.insert(lines, cells(row, dense) .. ",") end
  end
  for _, row in ipairs(tbl.foot.rows) do table.insert(lines, cells(row) .. ",") end
  table.insert(lines, ")")
  return table.concat(lines, "\n  ")
end

-- The start of a figure or table with its number on the site, if it has one there.
local function numbered(div, kind)
  local number = tonumber(div.attributes.number)
  local counted = number and ("#counter(figure.where(kind: %s)).update(%d)\n"):format(kind, number - 1) or ""
  return counted .. "#figure(kind: " .. kind .. (div.classes:includes("unnumbered") and ", numbering: none" or "")
end

local function numbered_table(div)
  local rest = pandoc.Blocks {}
  local body
  for _, block in ipairs(div.content) do
    if block.t == "Table" and not body then body = block else rest:insert(block) end
  end
  if not body then error("table " .. div.identifier .. " holds no pipe table") end
  return raw(numbered(div, "table") .. (", caption: [%s], %s) %s"):format(
    caption(rest), data_table(body, div.classes:includes("wide")), label(div.identifier)))
end

local function holds_picture(block)
  return (block.t == "Para" or block.t == "Plain") and #block.content == 1
    and block.content[1].t == "RawInline" and block.content[1].text:match("^#picture")
end

local function numbered_figure(div)
  local pictures, rest = pandoc.Blocks {}, pandoc.Blocks {}
  for _, block in ipairs(div.content) do (holds_picture(block) and pictures or rest):insert(block) end
  return raw(numbered(div, "image") .. (", caption: [%s], [%s]) %s"):format(
    caption(rest), markup(pictures), label(div.identifier)))
end

-- ---- divisions -----------------------------------------------------------------------------------------

local function strip(div)
  local items = children(div, "strip-item"):map(function(item)
    local first, second = item.content[1], item.content[2]
    local value = second and pandoc.utils.stringify(second) or ""
    local notes = pandoc.Blocks(item.content):filter(function(b) return b ~= first and b ~= second end)
    return ("strip-item([%s], [%s], [%s], words: %s)"):format(
      markup { first }, second and markup { second } or "", markup(notes), value:match("%d") and "false" or "true")
  end)
  return raw("#strip(\n  " .. table.concat(items, ",\n  ") .. ",\n)")
end

local function finding(div)
  local title, figures, rest = nil, pandoc.Blocks {}, pandoc.Blocks {}
  for _, block in ipairs(div.content) do
    if block.t == "Header" and not title then title = block
    elseif holds_picture(block) then figures:insert(block)
    else rest:insert(block) end
  end
  if not title then error("a finding has no heading") end
  return raw(("#finding(level: %d, [%s], %s, [%s])"):format(
    title.level, markup(title.content), #figures > 0 and "[" .. markup(figures) .. "]" or "none", markup(rest)))
end

local function callout(div, kind)
  local content = pandoc.Blocks(div.content)
  local title = div.attributes.title and quoted(div.attributes.title) or nil
  if not title and content[1] and has(content[1], "title") then
    title = "[" .. markup(content:remove(1).content) .. "]"
  end
  return enclose(("#callout(title: %s)["):format(title or quoted(words[kind] or words.note)), content, "]")
end

local function columns(div)
  local parts = children(div, "column"):map(function(part) return "[" .. markup(part.content) .. "]" end)
  return raw("#columns-2(\n" .. table.concat(parts, ",\n") .. ",\n)")
end

-- What stands in `.if-room` is printed as far as the page has room for it.
local function one_page(div)
  local always = div.content:filter(function(block) return not has(block, "if-room") end)
  local parts = children(div, "if-room"):map(function(part) return "[" .. markup(part.content) .. "]" end)
  return raw("#one-page([" .. markup(always) .. "]" .. table.concat(parts:map(function(p) return ", " .. p end)) .. ")")
end

local HANDLERS = {
  strip = strip,
  finding = finding,
  ["columns-2"] = columns,
  findings = function(div) return enclose("#findings[", div.content, "]") end,
  refusal = function(div) return enclose("#refusal[", div.content, "]") end,
  source = function(div) return enclose("#source[", div.content, "]") end,
  flags = function(div) return enclose("#source[", div.content, "]") end,
  summary = function(div) return enclose("#summary[", div.content, "]") end,
  ["own-words"] = function(div) return enclose("#own-words[", div.content, "]") end,
  ["one-page"] = one_page,
  contents = function() return raw("#contents(" .. quoted(contents_title) .. ")") end,
}

local function division(div)
  if div.identifier:match("^fig%-") then return numbered_figure(div) end
  if div.identifier:match("^tbl%-") then return numbered_table(div) end
  local kind = callout_kind(div)
  if kind then return callout(div, kind) end
  for _, class in ipairs(div.classes) do
    if HANDLERS[class] then return HANDLERS[class](div) end
  end
end

local function is_locator(block)
  return block.t == "Para" and #block.content == 1
    and block.content[1].t == "RawInline" and block.content[1].text:match("^#locator")
end

local is_figure = function(block) return block.t == "Div" and block.identifier:match("^fig%-") end

-- A figure takes its source line along, so that no page break comes between; a province's place on the map
-- stands beside its summary.
local function join_neighbours(blocks)
  local list = pandoc.Blocks {}
  local position = 1
  while position <= #blocks do
    local block, next_block = blocks[position], blocks[position + 1]
    if is_figure(block) and next_block and has(next_block, "source") then
      list:extend(enclose("#exhibit[", { block, next_block }, "]"))
      position = position + 1
    elseif is_locator(block) and next_block and has(next_block, "summary") then
      list:extend(enclose("#opening([" .. block.content[1].text .. "])[", { next_block }, "]"))
      position = position + 1
    else
      list:insert(block)
    end
    position = position + 1
  end
  return list
end

return {
  { Meta = settings },
  clean,
  { Pandoc = function(doc) return resolve_links(arrange_headings(doc)) end },
  { Inlines = hold_units },
  { Image = picture, Math = formula, Cite = cross_reference },
  { Inlines = separated },
  { Blocks = join_neighbours },
  { Div = division },
  { Table = function(tbl) return raw("#block[#" .. data_table(tbl, false) .. "]") end },
}
