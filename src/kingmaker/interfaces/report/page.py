"""The report: one page that explains one run to a committee, with nothing to fetch and nothing to execute."""

from kingmaker.interfaces.report.facts import ReportFacts
from kingmaker.interfaces.report.sections import report_templates, said_by_sections


def render_report(facts: ReportFacts) -> str:
    """The report as one self-contained HTML page. The same facts give the same page, byte for byte.

    Every name and text from the data is escaped. Sections without facts say so in a sentence.
    """
    return report_templates().get_template("page.html").render(said_by_sections(facts))
