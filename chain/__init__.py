"""Owns what makes a chain of stores: each store's link to its head office, and in `chain.office` the head office."""
