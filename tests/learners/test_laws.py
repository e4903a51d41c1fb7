"""Every installed learner obeys every law; a plug-in package's learners are found and tested like our own."""

import pytest

from kingmaker.learners.registry import learner, learner_names

from . import laws

SLOW = {laws.law_another_process_gives_the_same_bytes}
LAWS = [
    pytest.param(law, marks=[pytest.mark.slow] if law in SLOW else [], id=law.__name__.removeprefix("law_"))
    for law in laws.LAWS
]


@pytest.mark.parametrize("name", learner_names())
@pytest.mark.parametrize("law", LAWS)
def test_law(name, law):
    law(learner(name))
