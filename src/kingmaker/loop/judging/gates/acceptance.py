"""G6.selection_bias: whose outcomes are known, and how much better that alone makes an equally good challenger look."""

from dataclasses import dataclass, replace

from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.gates.measured import NO_BIAS
from kingmaker.loop.judging.gates.outcome import limited, percent_text
from kingmaker.loop.judging.judged import Floats, JudgedRows
from kingmaker.pipeline.declaration import Acceptance, Pipeline
from kingmaker.statistics.truncation_bias import TruncationBias, bias_on_approved

FEWEST_OF_EACH = 100
"""Explored goods, and explored bads. With 50 bads a test at 1 % passes 2 to 4 % of equally good challengers, with 100 hardly
more than it should: on few and heavy rows the standard error is too small.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectivity:
    """How the choice of the loans tells on the comparison. `rows` are the test window's as they are to be compared: weighted
    only by enough explored loans. `notes` say it in plain words; without an approved-only book there is nothing to say.
    """

    rows: JudgedRows
    bias: TruncationBias = NO_BIAS
    gates: tuple[Gate, ...] = ()
    notes: tuple[str, ...] = ()


def selectivity(pipeline: Pipeline, rows: JudgedRows, challenger: Floats, champion: Floats | None) -> Selectivity:
    """`challenger` and `champion` are pds [rows]; the champion's None where the two cannot be compared."""
    acceptance = pipeline.acceptance
    if acceptance.outcomes_of == "everyone":
        return Selectivity(rows=replace(rows, weight=None))
    share = acceptance.share or pipeline.policy.approval_rate
    known = f"Outcomes are known only for loans that were approved ({percent_text(share, 0)} of applicants)."
    if champion is None:
        return Selectivity(rows=rows, notes=(known,))
    if rows.weight is not None and _enough_explored(rows):
        return Selectivity(rows=rows, notes=(_weighted(rows, rows.weight),))
    bias = bias_on_approved(
        rows.bad, champion, challenger, approved_share=share, approval_rate=pipeline.policy.approval_rate
    )
    flattered = (
        f"{known} An equally good challenger would look {bias.auc:.4f} better in AUC and {100 * bias.false_kill:.2f} points "
        f"better in false kill for that alone; the margin of the proof is widened by as much."
    )
    return Selectivity(
        rows=replace(rows, weight=None),
        bias=bias,
        gates=(_bias_gate(acceptance, bias),),
        notes=(flattered, _too_few(rows)) if acceptance.explored else (flattered,),
    )


def _enough_explored(rows: JudgedRows) -> bool:
    bads = rows.explored_bads
    return min(bads, rows.explored - bads) >= FEWEST_OF_EACH


def _weighted(rows: JudgedRows, weight: Floats) -> str:
    share = float(weight[weight > 1.0].sum() / weight.sum())
    return (
        f"Outcomes are known only for loans that were approved, and for {rows.explored:,} explored loans of the test window, "
        f"which carry {percent_text(share)} of the total weight: each counts 1 / the chance it had of being accepted. So the "
        f"comparison with the champion stands for all applicants; every other figure is of the loans as they are."
    )


def _too_few(rows: JudgedRows) -> str:
    return (
        f"The test window holds {rows.explored:,} explored loans, {rows.explored_bads:,} of them bad; with fewer than "
        f"{FEWEST_OF_EACH} good or {FEWEST_OF_EACH} bad ones they count like all others."
    )


def _bias_gate(acceptance: Acceptance, bias: TruncationBias) -> Gate:
    sentence = (
        f"On loans that the champion approved an equally good challenger would gain {bias.auc:.4f} of AUC; above "
        f"{acceptance.max_bias:.4f} a person decides."
    )
    return limited("G6.selection_bias", bias.auc, acceptance.max_bias, sentence, over=GateOutcome.HELD)
