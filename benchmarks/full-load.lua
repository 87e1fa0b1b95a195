-- Requests recommendations for each user in turn, with another page size in each round, so that the cache is full but has no
-- hits. Every twentieth request is a write. USERS: file with one user id per line; ITEM: id of an item.
local users = {}
for line in io.lines(os.getenv("USERS")) do
  users[#users + 1] = line
end

local number = 0
local write = '{"itemId": "' .. os.getenv("ITEM") .. '"}'

request = function()
  number = number + 1
  local path = "/users/" .. users[number % #users + 1]
  if number % 20 == 0 then
    return wrk.format("POST", path .. "/interactions", { ["Content-Type"] = "application/json" }, write)
  end
  return wrk.format("GET", path .. "/recommendations?limit=" .. (math.floor(number / #users) % 50 + 1))
end
