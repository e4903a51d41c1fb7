"""A year of a simulated lender: loans mature day by day, and models see their risk with more or less noise."""

from math import sqrt

import numpy as np
from benchmarks.nulls.gains import false_kill
from benchmarks.nulls.setting import DAYS, NOISE, RISK_SPREAD, Setting, level_for
from scipy.special import expit

from kingmaker.statistics.arrays import Booleans, Floats

SELECTION_ROWS = 6_000
COLUMNS = 24
"""Two models' own errors correlate by chance with a standard deviation of 1 / sqrt(24) = .2."""


class World:
    """Loans in the order of their application. The test window of a day are the newest, the selection window those before.

    A score is the true log-odds of a loan plus an error that all models share plus one that is the model's own: a fixed
    function of the loan's columns. All models of one noise are exactly as good, in truth, as one another.
    """

    def __init__(self, setting: Setting, dice: np.random.Generator) -> None:
        self.setting, self._dice = setting, dice
        rows = self.test_window(DAYS - 1).stop
        through_the_year = np.linspace(0.0, 1.0, rows)
        self.risk = RISK_SPREAD * dice.standard_normal(rows)
        self.shared_error = sqrt(setting.correlation) * dice.standard_normal(rows)
        self.columns = sqrt(1.0 - setting.correlation) * dice.standard_normal((rows, COLUMNS))
        odds = level_for(setting.bad_rate) + setting.level * through_the_year
        weight = 1.0 + setting.slope * through_the_year
        self.is_bad: Booleans = dice.random(rows) < expit(odds + weight * self.risk)

    def test_window(self, day: int) -> slice:
        start = SELECTION_ROWS + round(day * self.setting.rows / self.setting.window_days)
        return slice(start, start + self.setting.rows)

    def selection_window(self, day: int) -> slice:
        start = self.test_window(day).start
        return slice(start - SELECTION_ROWS, start)

    def train(self, day: int, noise: float = NOISE) -> "Model":
        """A night's training: of all candidates, each as good as the others, the one with the least false kill in selection."""
        directions = self._dice.standard_normal((self.setting.candidates, COLUMNS))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        if len(directions) == 1:
            return Model(self, directions, noise)
        window = self.selection_window(day)
        best = int(np.argmin(false_kill(self.is_bad[window], self.scores(window, directions, noise))))
        return Model(self, directions[[best]], noise)

    def scores(self, window: slice, directions: Floats, noise: float) -> Floats:
        """Scores, higher is riskier, of the models with these directions [models, columns]: [models, rows of the window]."""
        found: Floats = directions @ self.columns[window].T
        found += self.shared_error[window]
        found *= noise
        found += self.risk[window]
        return found


class Model:
    """A fixed model. One that is asked about a second window goes on to be asked: it then answers all loans to come at once."""

    def __init__(self, world: World, direction: Floats, noise: float) -> None:
        self._world, self._direction, self._noise = world, direction, noise
        self._known, self._scores = slice(0, 0), np.empty(0)

    def on(self, window: slice) -> Floats:
        """Scores, higher is riskier [rows of the window]."""
        if not (self._known.start <= window.start and window.stop <= self._known.stop):
            last = window.stop if self._known.stop == 0 else self._world.risk.size
            self._known = slice(window.start, last)
            self._scores = self._world.scores(self._known, self._direction, self._noise)[0]
        return self._scores[window.start - self._known.start : window.stop - self._known.start]
