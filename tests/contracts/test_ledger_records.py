"""Records, seals and holders: the laws the ledgers stand on."""

import os
import socket
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.adapters.ledgers.holders import is_gone, spoken, this_process_as_holder
from kingmaker.adapters.ledgers.records import digest_of, from_text, storable, to_text
from kingmaker.domain.trial import Trial

from .ledger_examples import trial

numbers = st.floats(allow_nan=False)
values = st.one_of(st.integers(), numbers, st.text(), st.booleans())


@settings(deadline=None, max_examples=60)
@given(
    hyperparameters=st.dictionaries(st.text(), values, max_size=5),
    seconds=numbers,
    curve=st.lists(st.tuples(st.integers(0, 999), numbers), max_size=3),
)
def test_a_record_comes_back_from_its_text_bit_for_bit(hyperparameters, seconds, curve):
    spec = replace(trial().spec, hyperparameters=hyperparameters)
    record = replace(trial(), spec=spec, seconds=seconds, curve=tuple(curve))
    found = from_text(to_text(record), Trial)
    assert found == record
    assert to_text(found) == to_text(record)


def test_a_record_may_hold_numbers_of_numpy_and_nothing_else_unknown():
    assert to_text(replace(trial(), utility=np.float64(0.5))) == to_text(replace(trial(), utility=0.5))
    with pytest.raises(NotImplementedError, match="a object is no part of a record"):
        to_text({"what": object()})


def test_nan_stays_nan():
    assert np.isnan(from_text(to_text(replace(trial(), utility=float("nan"))), Trial).utility)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_a_digest_does_not_depend_on_the_order_of_the_names(said):
    assert digest_of(said) == digest_of(dict(reversed(said.items())))


@given(st.text(alphabet=st.characters(), max_size=30))
def test_storable_text_is_utf_8_and_keeps_all_that_is(text):
    assert storable(text).encode() == text.encode("utf-8", "replace").replace(b"\0", b"")


def test_a_living_process_is_not_gone_and_each_asking_names_another_holder():
    one, two = this_process_as_holder(), this_process_as_holder()
    assert one != two
    assert not is_gone(one)
    assert one.split(":")[1] == str(os.getpid())


def test_a_process_that_ended_is_gone():
    program = "from kingmaker.adapters.ledgers.holders import this_process_as_holder as me; print(me())"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert is_gone(ended.stdout.strip())


def test_a_pid_taken_by_a_later_process_does_not_keep_the_dead_alive():
    host, pid, started, word = this_process_as_holder().split(":")
    mark, ticks = started.split(".")
    assert is_gone(f"{host}:{pid}:{mark}.{int(ticks) - 1}:{word}")


def test_holders_elsewhere_cannot_be_judged_from_here():
    host, _, started, word = this_process_as_holder().split(":")
    assert not is_gone(f"another-host:1:{started}:{word}")
    assert not is_gone(f"{host}:1:0123abcd.1:{word}")
    assert not is_gone("ann")
    assert not is_gone("a:b:c:d")


def test_a_holder_is_spoken_of_as_a_person_looks_for_it():
    assert spoken(this_process_as_holder()) == f"process {os.getpid()} on {socket.gethostname()}"
    assert spoken("a robot") == "a robot"
