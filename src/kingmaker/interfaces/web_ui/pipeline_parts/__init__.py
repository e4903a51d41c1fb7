"""What the pages of a pipeline are made of: its champions, its budget, and what is declared for it."""
