"""Telling people outside what happened: what is worth it, and when, and how often."""
