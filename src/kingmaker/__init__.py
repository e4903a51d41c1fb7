"""Kingmaker: a loan-default model retrained every night, and replaced only when the new one is proven better."""

__version__ = "0.1.0"
