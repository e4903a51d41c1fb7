"""The same committee's house: champions, held runs, and whoever asks about them."""

from tests.control_centre.champions.conftest import _sitting, committee

__all__ = ["_sitting", "committee"]
