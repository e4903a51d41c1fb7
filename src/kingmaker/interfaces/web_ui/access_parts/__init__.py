"""What the pages of access are made of."""
