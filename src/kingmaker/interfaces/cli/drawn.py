"""Pages about this machine's house, drawn here. Loaded when one is really meant."""

from kingmaker.control.verbs import Verbs
from kingmaker.interfaces.report.document import render_document
from kingmaker.interfaces.report.document_facts import document_facts
from kingmaker.interfaces.report.facts import facts_of
from kingmaker.interfaces.report.page import render_report
from kingmaker.loop.account import account_of
from kingmaker.ports.house import House


def page_of(house: House, run: int) -> bytes:
    """One self-contained HTML page. Raises NotFound for no such run."""
    return render_report(facts_of(account_of(house, run))).encode()


def document_of(verbs: Verbs, pipeline: str, version: str) -> bytes:
    """A version's model-risk document. Raises NotFound for no such version."""
    return render_document(document_facts(verbs, pipeline, version)).encode()
