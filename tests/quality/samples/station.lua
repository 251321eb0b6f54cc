-- A weather station: readings in, averages out.
local Station = {}
Station.__index = Station

local LIMITS = {
  temperature = { low = -60, high = 60 },
  humidity = { low = 0, high = 100 },
  pressure = { low = 870, high = 1085 },
}

function Station.new(name, capacity)
  return setmetatable({
    name = name,
    capacity = capacity or 144,
    readings = {},
  }, Station)
end

local function within(kind, value)
  local limit = LIMITS[kind]
  if limit == nil then
    return false, "unknown kind: " .. tostring(kind)
  end
  if value < limit.low or value > limit.high then
    return false, ("%s out of range: %.1f"):format(kind, value)
  end
  return true
end

function Station:record(kind, value, at)
  local ok, reason = within(kind, value)
  if not ok then
    error(reason, 2)
  end
  local list = self.readings[kind] or {}
  table.insert(list, { value = value, at = at or os.time() })
  if #list > self.capacity then
    table.remove(list, 1)
  end
  self.readings[kind] = list
end

function Station:average(kind, since)
  local sum, count = 0, 0
  for _, reading in ipairs(self.readings[kind] or {}) do
    if not since or reading.at >= since then
      sum = sum + reading.value
      count = count + 1
    end
  end
  if count == 0 then
    return nil
  elseif count == 1 then
    return sum
  else
    return sum / count
  end
end

function Station:each(callback)
  for kind, list in pairs(self.readings) do
    for index = 1, #list do
      callback(kind, list[index].value, list[index].at)
    end
  end
end

function Station:warmest()
  local best
  self:each(function(kind, value)
    if kind == "temperature" and (best == nil or value > best) then
      best = value
    end
  end)
  return best
end

local station = Station.new("Brocken", 48)
local i = 0
while i < 10 do
  station:record("temperature", 12 + math.sin(i) * 5, 1700000000 + i * 600)
  i = i + 1
end
repeat
  i = i - 1
until i == 0
print(station:average("temperature"))

return Station
