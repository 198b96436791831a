-- A number and its per cent sign stay on one line.
return function(inlines)
  for index = 2, #inlines - 1 do
    local before, space, after = inlines[index - 1], inlines[index], inlines[index + 1]
    if space.t == "Space" and before.t == "Str" and after.t == "Str" and before.text:match("%d$") and after.text:match("^%%") then
      inlines[index] = pandoc.Str("\u{a0}")
    end
  end
  return inlines
end
