-- No markup but the project's own. Text from sheets, sidecars and parameters is escaped before it gets here
-- (src/policyreport/records/markdown.py); what should slip through all the same is shown and does nothing. Both renderers
-- run this first, before any of the project's own HTML and Typst is made.

local stringify = pandoc.utils.stringify

-- Attributes that pages use (docs/reference/report-markdown.md).
local ATTRIBUTES = {}
for name in ("fig-alt alt lang rows title width when-format unless-format value low high mark number"):gmatch("%S+") do
  ATTRIBUTES[name] = true
end
local PAGE_BREAK = "^{{<%s*pagebreak%s*>}}$"
-- Commands of TeX that lead out of a formula.
local LEADS_OUT = { "href", "url", "html", "class", "cssId", "style", "require", "input", "include", "unicode" }

-- Settings of the edition and of pages that come from data or parameters: plain text, whatever they hold.
local SETTINGS = { "title", "subtitle", "description", "pagetitle", "menu-title", "area-name", "region", "previous", "next",
  "site-title", "site-navigation", "edition", "edition-title", "as-known-on", "cite", "language-status",
  "licence", "cover", "books", "simulated", "draft-note" }

-- Quarto runs shortcodes in settings and attributes too, where nothing can be escaped: an invisible sign keeps one from
-- being one. html.lua takes it out again.
local function unlike_a_shortcode(text)
  return (text:gsub("{{<", "{\u{2060}{<"):gsub(">}}", ">\u{2060}}}"))
end

local function clean(attr)
  local kept = {}
  for name, value in pairs(attr.attributes) do
    if ATTRIBUTES[name] then kept[name] = unlike_a_shortcode(value) end
  end
  local id = attr.identifier:match("^[%w_.:-]*$") or ""
  local classes = attr.classes:filter(function(class) return class:match("^[%w_.-]+$") ~= nil end)
  return pandoc.Attr(id, classes, kept)
end

local function with_clean_attributes(element)
  element.attr = clean(element.attr)
  return element
end

-- The one shortcode of pages as Quarto's reader writes it, made anew: whatever stood in it is gone.
local function page_break()
  local marks = { ["data-is-shortcode"] = "1", ["data-value"] = "pagebreak", ["data-raw"] = "pagebreak" }
  local word = pandoc.Span({}, pandoc.Attr("", { "quarto-shortcode__-param" }, marks))
  local whole = { ["data-is-shortcode"] = "1", ["data-raw"] = "{{< pagebreak >}}" }
  return pandoc.Span({ word }, pandoc.Attr("", { "quarto-shortcode__" }, whole))
end

local function span(element)
  if element.classes:find_if(function(class) return class:match("^quarto%-shortcode") ~= nil end) then
    local written = element.attributes["data-raw"] or stringify(element.content)
    return written:match(PAGE_BREAK) and page_break() or pandoc.Str(written)
  end
  return with_clean_attributes(element)
end

local function leads_on(target)
  if target:match("^https?://[^%s/]") then return true end
  return not target:match("^[/\\]") and not target:match("^[^/?#]*:") and not target:find("%c")
end

local function link(element)
  if not leads_on(element.target) then return element.content end
  return with_clean_attributes(element)
end

-- A picture of the pages' own language, or from the document of another one, in the folder of that language.
local function image(element)
  local source = element.src:gsub("^%l%l/", "")
  if not source:match("^[./]*figures/[%w_.-]+%.svg$") then return element.caption end
  return with_clean_attributes(element)
end

local function formula(element)
  for _, command in ipairs(LEADS_OUT) do
    if element.text:find("\\" .. command, 1, true) then return pandoc.Str(element.text) end
  end
end

local function raw_inline(element) return pandoc.Str(element.text) end
local function raw_block(element) return pandoc.Para({ pandoc.Str(element.text) }) end

local FILTER
local function nothing() return {} end
local function nothing_around(div) return div.content end

-- Rows and cells of a page's own tables have no attributes; those of a notebook's output may. What heads such a table is
-- no caption of the report's.
local function plain_table(tbl)
  local rows = pandoc.List({ table.unpack(tbl.head.rows) })
  for _, body in ipairs(tbl.bodies) do rows:extend(body.head):extend(body.body) end
  rows:extend(tbl.foot.rows)
  for _, row in ipairs(rows) do
    row.attr = pandoc.Attr()
    for _, cell in ipairs(row.cells) do cell.attr, cell.alignment = pandoc.Attr(), "AlignDefault" end
  end
  tbl.attr = pandoc.Attr()
  local head = stringify(tbl.caption.long)
  tbl.caption.long = {}
  return head == "" and tbl or { pandoc.Para({ pandoc.Str(head) }), tbl }
end

-- What a notebook's cell showed as HTML: its tables and text, without styles, scripts and addresses.
local function shown(block)
  if not block.classes:includes("output-html") then return with_clean_attributes(block) end
  local blocks = pandoc.read(block.text, "html").blocks:walk({
    RawBlock = nothing, RawInline = nothing, Div = nothing_around, Table = plain_table,
  })
  return pandoc.Div(blocks:walk(FILTER), pandoc.Attr("", { "output" }))
end

FILTER = {
  RawInline = raw_inline, RawBlock = raw_block, Span = span, Link = link, Image = image, Math = formula,
  Div = with_clean_attributes, Header = with_clean_attributes, Code = with_clean_attributes,
  CodeBlock = shown, Table = with_clean_attributes,
}

-- Lists and mappings keep their form, every text in them becomes plain.
local function plain(value)
  local kind = pandoc.utils.type(value)
  if kind == "List" then return value:map(plain) end
  if kind == "table" or kind == "Meta" then
    local copy = {}
    for key, part in pairs(value) do copy[key] = plain(part) end
    return copy
  end
  if kind == "Inlines" or kind == "Blocks" then return pandoc.Inlines(unlike_a_shortcode(stringify(value))) end
  return value
end

return {
  {
    Pandoc = function(doc)
      doc.blocks = doc.blocks:walk(FILTER)
      for _, name in ipairs(SETTINGS) do
        if doc.meta[name] ~= nil then doc.meta[name] = plain(doc.meta[name]) end
      end
      return doc
    end,
  },
}
