"""Marks find a customer however the value is typed, under a pseudonym too, and nobody finds the customer from a mark."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.erasure import Marks
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.canonical import canonical
from kingmaker.privacy.erased import Finder, Marker
from kingmaker.privacy.masking import Mask

KEY = b"k" * 32


def key() -> bytes:
    return KEY


NAMES = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=30).filter(lambda text: text.strip())


@settings(deadline=None, max_examples=60)
@given(NAMES, NAMES)
def test_a_customer_is_found_as_they_are_and_by_their_pseudonym_and_others_are_not(one: str, other: str) -> None:
    marker = Marker(key)
    finder = Finder(marker, marker.marks_of(one))
    assert finder.is_customer(one)
    assert finder.is_customer(Mask(Pii(pseudonymise=["customer"]), key).pseudonym(one))
    assert finder.is_customer(other) == (canonical(other) == canonical(one))
    assert not finder.is_application(one)


def test_a_number_is_one_customer_in_whatever_type_it_comes() -> None:
    marker = Marker(key)
    assert {marker.customer(value) for value in (12, 12.0, "12", " 12 ", "12.0")} == {marker.customer("12")}
    assert marker.customer("007") != marker.customer("7")


def test_a_logged_id_is_found_by_the_pseudonym_that_the_snapshot_kept() -> None:
    marker = Marker(key)
    marks = Marks(customers=(), applications=(marker.application(marker.pseudonym("L1")),))
    finder = Finder(marker, marks)
    assert finder.is_named("L1")
    assert not finder.is_named("L2")
    assert not any(finder.is_named(one) for one in (None, "", " "))


def test_another_key_makes_other_marks_and_no_mark_tells_the_name() -> None:
    one, other = Marker(key).marks_of("C1", ["L1"]), Marker(lambda: b"j" * 32).marks_of("C1", ["L1"])
    assert not {*one.customers, *one.applications} & {*other.customers, *other.applications}
    assert all(len(mark) == 64 for mark in (*one.customers, *one.applications))
