-- What Quarto does by itself, for the embedded renderer: numbers of figures and tables, references to them,
-- content for one format, page breaks. Class names are Quarto's.

local stringify = pandoc.utils.stringify
local html = FORMAT:match("html") ~= nil
local format = html and "html" or FORMAT

local LABELS = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "labels.lua" }))
local KINDS = { fig = "figure", tbl = "table" }
local titles, numbers, counts = {}, {}, { fig = 0, tbl = 0 }

local function settings(meta)
  local words = LABELS[meta.lang and stringify(meta.lang):match("^%a+") or "en"] or LABELS.en
  local written = meta.crossref or {}
  for kind, word in pairs(KINDS) do
    titles[kind] = written[kind .. "-title"] and stringify(written[kind .. "-title"]) or words[word]
  end
end

-- Content for one format -----------------------------------------------------------------------------

local function matches(wanted)
  return wanted == format or (wanted == "pdf" and not html) or (wanted == "html" and html)
end

local function visible(element)
  local shown = element.classes:includes("content-visible")
  if not shown and not element.classes:includes("content-hidden") then return nil end
  local when, unless = element.attributes["when-format"], element.attributes["unless-format"]
  local holds = (not when or matches(when)) and not (unless and matches(unless))
  if holds ~= shown then return {} end
  return element.content
end

local function page_break(paragraph)
  if stringify(paragraph):match("^{{<%s*pagebreak%s*>}}$") then
    return html and {} or pandoc.RawBlock("typst", "#pagebreak(weak: true)")
  end
end

-- Figures and tables ---------------------------------------------------------------------------------

local function kind_of(identifier)
  local kind = identifier:match("^(%l+)-")
  return KINDS[kind] and kind or nil
end

local function count(div)
  local kind = kind_of(div.identifier)
  if not kind then return nil end
  if numbers[div.identifier] then error("two figures or tables are called " .. div.identifier, 0) end
  counts[kind] = counts[kind] + 1
  numbers[div.identifier] = counts[kind]
end

local function figure(div)
  local kind = kind_of(div.identifier)
  if not kind or not html then return nil end
  local content, caption = div.content, pandoc.Inlines({})
  local last = content[#content]
  if #content > 1 and last.t == "Para" then
    caption = last.content
    content:remove(#content)
  end
  local name = div.identifier .. "-caption"
  local label = pandoc.Inlines({ pandoc.Str(titles[kind] .. "\u{a0}" .. numbers[div.identifier] .. ":") })
  if #caption > 0 then label:extend({ pandoc.Space() }) end
  label:extend(caption)
  local classes = pandoc.List({ "quarto-float", "quarto-figure" }) .. div.classes
  return pandoc.Div({
    pandoc.RawBlock("html", '<figure class="quarto-float quarto-float-' .. kind .. '">'),
    pandoc.RawBlock("html", '<figcaption id="' .. name .. '" class="quarto-float-caption-top quarto-float-caption quarto-float-'
      .. kind .. '">'),
    pandoc.Plain(label),
    pandoc.RawBlock("html", "</figcaption>"),
    pandoc.Div(content, pandoc.Attr("", {}, { ["aria-describedby"] = name })),
    pandoc.RawBlock("html", "</figure>"),
  }, pandoc.Attr(div.identifier, classes))
end

local function reference(cite)
  if not html then return nil end
  local parts = pandoc.Inlines({})
  for index, citation in ipairs(cite.citations) do
    local kind = kind_of(citation.id)
    if not kind then return nil end
    if not numbers[citation.id] then error("@" .. citation.id .. " refers to nothing on this page", 0) end
    if index > 1 then parts:extend({ pandoc.Str(","), pandoc.Space() }) end
    local text = titles[kind] .. "\u{a0}" .. numbers[citation.id]
    parts:insert(pandoc.Link(text, "#" .. citation.id, "", pandoc.Attr("", { "quarto-xref" })))
  end
  return parts
end

return {
  { Meta = settings },
  { Div = visible, Span = visible },
  { Para = page_break },
  { traverse = "topdown", Div = count },
  { Div = figure, Cite = reference },
}
