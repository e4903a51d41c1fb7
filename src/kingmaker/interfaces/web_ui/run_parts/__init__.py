"""What the pages about runs are made of."""
