"""Learners are found by name; naming one never imports the others."""

import subprocess
import sys

import pytest

from kingmaker.domain.errors import DeclarationError
from kingmaker.learners.registry import learner, learner_names


def test_the_four_learners_of_the_house_are_known_by_name():
    assert {"ebm", "lightgbm", "scorecard", "xgboost"} <= set(learner_names())
    assert all(learner(name).name == name for name in learner_names())


def test_an_unknown_name_is_answered_with_the_nearest_known_one():
    with pytest.raises(DeclarationError, match="Did you mean `lightgbm`"):
        learner("lightgmb")


def test_learners_say_how_simple_they_are():
    assert [learner(name).complexity for name in ("scorecard", "ebm", "xgboost")] == [0, 1, 2]


def test_naming_a_learner_imports_only_its_own_library():
    script = (
        "import sys\n"
        "from kingmaker.learners.registry import learner, learner_names\n"
        "learner_names(); learner('lightgbm')\n"
        "sys.exit(any(name in sys.modules for name in ('interpret', 'xgboost')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
