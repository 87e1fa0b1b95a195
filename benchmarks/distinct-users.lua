-- Requests recommendations for each user in turn, so that no answer is cached. USERS: file with one user id per line.
local users = {}
for line in io.lines(os.getenv("USERS")) do
  users[#users + 1] = line
end

local number = 0

request = function()
  number = number % #users + 1
  return wrk.format("GET", "/users/" .. users[number] .. "/recommendations")
end
