"""A version's model-risk document, as a file."""

from pathlib import Path

from .conftest import Terminal


def test_the_champions_document_is_written_and_says_what_the_ledger_says(crowned: Terminal) -> None:
    (published,) = crowned.document("versions")
    told = crowned.document("document", "champion", "--out", "pages/model.html")
    page = Path("pages/model.html").read_text(encoding="utf-8")
    assert told == {"version": "champion", "path": "pages/model.html", "bytes": len(page.encode())}
    assert published["version"] in page
    head = crowned.document("audit", "list")[0]
    assert head["digest"] in page
    evidence = crowned.document("explain", "1")["selection"]["evidence"]["challenger"]
    assert f"{evidence['rows']:,} loans with {evidence['bads']:,} bads" in page


def test_without_a_place_it_lies_among_the_reports_of_the_home(crowned: Terminal) -> None:
    (published,) = crowned.document("versions")
    said = crowned.shows("document", published["version"][:8])
    (written,) = Path("home/reports").glob("book-*.html")
    assert written.name in said.replace("\n", "")


def test_a_version_that_is_not_there_has_no_document(crowned: Terminal) -> None:
    assert "abcdef" in crowned.refuses("document", "abcdef")
