"""One instance of the service: followed to its end with its progress told, or stopped."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from odps.errors import BaseODPSError, NoSuchObject
from odps.models import Instance

from kingmaker.adapters.sources.maxcompute.project import Project
from kingmaker.adapters.sources.maxcompute.words import message_of
from kingmaker.domain.errors import SourceError
from kingmaker.privacy.masking import Mask

NOTHING_TO_DO = "SELECT 1"
LOGVIEW_HOURS = 24
_HEALTHY = frozenset({"RUNNING", "WAITING", "SUSPENDED", "SUCCESS"})


@dataclass(frozen=True, slots=True)
class Look:
    """An instance as it was a moment ago: each of its tasks' states, and how far each stage is (percent)."""

    over: bool
    states: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, int], ...]

    def told(self) -> str:
        if self.stages:
            return ", ".join(f"{name} {percent} %" for name, percent in self.stages)
        return "waits for resources" if any(state == "WAITING" for _, state in self.states) else "running"


@dataclass(frozen=True, slots=True)
class Errand:
    """What an instance was submitted for: the name of the task and its statement."""

    name: str
    sql: str


def follow(project: Project, number: str, errand: Errand, mask: Mask, told: Callable[[str], None]) -> float:
    """Wait for the end of the instance and answer with the seconds that it took there.

    Raises SourceError with the service's message when it failed or was stopped, or is not known there any more.
    """
    instance = project.instance(number)
    where = f"task `{errand.name}`, instance {number}"
    try:
        last = _until_over(project, instance, lambda sentence: told(f"task {errand.name}: {sentence}"))
        ill = next(((name, state) for name, state in last.states if state != "SUCCESS"), None)
        if ill is None:
            return _seconds_of(instance)
        message = project.ask(lambda: _result(instance, ill[0]))
    except NoSuchObject as error:
        raise SourceError(
            "the service does not know the instance any more", where=where, remedy="Run again: the tasks begin anew."
        ) from error
    if ill[1] == "CANCELLED":
        raise SourceError("the instance was stopped at the service", where=where, remedy="Run again.")
    raise SourceError(
        f"MaxCompute failed the task ({message_of(message, mask, errand.sql)})",
        where=where,
        remedy="The message is the service's own; its LogView shows more.",
    )


def logview(instance: Instance) -> str:
    """The address at which the instance is looked at, for a day; empty where the service gives none."""
    try:
        return str(instance.get_logview_address(hours=LOGVIEW_HOURS))
    except (BaseODPSError, OSError):
        return ""


def stop(project: Project, number: str) -> bool:
    """Whether it had to be stopped."""
    instance = project.instance(number)
    if project.ask(lambda: instance.status) == Instance.Status.TERMINATED:
        return False
    project.ask(instance.stop)
    return True


def _until_over(project: Project, instance: Instance, told: Callable[[str], None]) -> Look:
    pace = project.pace
    pause, told_at, known = pace.look, time.monotonic() - pace.telling, None
    while True:
        look = project.ask(lambda: _look(instance))
        news = known is None or look.states != known.states
        if look.over:
            return look
        if (news or (look != known and time.monotonic() >= told_at + pace.telling)) and look.told():
            told(look.told())
            told_at, known = time.monotonic(), look
        time.sleep(pause)
        pause = min(pace.longest_look, pause * 2)


def _look(instance: Instance) -> Look:
    over = instance.status == Instance.Status.TERMINATED  # asked for anew while it is not
    tasks = instance.get_task_statuses(retry=False)
    stages: list[tuple[str, int]] = []
    if not over:
        for name in tasks:
            stages += [
                (stage.name, stage.finished_percentage or 0) for stage in instance.get_task_progress(name).stages or ()
            ]
    return Look(over, tuple((name, task.status.value) for name, task in tasks.items()), tuple(stages))


def _seconds_of(instance: Instance) -> float:
    begun, ended = instance.start_time, instance.end_time
    return float((ended - begun).total_seconds()) if begun and ended else 0.0


def _result(instance: Instance, task: str) -> str:
    return str(instance.get_task_result(task, retry=False) or "no message")
