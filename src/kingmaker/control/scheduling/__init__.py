"""Schedules: when their times are, and the duty that fires them."""
