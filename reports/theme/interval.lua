-- The small bar of an interval next to a number in a table: `[]{.interval value="40" low="30" high="60" mark="48"}`,
-- places on a scale of 96. Drawn from numbers alone.
return function(attributes)
  local function at(name)
    local number = tonumber(attributes[name])
    return number and ("%.1f"):format(math.min(math.max(number, 0), 96))
  end
  local value, low, high, mark = at("value"), at("low"), at("high"), at("mark")
  if not value then return nil end
  local parts = { '<svg class="interval" viewBox="0 0 96 16" width="96" height="16" aria-hidden="true"'
    .. ' xmlns="http://www.w3.org/2000/svg"><line x1="4" x2="92" y1="8" y2="8" stroke="#D9DDE2"/>' }
  if mark then
    table.insert(parts, ('<line x1="%s" x2="%s" y1="0" y2="16" stroke="#B45309"/>'):format(mark, mark))
  end
  if low and high then
    table.insert(parts, ('<line x1="%s" x2="%s" y1="8" y2="8" stroke="#8A929C" stroke-width="3"/>'):format(low, high))
  end
  table.insert(parts, ('<circle cx="%s" cy="8" r="4" fill="#0B6E6E"/></svg>'):format(value))
  return table.concat(parts)
end
