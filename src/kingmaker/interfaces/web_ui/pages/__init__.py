"""One page a module: what it asks for, and what it shows."""
