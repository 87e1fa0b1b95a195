-- Requests recommendations for users by a Zipf distribution with exponent 1, so that most answers are cached. WRITES: share of
-- the requests that record an interaction of such a user instead, 0 by default. USERS: file with one user id per line.
local users = {}
local cumulative = {}
local total = 0
for line in io.lines(os.getenv("USERS")) do
  users[#users + 1] = line
  total = total + 1 / #users
  cumulative[#users] = total
end
local writes = tonumber(os.getenv("WRITES") or "0")
local json = { ["Content-Type"] = "application/json" }

local function user()
  local wanted = math.random() * total
  local low, high = 1, #users
  while low < high do
    local middle = math.floor((low + high) / 2)
    if cumulative[middle] < wanted then low = middle + 1 else high = middle end
  end
  return users[low]
end

request = function()
  local path = "/users/" .. user()
  if math.random() < writes then
    return wrk.format("POST", path .. "/interactions", json, '{"itemId": "v' .. math.random(300) .. '"}')
  end
  return wrk.format("GET", path .. "/recommendations")
end
