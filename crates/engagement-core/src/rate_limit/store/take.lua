-- Takes a token from each bucket, or from none.
--
-- KEYS: the buckets. ARGV: for each of them the number of tokens, and the microseconds after which one comes back.
-- Returns the microseconds until the missing token is there, or 0, and the place of its bucket, from 0.
--
-- A bucket is a list: the longest time that anybody asked about, and then when each token was taken, the earliest first.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
-- As text with all digits: Lua's own has fewer.
local function digits(number) return string.format('%.0f', number) end

local missing, which = 0, 0
local longest = {}
for at, key in ipairs(KEYS) do
    local tokens, per = tonumber(ARGV[2 * at - 1]), tonumber(ARGV[2 * at])
    longest[at] = math.max(per, tonumber(redis.call('LINDEX', key, 0) or 0))
    local taken = redis.call('LLEN', key) - 1
    local last = taken > 0 and tonumber(redis.call('LINDEX', key, -1)) or 0
    if last > now + longest[at] then
        -- The clock was set back by more than a bucket may keep anybody waiting.
        redis.call('DEL', key)
    elseif taken >= tokens then
        local wait = tonumber(redis.call('LINDEX', key, -tokens)) + per - now
        if wait > missing then missing, which = wait, at - 1 end
    end
end
if missing > 0 then return {missing, which} end

for at, key in ipairs(KEYS) do
    -- Not all at once: no script may run for long. One is added and more are removed, so none stay for good.
    local old = 0
    while old < 100 do
        local taken = redis.call('LINDEX', key, old + 1)
        if not taken or tonumber(taken) > now - longest[at] then break end
        old = old + 1
    end
    redis.call('LTRIM', key, old + 1, -1)
    redis.call('LPUSH', key, digits(longest[at]))
    redis.call('RPUSH', key, digits(now))
    redis.call('PEXPIRE', key, digits(math.ceil(longest[at] / 1000)))
end
return {0, 0}
