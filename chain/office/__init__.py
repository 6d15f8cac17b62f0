"""Owns the head office of a chain: what its stores told, the wall, mail to stores. On PostgreSQL and Redis."""
