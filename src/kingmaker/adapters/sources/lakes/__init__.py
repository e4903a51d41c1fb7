"""Folders and object storage as a source: files in partitions, of which only those are read that can be needed."""
