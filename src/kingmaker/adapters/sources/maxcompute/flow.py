"""The ordered tasks: each an instance, submitted once whatever is killed in between, found again where it was left."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kingmaker.adapters.sources.maxcompute.instances import Errand, follow, logview
from kingmaker.adapters.sources.maxcompute.lifecycle import give_lifecycle, tables_made
from kingmaker.adapters.sources.maxcompute.project import Project
from kingmaker.adapters.sources.maxcompute.record import FlowRecord, TaskRecord, asked_of, flow_of, keep_flow
from kingmaker.adapters.sources.maxcompute.rendering import rendered
from kingmaker.pipeline.source import SqlTask
from kingmaker.ports.source import Reading

Told = Callable[[str], None]


def run_tasks(project: Project, reading: Reading, folder: Path, told: Told) -> tuple[tuple[str, int, float], ...]:
    """Answers with (name, -1, seconds) of each task. Raises SourceError for the first that fails; no later one is run."""
    tasks = reading.declaration.tasks
    for task in tasks:  # what is wrong with a later one is told before anything is run
        rendered(task, reading)
    flow = flow_of(folder) or FlowRecord(maxcompute=project.declared.model_dump(mode="json", by_alias=True))
    for number in range(len(tasks)):
        known = flow.task(number)
        if known is None or not known.done:
            flow = _run(project, reading, folder, flow, number, told)
    return tuple((task.name, -1, task.seconds) for task in flow.tasks)


def _run(project: Project, reading: Reading, folder: Path, flow: FlowRecord, number: int, told: Told) -> FlowRecord:
    task = reading.declaration.tasks[number]
    errand = Errand(task.name, rendered(task, reading))
    known = flow.task(number) or TaskRecord(name=task.name, asked=asked_of(reading, f"task {number}"))
    found = bool(known.instance)
    if not found:
        flow = flow.with_task(number, known)
        keep_flow(folder, flow)
        known = replace(known, instance=project.submit(errand.sql, asked=known.asked))
        flow = flow.with_task(number, known)
        keep_flow(folder, flow)
    _tell_where(project, task, known.instance, found, told)
    seconds = follow(project, known.instance, errand, reading.mask, told)
    for table in tables_made(errand.sql):
        give_lifecycle(project, reading, table, since=known.instance)
    flow = flow.with_task(number, replace(known, done=True, seconds=seconds))
    keep_flow(folder, flow)
    told(f"task {task.name}: done in {seconds:,.0f} s")
    return flow


def _tell_where(project: Project, task: SqlTask, instance: str, found: bool, told: Told) -> None:
    """Once a process, since the address of LogView is good for a day only."""
    address = logview(project.instance(instance))
    how = "found again as" if found else "is"
    told(f"task {task.name}: {how} instance {instance}{f', LogView {address}' if address else ''}")
