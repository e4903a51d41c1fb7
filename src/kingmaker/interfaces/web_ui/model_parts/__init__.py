"""Parts of the page about one model version."""
