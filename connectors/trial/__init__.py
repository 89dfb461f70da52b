"""Platforms to try Baton on without an account: they check what they are sent as strictly as the real ones, or more."""
