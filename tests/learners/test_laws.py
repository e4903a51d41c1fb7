"""Every installed learner obeys every law; a plug-in package's learners are found and tested like our own."""

import pytest

from kingmaker.learners.registry import learner, learner_names

from . import laws

every_learner = pytest.mark.parametrize("name", learner_names())


@every_learner
@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__.removeprefix("law_"))
def test_law(name, law):
    law(learner(name))
