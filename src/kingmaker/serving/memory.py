"""Memory that loading a version took for a while, given back to the system."""

import ctypes


def give_back() -> None:
    """Ask the C library for it, where it can be asked (glibc); else nothing happens. Some milliseconds."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return
    trim(0)
