"""Where conversations, agents and callbacks are kept.

`port` says what a store does; `redis_store.RedisStore` does it in Redis, `memory.MemoryStore` in memory. Nothing else
of this package is for others.
"""
