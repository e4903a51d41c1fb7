"""Every text of the pages, in one catalogue for each language."""
