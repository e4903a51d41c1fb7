"""The report of a run of this machine's house, drawn here. Loaded when one is really meant."""

from kingmaker.interfaces.report.facts import facts_of
from kingmaker.interfaces.report.page import render_report
from kingmaker.loop.account import account_of
from kingmaker.ports.house import House


def page_of(house: House, run: int) -> bytes:
    """One self-contained HTML page. Raises NotFound for no such run."""
    return render_report(facts_of(account_of(house, run))).encode()
