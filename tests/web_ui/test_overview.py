"""The overview: every pipeline at a glance."""

from .conftest import Look


def test_a_viewer_sees_every_pipeline_with_its_champion(look: Look):
    viewer = look("vera")
    viewer.opens("/")
    viewer.sees("book")
    viewer.finds_no_barrier()


def test_a_page_that_is_not_there_says_so_and_shows_a_way_back(look: Look):
    viewer = look("vera")
    viewer.opens("/nothing/of/the/kind")
    viewer.sees("Back to the overview")
    viewer.expects("404")
