-- Makes a conversation due for its sender, entries of these seqs being new and to be sent.
local function make_due(sending, outgoing, outbox, id, now, seqs)
  -- Nothing else waits to be sent, so what lies between (receipts mostly) need not be read again.
  if redis.call('EXISTS', outgoing) == 0 then redis.call('HSET', sending, 'cursor', seqs[1] - 1) end
  redis.call('RPUSH', outgoing, unpack(seqs))
  -- NX: under a lease the score stays in the future; the step that ends the lease sees `outgoing`.
  redis.call('ZADD', outbox, 'NX', now, id)
end
