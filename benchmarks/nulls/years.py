"""Years in which no challenger is better than the champion, and years in which every one is."""

from collections.abc import Callable, Sequence
from statistics import median

import numpy as np
from benchmarks.nulls.counts import Power, Tally
from benchmarks.nulls.rules import Reign, rules_of
from benchmarks.nulls.setting import DAYS, Setting, noise_for
from benchmarks.nulls.world import Model, World

from kingmaker.pipeline.declaration import Policy

NO_MARGIN = Policy(min_improvement=0.0)
"""Null years try the error budget alone: the smallest improvement that the default policy demands is stricter still."""
RULES = ("point", "p < .05", "AUC alone", "proven, one look", "proven", "both proven, one look", "both proven")
Seed = tuple[int, ...]


def null_year(setting: Setting, seed: Seed, rules: Sequence[str] = RULES) -> dict[str, tuple[int, ...]]:
    """The days of (false) promotions by rule. The year goes on after one: the new champion is as good as the old."""
    world = World(setting, np.random.default_rng(seed))
    reigns = _reigns(world.train(0), NO_MARGIN, rules)
    for day in range(DAYS):
        finalist = world.train(day)
        for reign in reigns:
            reign.pass_night(world, day, finalist)
    return {reign.name: tuple(reign.promotions) for reign in reigns}


def better_year(setting: Setting, gain: float, seed: Seed, rules: Sequence[str]) -> dict[str, int | None]:
    """The day by rule on which a challenger whose true AUC is `gain` above the champion's came into force; None: not at all."""
    world = World(setting, np.random.default_rng(seed))
    noise = noise_for(setting.bad_rate, gain)
    waiting = _reigns(world.train(0), Policy(), rules)
    found: dict[str, int | None] = dict.fromkeys(rules)
    for day in range(DAYS):
        finalist = world.train(day, noise)
        for reign in waiting:
            reign.pass_night(world, day, finalist)
            found[reign.name] = reign.promotions[0] if reign.promotions else None
        waiting = [reign for reign in waiting if not reign.promotions]
        if not waiting:
            break
    return found


def null_tallies(setting: Setting, seeds: Sequence[Seed], lived: Callable[[], None]) -> tuple[Tally, ...]:
    """Every rule over the same years. `lived` is called after each."""
    years = []
    for seed in seeds:
        years.append(null_year(setting, seed))
        lived()
    return tuple(
        Tally(
            setting=setting.name,
            rule=rule,
            years=len(years),
            any_promotion=sum(bool(year[rule]) for year in years),
            promotions=sum(len(year[rule]) for year in years),
        )
        for rule in years[0]
    )


def power_of(
    setting: Setting, gain: float, seeds: Sequence[Seed], rules: Sequence[str], lived: Callable[[], None]
) -> tuple[Power, ...]:
    years = []
    for seed in seeds:
        years.append(better_year(setting, gain, seed, rules))
        lived()
    found = []
    for rule in rules:
        days = [day for year in years if (day := year[rule]) is not None]
        found.append(
            Power(
                rule=rule,
                bads=setting.bads,
                gain=gain,
                years=len(years),
                promoted=len(days),
                median_days=median(days) if days else None,
            )
        )
    return tuple(found)


def _reigns(champion: Model, policy: Policy, rules: Sequence[str]) -> list[Reign]:
    every = rules_of(policy)
    return [Reign(name, every[name], champion) for name in rules]
