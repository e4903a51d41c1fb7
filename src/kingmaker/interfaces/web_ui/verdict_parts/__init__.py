"""What the page of a verdict is made of."""
