"""What is declared for a pipeline: to look at, to compare, to change, and to begin with."""

import pytest
from playwright.sync_api import Page, expect

from .browser import Viewer
from .conftest import Look
from .site import Site
from .test_pipeline import ledger_of

PAGE = "/pipelines/book/declaration"
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 30, 30)"}
"""Of the editor, once it is as light or dark as the page."""


def edits(viewer: Viewer) -> Page:
    """The editor, with the text looked at."""
    page = viewer.opens(f"{PAGE}/edit")
    viewer.sees("None: it is well declared.")
    return page


def types_at_the_end(page: Page, said: str) -> None:
    page.get_by_label("Text of the declaration").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(said)


def test_a_viewer_reads_the_text_with_its_lines_numbered_and_cannot_edit_it(look: Look):
    viewer = look("vera", scheme="dark")
    page = viewer.opens(PAGE)
    viewer.sees("number 1, ")
    assert page.locator(".km-declaration-text .km-declaration-key").first.inner_text() == "pipeline"
    assert page.get_by_role("link", name="Edit").count() == 0
    viewer.finds_no_barrier()
    page = viewer.opens(f"{PAGE}/edit")
    viewer.sees("You may look, and not declare.")
    assert page.locator(".cm-editor").count() == 0


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_editor_has_no_barrier_in_light_and_dark(look: Look, width: int, scheme: str):
    viewer = look("oleg", width=width, scheme=scheme)
    page = edits(viewer)
    expect(page.get_by_label("Text of the declaration")).to_be_visible()
    expect(page.locator(".cm-editor")).to_have_css("background-color", PAPER[scheme])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    viewer.finds_no_barrier()
    viewer.opens("/pipelines/new")
    viewer.sees("None: it is well declared.")
    expect(page.locator(".cm-editor")).to_have_css("background-color", PAPER[scheme])
    viewer.finds_no_barrier()


def test_an_operator_mends_a_mistake_and_whoever_comes_second_sees_the_conflict(act: Look, own_site: Site):
    oleg, ada = act("oleg"), act("ada")
    first, second = edits(oleg), edits(ada)
    types_at_the_end(first, "polcy: 3")
    oleg.sees("`polcy` is not a known key: the nearest known key is `policy`.")
    expect(first.get_by_role("button", name="column 1", exact=False)).to_have_count(1)
    expect(first.locator(".km-declaration-wrong")).to_have_text("polcy: 3")
    first.get_by_role("button", name="Save", exact=True).click()
    oleg.sees("Not saved: mistakes to mend first: 1.")
    oleg.finds_no_barrier()
    for _ in "polcy: 3":
        first.get_by_label("Text of the declaration").press("Backspace")
    first.keyboard.type("# looked at by oleg")
    oleg.sees("None: it is well declared.")
    first.reload()
    oleg.sees("This browser keeps a text that was not saved.")
    first.get_by_role("button", name="Take it up again").click()
    expect(first.locator(".cm-content")).to_contain_text("# looked at by oleg")
    first.get_by_role("button", name="Save", exact=True).click()
    oleg.sees("number 2, oleg")

    types_at_the_end(second, "# and by ada")
    second.get_by_role("button", name="Save", exact=True).click()
    ada.sees("oleg saved number 2 while you were typing.")
    expect(second.locator(".km-declaration-diff .out")).to_have_text("# looked at by oleg")
    expect(second.locator(".km-declaration-diff .in")).to_have_text("# and by ada")
    expect(second.locator(".cm-content")).to_contain_text("# and by ada")
    ada.finds_no_barrier()
    second.get_by_role("button", name="Save mine over it").click()
    ada.sees("number 3, ada")
    second.get_by_role("link", name="What changed").first.click()
    ada.sees("What changed from number 2 to number 3")
    ada.finds_no_barrier()
    with ledger_of(own_site) as ledger:
        assert [one.by for one in ledger.declarations("book")][1:] == ["oleg", "ada"]
        assert "# looked at by oleg" not in ledger.declarations("book")[-1].text


def test_a_new_pipeline_is_drafted_from_a_file_of_the_data_folder(act: Look, own_site: Site):
    viewer = act("oleg")
    page = viewer.opens("/pipelines/new")
    viewer.sees("None: it is well declared.")
    page.get_by_role("button", name="Draft", exact=True).click()
    viewer.sees("Name the pipeline first")
    page.get_by_label("Name of the pipeline").fill("cards")
    page.get_by_role("button", name="Draft", exact=True).click()
    viewer.sees("Read every line: each guess says why")
    expect(page.locator(".cm-content")).to_contain_text("observed_at: went_bad")
    viewer.sees("None: it is well declared.")
    page.get_by_role("button", name="Save", exact=True).click()
    viewer.sees("number 1, oleg")
    with ledger_of(own_site) as ledger:
        declared = ledger.declared("cards")
        assert declared is not None
        assert "file: loans.csv" in declared.text


def test_whoever_may_not_declare_is_told_so_on_the_page_for_new_ones(look: Look):
    viewer = look("piet")
    viewer.opens("/pipelines/new")
    viewer.sees("You may look, and not declare.")
    viewer.finds_no_barrier()
