-- What the site needs beyond pandoc's own HTML; both renderers run it, after figures have their numbers.

local path = pandoc.path
local stringify = pandoc.utils.stringify
local here = path.directory(PANDOC_SCRIPT_FILE)
local LABELS = dofile(path.join({ here, "labels.lua" }))
local hold_units = dofile(path.join({ here, "units.lua" }))
local interval = dofile(path.join({ here, "interval.lua" }))

-- The palette of the figures, and the CSS variable that stands for each colour in both themes.
local PALETTE = {
  ["#1a1d21"] = "ink", ["#5b6470"] = "muted", ["#d9dde2"] = "rule", ["#8a929c"] = "context",
  ["#c5cbd3"] = "context-light", ["#0b6e6e"] = "accent", ["#9ccfcb"] = "accent-light",
  ["#b45309"] = "threshold", ["#ffffff"] = "paper",
  ["#ddf1ef"] = "seq-1", ["#afdbd7"] = "seq-2", ["#76bdb9"] = "seq-3", ["#277f7d"] = "seq-4",
  ["#06484a"] = "seq-5",
}

local LONG_PAGE = 6 -- sections

local labels, root, page = {}, ".", ""
local wide, used, repeated = false, {}, 0

local function read(name)
  local file = io.open(name, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

-- Without the signs by which safe.lua kept a text from being a shortcode.
local function as_written(text) return (text:gsub("{\u{2060}{<", "{{<"):gsub(">\u{2060}}}", ">}}")) end

local function escape(text)
  return (as_written(text):gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"):gsub(">", "&gt;"))
end

local function raw(text) return pandoc.RawBlock("html", text) end

-- Metadata -------------------------------------------------------------------------------------------

local function choose_labels(meta)
  local language = meta.lang and stringify(meta.lang):match("^%a+") or "en"
  for key, word in pairs(LABELS.en) do labels[key] = (LABELS[language] or LABELS.en)[key] or word end
  for key, word in pairs(meta.labels or {}) do labels[key] = stringify(word) end
  meta.labels = labels
  if language == "ar" and not meta.dir then meta.dir = "rtl" end
  if not meta.lang then meta.lang = "en" end
end

-- Addresses are written from the site's root. Quarto puts the way to the root before every setting that names a
-- file of the project, and while it renders, pages that are ready are files.
local function from_root(entry)
  if entry.href then entry.href = stringify(entry.href):gsub("^%.%./", "") end
end

-- The entry without an address holds the areas by region; where none is written it follows the first.
local function prepare_navigation(meta)
  local navigation = meta["site-navigation"]
  if not navigation or not navigation.pages then return end
  -- A simulated edition marks titles and the names of files.
  local file = meta.file and stringify(meta.file) or page
  local place
  for index, entry in ipairs(navigation.pages) do
    from_root(entry)
    if not entry.href then place = index end
    entry.current = entry.href == file .. ".html" or nil
  end
  if navigation.regions and #navigation.regions > 0 then
    if not place then
      place = math.min(2, #navigation.pages + 1)
      navigation.pages:insert(place, { title = pandoc.Inlines(labels.areas) })
    end
    navigation.pages[place].areas = true
  elseif place then
    navigation.pages:remove(place)
  end
  local area_name = stringify(meta["area-name"] or meta.title or "")
  for number, region in ipairs(navigation.regions or {}) do
    region.number = tostring(number)
    for _, area in ipairs(region.areas) do
      from_root(area)
      area.current = page == "province" and stringify(area.name) == area_name or nil
    end
  end
end

local function whole(value)
  local kind = pandoc.utils.type(value)
  if kind == "string" then return as_written(value) end
  if kind == "Inlines" then return value:walk({ Str = function(word) return pandoc.Str(as_written(word.text)) end }) end
  if kind == "List" then return value:map(whole) end
  if kind == "table" or kind == "Meta" then
    for key, part in pairs(value) do value[key] = whole(part) end
  end
  return value
end

local function begin(meta)
  meta = whole(meta)
  root = meta.root and stringify(meta.root) or "."
  page = meta.page and stringify(meta.page) or ""
  meta.root, meta.page = root, page
  choose_labels(meta)
  prepare_navigation(meta)
  -- Inside an attribute: pandoc escapes no quotation mark in a text.
  if meta.description then
    meta["description-text"] = pandoc.Inlines({ pandoc.RawInline("html", escape(stringify(meta.description))) })
  end
  if meta.title and not meta.pagetitle then meta.pagetitle = stringify(meta.title) end
  meta.neighbours = (meta.previous or meta.next) and true or nil
  return meta
end

-- Pictures -------------------------------------------------------------------------------------------

-- What is changed is changed inside tags: the text of a picture may say anything.
local function in_tags(svg, change)
  return (svg:gsub("<[^>]*>", change))
end

-- Pictures stand in one document: one whose ids were used already gets a prefix.
local function separate_ids(svg)
  local own, clash = {}, false
  in_tags(svg, function(tag)
    local id = tag:match('%sid="([^"]+)"')
    if id then own[id], clash = true, clash or used[id] end
  end)
  if clash then
    repeated = repeated + 1
    local prefix = "again-" .. repeated .. "-"
    svg = in_tags(svg, function(tag)
      tag = tag:gsub('(%sid=")([^"]+")', "%1" .. prefix .. "%2")
      return (tag:gsub("url%(#", "url(#" .. prefix):gsub('(%shref="#)', "%1" .. prefix))
    end)
  end
  for id in pairs(own) do used[id] = true end
  return svg
end

local function theme_colours(svg)
  return (svg:gsub("#%x%x%x%x%x%x", function(hex)
    local name = PALETTE[hex:lower()]
    return name and ("var(--" .. name .. ")") or nil
  end))
end

-- Links in a picture are written from the site's root.
local function place_links(svg)
  if root == "." then return svg end
  return (svg:gsub('(%shref=")([^"#:]+[#"])', "%1" .. root .. "/%2"))
end

local function opening_tag(svg, alt, class)
  local attributes = svg:match("<svg([^>]*)>")
  local width = tonumber(attributes:match('width="([%d.]+)')) or 680
  if attributes:match('width="[%d.]+pt"') then width = width * 4 / 3 end
  local box = attributes:match('viewBox="([^"]+)"')
  local height = tonumber(attributes:match('height="([%d.]+)')) or 400
  if attributes:match('height="[%d.]+pt"') then height = height * 4 / 3 end
  box = box or string.format("0 0 %g %g", width, height)
  -- A picture with links is a group: role "img" would hide the links from assistive technology.
  local role = svg:find("<a[%s>]") and "group" or "img"
  return string.format(
    '<svg class="%s" role="%s" aria-label="%s" viewBox="%s" width="%.0f" height="%.0f"'
      .. ' stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg">',
    class, role, escape(alt), box, width, height
  ), width
end

-- What styles of an element become attributes: the page's security policy takes no style but that of its sheet.
local PRESENTATION = {}
for name in ("clip-path display fill fill-opacity fill-rule font-family font-size font-style font-weight opacity stroke "
  .. "stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width "
  .. "text-anchor visibility"):gmatch("%S+") do
  PRESENTATION[name] = true
end

local function without_style(tag)
  return (tag:gsub('%sstyle="([^"]*)"', function(style)
    local attributes = {}
    for name, written in style:gmatch("([%w-]+)%s*:%s*([^;]+)") do
      if PRESENTATION[name] then table.insert(attributes, (' %s="%s"'):format(name, written:gsub("%s+$", ""))) end
    end
    return table.concat(attributes)
  end))
end

-- Two decimals are a hundredth of a pixel; ids that nothing refers to and space between tags draw nothing.
local function lighter(svg)
  local needed = {}
  in_tags(svg, function(tag)
    for id in tag:gmatch('url%(#([^)"]+)') do needed[id] = true end
    local id = tag:match('%shref="#([^"]+)"')
    if id then needed[id] = true end
  end)
  svg = in_tags(svg, function(tag)
    local id = tag:match('%sid="([^"]+)"')
    if id and not needed[id] then tag = tag:gsub('%sid="[^"]+"', "", 1) end
    tag = tag:gsub('(%sd=")([^"]*)', function(name, path)
      return name .. path:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""):gsub(" ?(%a) ?", "%1")
    end)
    return (tag:gsub("(%-?%d+%.%d%d%d+)([^%d])", function(number, after)
      return string.format("%.2f", tonumber(number)):gsub("0+$", ""):gsub("%.$", "") .. after
    end))
  end)
  return (svg:gsub(">%s*\n%s*<", ">\n<"):gsub("<g>\n</g>\n?", ""))
end

local function inline_svg(svg, alt, class)
  svg = svg:gsub("<%?xml.-%?>%s*", ""):gsub("<!DOCTYPE.->%s*", ""):gsub("<!%-%-.-%-%->%s*", "")
  svg = svg:gsub("<metadata>.-</metadata>%s*", "")
  -- matplotlib's global rule would reach every other picture of the page.
  svg = svg:gsub("<style[^>]*>[^<]*%*%s*{[^<]*}</style>%s*", ""):gsub("<defs>%s*</defs>%s*", "")
  svg = in_tags(svg, function(tag) return without_style(tag:gsub("xlink:href=", "href=")) end)
  svg = lighter(svg)
  local tag, width = opening_tag(svg, alt, class)
  svg = svg:gsub("<svg[^>]*>", function() return tag end, 1)
  svg = in_tags(separate_ids(svg), function(opened) return theme_colours(place_links(opened)) end)
  return (svg:gsub("%s+$", "")), width
end

local function find_picture(source)
  local name = source:gsub("^/", root .. "/")
  return read(name) or read(path.join({ root, source }))
end

local function picture(image)
  if not image.src:match("%.svg$") then return nil end
  local svg = find_picture(image.src)
  if not svg then error("the picture " .. image.src .. " is not in the project", 0) end
  local alt = image.attributes["fig-alt"] or image.attributes.alt or stringify(image.caption)
  local narrow = find_picture((image.src:gsub("%.svg$", "-narrow.svg")))
  local class = table.concat({ "picture", table.unpack(image.classes) }, " ")
  local text, width = inline_svg(svg, alt, narrow and class .. " broad" or class)
  if narrow then
    text = text .. inline_svg(narrow, alt, class .. " narrow")
  elseif width > 480 then
    text = string.format('<span class="picture-scroll" tabindex="0" role="group" aria-label="%s">%s</span>',
      escape(labels.figure .. ": " .. labels.scroll), text)
  end
  return pandoc.RawInline("html", text)
end

-- Tables ---------------------------------------------------------------------------------------------

-- Words that may not be torn apart: numbers, names, intervals.
local function keep_together(cell, length)
  local text = stringify(cell.contents)
  if text ~= "" and utf8.len(text) <= length then cell.attr.classes:insert("short") end
end

local function head_cells(rows, scope)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      local empty = stringify(cell.contents) == ""
      if not empty then cell.attributes.scope = scope end
      keep_together(cell, 12)
    end
  end
end

-- Alignment as a class: pandoc would write it as a style.
local ALIGNED = { AlignLeft = "left", AlignRight = "right", AlignCenter = "center" }

local function aligned(rows, sides)
  for _, row in ipairs(rows) do
    for column, cell in ipairs(row.cells) do
      if sides[column] then cell.classes:insert(sides[column]) end
    end
  end
end

local function align_by_class(tbl)
  local sides = tbl.colspecs:map(function(spec) return ALIGNED[tostring(spec[1])] or false end)
  for index in ipairs(tbl.colspecs) do tbl.colspecs[index] = { pandoc.AlignDefault, nil } end
  aligned(tbl.head.rows, sides)
  aligned(tbl.foot.rows, sides)
  for _, body in ipairs(tbl.bodies) do aligned(body.body, sides) end
end

local function scroll(tbl)
  align_by_class(tbl)
  head_cells(tbl.head.rows, "col")
  for _, body in ipairs(tbl.bodies) do
    local named = true
    for _, row in ipairs(body.body) do named = named and stringify(row.cells[1].contents) ~= "" end
    body.row_head_columns = named and math.max(1, body.row_head_columns) or 0
    for _, row in ipairs(body.body) do
      if named then row.cells[1].attributes.scope = "row" end
      for _, cell in ipairs(row.cells) do keep_together(cell, 18) end
    end
  end
  return {
    raw(string.format('<div class="table-scroll" tabindex="0" role="group" aria-label="%s">',
      escape(labels.table .. ": " .. labels.scroll))),
    tbl,
    raw("</div>"),
  }
end

-- Findings, links ------------------------------------------------------------------------------

local function is_picture(block)
  local inline = block.content and block.content[1]
  return inline ~= nil and inline.t == "RawInline" and inline.text:match("^<svg") ~= nil
end

local function fold(div)
  local title = escape(div.attributes.title or labels.more)
  return { raw('<details class="fold"><summary>' .. title .. "</summary>"), pandoc.Div(div.content), raw("</details>") }
end

local function division(div)
  if div.classes:includes("fold") then return fold(div) end
  if div.classes:includes("findings") then wide = "findings" end
  if div.classes:includes("wide") then wide = wide or "table" end
  if div.classes:includes("quarto-float") then
    div.attributes.alt = nil -- Quarto leaves it here; only a picture may have it
    return div
  end
  if div.classes:includes("strip-item") and div.content[2] and not stringify(div.content[2]):find("%d") then
    div.content[2] = pandoc.Div({ pandoc.Plain(div.content[2].content) }, pandoc.Attr("", { "words" }))
    return div
  end
  if div.classes:includes("finding") then
    -- A finding stands right below the page's title, whatever depth its sentence was written at.
    local first, rest = pandoc.Blocks({}), pandoc.Blocks({})
    for _, block in ipairs(div.content) do
      if block.t == "Header" then
        block.level = 2
        block.classes:extend({ "unnumbered", "unlisted" })
      end
      (#rest == 0 and (block.t == "Header" or is_picture(block)) and first or rest):insert(block)
    end
    if #first == 1 then div.classes:insert("plain") end
    first:insert(pandoc.Div(rest, pandoc.Attr("", { "finding-text" })))
    div.content = first
    return div
  end
end

-- The caption's last emphasis says what is measured; with what follows it, it stands on a line of its own.
local function captions(blocks)
  for index = 2, #blocks do
    local opening, caption = blocks[index - 1], blocks[index]
    if opening.t == "RawBlock" and opening.text:match("^<figcaption") and caption.content then
      local content, last = caption.content, nil
      for place, inline in ipairs(content) do
        if inline.t == "Emph" then last = place end
      end
      if last and last > 1 then
        local measured = pandoc.Inlines({})
        for place = last, #content do measured:insert(content[place]) end
        while #content >= last do content:remove(#content) end
        measured[1] = pandoc.Span(measured[1].content)
        content:insert(pandoc.Span(measured, pandoc.Attr("", { "measured" })))
        caption.content = content
      end
    end
  end
  return blocks
end

-- A small bar of an interval; a marked value (trace-data.js explains its number), whose `rows` is an attribute HTML gives another meaning.
local function value(span)
  if span.classes:includes("interval") then
    local drawn = interval(span.attributes)
    return drawn and pandoc.RawInline("html", theme_colours(drawn)) or {}
  end
  if span.attributes.title then
    span.attributes.title = as_written(span.attributes.title)
    return span
  end
  if not span.classes:includes("v") or not span.attributes.rows then return nil end
  return pandoc.Span(span.content, pandoc.Attr("", { "v" }, { ["data-rows"] = span.attributes.rows }))
end

local function link(element)
  if element.target:match("^https?://") then element.attributes.rel = "external noopener" end
  return element
end

-- Older pandocs, as in Quarto 1.7, let every bracket of a formula grow with what stands near it, not only those
-- after \left.
local function formula(math)
  if math.text:find("\\left", 1, true) then return nil end
  local options = pandoc.WriterOptions({ html_math_method = "mathml" })
  local written = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), "html", options)
  local kept, count = written:gsub('<mo stretchy="true" (form="%a+">[()%[%]]</mo>)', '<mo stretchy="false" %1')
  return count > 0 and pandoc.RawInline("html", kept) or nil
end

local function finish(doc)
  local sections, findings = 0, wide == "findings"
  for _, block in ipairs(doc.blocks) do
    if block.t == "Header" or (block.t == "Div" and block.classes:includes("section")) then
      sections = sections + 1
    end
  end
  -- A long page needs its contents list more than width; its tables scroll inside themselves.
  local broad = findings or (wide and sections < LONG_PAGE)
  doc.meta.wide = broad or nil
  doc.meta.contents = (not broad and sections > 1) or nil
  return doc
end

return {
  { Meta = begin },
  { Inlines = hold_units },
  { Image = picture, Div = division, Link = link, Span = value, Math = formula },
  { Table = scroll, Blocks = captions },
  { Pandoc = finish },
}
