"""Scoring files: rows in, answers and reasons out, in bounded memory."""
