"""Sealing: what lies on a disk is encrypted with data keys, and those with one master key that lies elsewhere."""
