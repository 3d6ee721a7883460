-- Acquires one permit from each bucket, or none at all.
--
-- KEYS: the buckets. ARGV: for each bucket, the number of permits and the microseconds after which one is released.
-- Returns the microseconds until the missing permit is released, or 0, and the index of its bucket, from 0.
--
-- A bucket is a list: the longest period that was asked for, then when each permit was acquired, the earliest first.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
-- As text with all digits: Lua's own conversion drops some.
local function digits(number) return string.format('%.0f', number) end

local missing, which = 0, 0
local longest = {}
for at, key in ipairs(KEYS) do
    local permits, per = tonumber(ARGV[2 * at - 1]), tonumber(ARGV[2 * at])
    longest[at] = math.max(per, tonumber(redis.call('LINDEX', key, 0) or 0))
    local acquired = redis.call('LLEN', key) - 1
    local last = acquired > 0 and tonumber(redis.call('LINDEX', key, -1)) or 0
    if last > now + longest[at] then
        -- The clock was set back by more than the period of the bucket.
        redis.call('DEL', key)
    elseif acquired >= permits then
        local wait = tonumber(redis.call('LINDEX', key, -permits)) + per - now
        if wait > missing then missing, which = wait, at - 1 end
    end
end
if missing > 0 then return {missing, which} end

for at, key in ipairs(KEYS) do
    -- At most 100 at a time, to keep the script short. More are removed than added, so the list does not grow.
    local old = 0
    while old < 100 do
        local acquired = redis.call('LINDEX', key, old + 1)
        if not acquired or tonumber(acquired) > now - longest[at] then break end
        old = old + 1
    end
    redis.call('LTRIM', key, old + 1, -1)
    redis.call('LPUSH', key, digits(longest[at]))
    redis.call('RPUSH', key, digits(now))
    redis.call('PEXPIRE', key, digits(math.ceil(longest[at] / 1000)))
end
return {0, 0}
