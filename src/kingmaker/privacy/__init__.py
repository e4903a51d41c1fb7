"""Personal data: masked before it is kept, found where nobody declared it."""
