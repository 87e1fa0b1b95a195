-- Asks for one user after the other, so that nothing comes from the cache. USERS names a file with one id a line.
local users = {}
for line in io.lines(os.getenv("USERS")) do
  users[#users + 1] = line
end

local number = 0

request = function()
  number = number % #users + 1
  return wrk.format("GET", "/users/" .. users[number] .. "/recommendations")
end
