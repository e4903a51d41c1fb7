"""Arrow IPC streams, read from bytes that nobody vouches for, and written. Why not a library: docs/decisions/0024."""
