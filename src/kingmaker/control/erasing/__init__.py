"""Erasing: one customer taken out of everything that is kept, told by keyed hashes alone."""
