"""What the page of schedules is made of."""
