"""The sections of the page that tells how endpoints fare."""
