-- A TeX formula as Typst. What pandoc's own writer gets wrong, in one version or another, is set right here: spaces of
-- a part of an em, which it makes nothing or, if they are negative, a whole em; signs whose names Typst has changed
-- since; a semicolon in a function's arguments, which Typst takes for the end of a row.

local CHARACTERS = {
  Kai = "Ϗ", ["angle.l"] = "⟨", ["angle.l.curly"] = "⧼", ["angle.l.dot"] = "⦑", ["angle.oblique"] = "⦦",
  ["angle.r"] = "⟩", ["angle.r.curly"] = "⧽", ["angle.r.dot"] = "⦒", ["angle.right.sq"] = "⦜",
  ["angle.spheric.top"] = "⦡", ["ast.circle"] = "⊛", ["backslash.circle"] = "⦸", ["bar.v.circle"] = "⦶",
  ["brace.l.double"] = "⦃", ["brace.r.double"] = "⦄", ["bracket.l.double"] = "⟦", ["bracket.r.double"] = "⟧",
  ["circle.nested"] = "⊚", ["dash.circle"] = "⊝", ["degree.c"] = "℃", ["degree.f"] = "℉", diff = "∂",
  ["div.circle"] = "⨸", ["dot.circle"] = "⊙", ["dot.circle.big"] = "⨀", ["eq.circle"] = "⊜", franc = "₣",
  ["gt.circle"] = "⧁", ["integral.sect"] = "⨙", kai = "ϗ", kelvin = "K", ["lt.circle"] = "⧀", ["minus.circle"] = "⊖",
  ohm = "Ω", ["ohm.inv"] = "℧", ["parallel.circle"] = "⦷", ["paren.l.double"] = "⦅", ["paren.r.double"] = "⦆",
  ["perp.circle"] = "⦹", ["planck.reduce"] = "ℏ", ["plus.circle"] = "⊕", ["plus.circle.arrow"] = "⟴",
  ["plus.circle.big"] = "⨁", ["quote.angle.l.double"] = "«", ["quote.angle.l.single"] = "‹",
  ["quote.angle.r.double"] = "»", ["quote.angle.r.single"] = "›", sect = "∩", ["sect.and"] = "⩄", ["sect.big"] = "⋂",
  ["sect.dot"] = "⩀", ["sect.double"] = "⋒", ["sect.sq"] = "⊓", ["sect.sq.big"] = "⨅", ["sect.sq.double"] = "⩎",
  ["shell.l.double"] = "⟬", ["shell.r.double"] = "⟭", ["times.circle"] = "⊗", ["times.circle.big"] = "⨂",
}

-- Accents that older versions of pandoc set as exponents.
local ACCENTS = {
  ["%^dot%.double"] = "dot.double", ["%^dot%.triple"] = "dot.triple", ["%^%(̌%)"] = "caron", ["%^%(̆%)"] = "breve",
  ["%^%(́%)"] = "acute", ["%^%(̊%)"] = "circle", ["%^%(⃖%)"] = "arrow.l",
}

local NEGATIVE_SPACES = {
  "\\!", "\\negthinspace%f[%A]", "\\negmedspace%f[%A]", "\\negthickspace%f[%A]", "\\m?kern%s*%-[%d.]+%s*%a%a",
  "\\[mh]skip%s*%-[%d.]+%s*%a%a", "\\[mh]space%*?%s*{%s*%-[^}]*}",
}

-- Those of a part of an em, which it makes nothing.
local SPACES = { "\\;", "\\enspace%f[%A]", "\\thickspace%f[%A]", "\\[mh]space%*?%s*%b{}" }

local function prepared(tex)
  for _, space in ipairs(NEGATIVE_SPACES) do tex = tex:gsub(space, " ") end
  for _, space in ipairs(SPACES) do tex = tex:gsub(space, "\\:") end
  tex = tex:gsub("\\bar%f[%A]", "\\overline")
  local texts = {}
  tex = tex:gsub("\\text%a*%s*%b{}", function(text)
    texts[#texts + 1] = text
    return "\1" .. #texts .. "\2"
  end)
  tex = tex:gsub("\\?;", function(sign) if sign == ";" then return "\\text{;}" end end)
  return (tex:gsub("\1(%d+)\2", function(number) return texts[tonumber(number)] end))
end

-- Names outside quoted texts.
local function with_characters(typst)
  local parts = {}
  for plain, quoted in (typst .. '""'):gmatch('([^"]*)("[^"]*")') do
    plain = plain:gsub("%f[%a][%a][%a.]*%a", function(name) return CHARACTERS[name] end)
    parts[#parts + 1] = plain .. quoted
  end
  return (table.concat(parts):sub(1, -3))
end

-- Typst's markup of a formula; nil where pandoc cannot read it, which it says itself.
return function(math)
  local inlines = { pandoc.Math(math.mathtype, prepared(math.text)) }
  local options = pandoc.WriterOptions { wrap_text = "wrap-none" }
  local typst = pandoc.write(pandoc.Pandoc { pandoc.Plain(inlines) }, "typst", options):gsub("%s+$", "")
  if not typst:match("^%$") then return nil end
  -- A scaled sign takes the room of the small one.
  typst = typst:gsub("#scale%(x: (%d+)%%, y: %d+%%%)%[(.-)%]", "lr(%2, size: #(0.01em * %1))")
  for exponent, accent in pairs(ACCENTS) do
    typst = typst:gsub("(%f[%a][%a.]+)" .. exponent, accent .. "(%1)")
  end
  return with_characters(typst)
end
