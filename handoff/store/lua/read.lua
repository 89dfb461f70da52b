-- Reads a stretch of a log together with its end.
-- KEYS  record, log
-- ARGV  seq after which to begin, how many entries at most, how many bytes at most (one entry comes however long it is)
-- Returns {last seq, entry, ...}, or nothing when there is no such conversation.
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local page = {redis.call('LLEN', KEYS[2])}
local limit, room = tonumber(ARGV[2]), tonumber(ARGV[3])
if limit < 1 or tonumber(ARGV[1]) >= page[1] then return page end
-- seq n is at index n - 1; in LRANGE the last index is part of the range
local first, last = tonumber(ARGV[1]), math.min(ARGV[1] + limit, page[1]) - 1
while first <= last do
  -- a few at a time, so that what there is no room for is not fetched
  for _, entry in ipairs(redis.call('LRANGE', KEYS[2], first, math.min(first + 15, last))) do
    room = room - #entry
    if room < 0 and #page > 1 then return page end
    page[#page + 1] = entry
  end
  first = first + 16
end
return page
