"""The control centre without its interfaces: the verbs, who may say them, and the duties that make the loop unattended."""
