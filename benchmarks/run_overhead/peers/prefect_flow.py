"""The same five stages in Prefect: each sleeps, and says how long it worked. Run by Prefect's own Python."""

import time

from prefect import flow, task

STAGES = ("extract", "prepare", "train", "select", "publish")
WORK = 0.2


@task
def stage(name: str) -> float:
    del name
    began = time.perf_counter()
    time.sleep(WORK)
    return time.perf_counter() - began


@flow
def loop() -> list[float]:
    return [stage(name) for name in STAGES]


if __name__ == "__main__":
    loop.serve(name="overhead")
