"""Accounts of runs: everything that is known, as JSON and as the page for a committee."""

from fastapi import APIRouter, Response

from kingmaker.domain.run import LineageEntry
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import RunNumber
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.interfaces.report.facts import facts_of
from kingmaker.interfaces.report.page import render_report
from kingmaker.loop.records import RunAccount

router = APIRouter(tags=["runs"])
PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""As the page itself says: nothing is fetched, nothing is executed."""


@router.get("/runs/{run}/account", **answers(RunAccount))
def account(run: RunNumber, office: Asking, *, trials: bool = True) -> Response:
    """Everything that is known of the run: what `kingmaker explain RUN --json` prints. It is told faster without its trials."""
    return told(office.account(run, trials=trials))


@router.get("/runs/{run}/lineage", **answers(list[LineageEntry]))
def lineage(run: RunNumber, office: Asking) -> Response:
    """What the run depended on and what it produced: digests, seeds, versions."""
    return told(office.account(run).lineage)


@router.get(
    "/runs/{run}/report",
    response_class=Response,
    responses={
        200: {"description": "One self-contained page.", "content": {"text/html": {}}},
        "4XX": {"description": "Refused, and why.", "content": {"application/problem+json": {}}},
    },
)
def report(run: RunNumber, office: Asking) -> Response:
    """The page for a model-risk committee: one HTML document with nothing to fetch and nothing to execute."""
    page = render_report(facts_of(office.account(run)))
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})
