"""The control centre over HTTP: parse, let the office do it, answer. No decision is made here."""
