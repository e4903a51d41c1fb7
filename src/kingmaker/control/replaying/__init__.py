"""Replays in a process of their own: what is asked for, who does it, and what becomes of it."""
