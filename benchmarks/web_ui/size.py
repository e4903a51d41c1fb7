"""How much there is to show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Of everything so much in all. One pipeline, the real one, has a tenth of the runs and half of the endpoints.

    `under_way` of the other pipelines have a run that is going on, `waiting` requests wait in the queue.
    """

    runs: int = 10_000
    pipelines: int = 50
    trials: int = 5_000
    faults: int = 500
    events: int = 2_000
    endpoints: int = 1_000
    notices: int = 2_000
    alarms: int = 1_000
    tokens: int = 1_000
    replays: int = 200
    declarations: int = 100
    waiting: int = 100
    under_way: int = 10
    audit: int = 20_000

    def names(self) -> list[str]:
        """Of the pipelines beside the real one."""
        return [f"book-{number:02}" for number in range(1, self.pipelines)]

    def own_runs(self) -> int:
        """The real pipeline's."""
        return self.runs // 10
