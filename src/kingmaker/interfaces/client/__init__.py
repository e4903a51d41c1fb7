"""The control centre from afar: the same verbs over HTTP, for programs and for the command line."""
