"""The gate's statistics on 100,000 loans, against scikit-learn's AUC in a loop of resamples.

The peer's loop takes a quarter of an hour, so it is measured over 20 draws and scaled to as many as ours.
"""

import sys
from statistics import median

from benchmarks.contest import Contender, Measured, hold
from benchmarks.findings import Chapter, Finding, page_of, span

ROWS, TRIALS, DRAWS, PEER_DRAWS, ROUNDS = 100_000, 20, 10_000, 20, 3
QUICK_ROWS, QUICK_DRAWS = 20_000, 1_000
FASTER, QUICKEST_BOOTSTRAP = 50.0, 5.0


def bench(*, quick: bool) -> Chapter:
    rows, draws = (QUICK_ROWS, QUICK_DRAWS) if quick else (ROWS, DRAWS)
    found = hold([_contender("ours", rows, TRIALS, draws), _contender("sklearn", rows, TRIALS, PEER_DRAWS)], ROUNDS)
    ours, peers = found["ours"], found["sklearn"]
    parts = {part: median(one.cpu[part] for one in ours) for part in ours[0].cpu}
    return Chapter(
        title="The gate's statistics",
        about=(
            f"{rows:,} loans: utility and its standard error of {TRIALS} trials, then DeLong's test and {draws:,} paired draws"
            " of the customers for the false kill and the expected profit of one finalist and the champion. The peer is"
            f" scikit-learn's roc_auc_score of both models in {draws:,} draws, and nothing else."
        ),
        findings=(_whole(ours, peers, draws), _bootstrap(parts["bootstrap"], draws), _errors(ours[0], peers[0])),
        notes=(
            f"The peer was measured over {PEER_DRAWS} draws and scaled to {draws:,}; drawing the customers is not counted.",
            f"By part: {', '.join(f'{part} {seconds:.2f} s' for part, seconds in parts.items())}.",
            "CPU seconds, one thread each; ratios are peer over Kingmaker within a round, median (lowest to highest).",
            "Loans without amounts. Where each loan's own amount counts, customers are drawn one by one: slower.",
        ),
    )


def _contender(name: str, *arguments: int) -> Contender:
    return Contender(name=name, module=f"benchmarks.gate_{name}", arguments=tuple(map(str, arguments)))


def _whole(ours: list[Measured], peers: list[Measured], draws: int) -> Finding:
    scale = draws / PEER_DRAWS
    each = [scale * peer.cpu_seconds / our.cpu_seconds for our, peer in zip(ours, peers, strict=True)]
    return Finding(
        what="CPU time of the whole gate",
        ours=f"{median(one.cpu_seconds for one in ours):.1f} s",
        peer=f"{scale * median(one.cpu_seconds for one in peers):,.0f} s (scaled)",
        ratio=span(min(each), median(each), max(each)),
        goal=f">= {FASTER:g}",
        met=median(each) >= FASTER,
    )


def _bootstrap(seconds: float, draws: int) -> Finding:
    return Finding(
        what=f"CPU time of {draws:,} paired draws",
        ours=f"{seconds:.1f} s",
        peer="",
        ratio="",
        goal=f"<= {QUICKEST_BOOTSTRAP:g} s",
        met=seconds <= QUICKEST_BOOTSTRAP,
    )


def _errors(our: Measured, peer: Measured) -> Finding:
    """The same question has the same answer: 20 draws know a standard error to about a sixth."""
    stated, drawn = float(str(our.facts["auc_error"])), float(str(peer.facts["auc_error"]))
    return Finding(
        what="standard error of the difference in AUC",
        ours=f"{stated:.5f}",
        peer=f"{drawn:.5f}",
        ratio=f"{drawn / stated:.2f}",
    )


if __name__ == "__main__":
    print("\n".join(page_of(bench(quick="--quick" in sys.argv))))
