-- Notes and warnings: a titled box. Quarto without Bootstrap would make them quotations, so both renderers run
-- this first; no class of the result begins with "callout-", by which Quarto would know it again.

if not FORMAT:match("html") then return {} end

local LABELS = dofile(pandoc.path.join({ pandoc.path.directory(PANDOC_SCRIPT_FILE), "labels.lua" }))
local KINDS = { "note", "warning", "important", "tip", "caution" }
local words = LABELS.en

local function choose(meta)
  words = LABELS[meta.lang and pandoc.utils.stringify(meta.lang):match("^%a+") or "en"] or LABELS.en
end

local function callout(div)
  for _, kind in ipairs(KINDS) do
    if div.classes:includes("callout-" .. kind) then
      local content, title = div.content, pandoc.Inlines(words[kind])
      if content[1] and content[1].t == "Header" then
        title = content[1].content
        content:remove(1)
      end
      return pandoc.Div({
        pandoc.Div(pandoc.Para(title), pandoc.Attr("", { "note-title" })),
        pandoc.Div(content, pandoc.Attr("", { "note-body" })),
      }, pandoc.Attr(div.identifier, { "note", "note-" .. kind }, { role = "note" }))
    end
  end
end

return { { Meta = choose }, { Div = callout } }
