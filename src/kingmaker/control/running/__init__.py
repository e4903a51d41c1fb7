"""Runs in processes of their own: the runner that supervises them, and what happens in each."""
