"""Where customers and loans are kept under pseudonyms, they are erased by their names."""

from pathlib import Path

import polars as pl
import pytest
from tests.erasure.lender import CUSTOMER, holding, marked_book, opened, plant_segments, says, their_loans
from tests.journeys.book import BEFORE_THE_SHIFT, write_book, write_pipeline

from kingmaker.control.office.housekeeping import HouseOffice
from kingmaker.domain.access import owner
from kingmaker.domain.erasure import Kept
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask

NAMELESS = "L000060"
"""A loan of theirs whose row names no customer, so that they have to name it."""


@pytest.mark.slow
def test_rows_under_pseudonyms_go_and_so_do_answers_to_the_names_behind_them(tmp_path: Path) -> None:
    nameless = pl.when(pl.col("loan") == NAMELESS).then(None).otherwise("customer").alias("customer")
    write_book(tmp_path, marked_book().with_columns(nameless))
    file = write_pipeline(tmp_path, learners="scorecard", trials=1, min_bads=40)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("id: loan\n", "pii:\n  pseudonymise: [loan, customer]\nid: loan\n"), encoding="utf-8")
    assert says(tmp_path, "run", str(file), "--as-of", BEFORE_THE_SHIFT) == 0
    house = opened(tmp_path)
    plant_segments(house)
    pseudonym = Mask(Pii(pseudonymise=["customer"]), house.pseudonym_key).pseudonym(CUSTOMER)
    of_the_nameless = Mask(Pii(pseudonymise=["loan"]), house.pseudonym_key).pseudonym(NAMELESS)
    assert holding(house.home, pseudonym)
    assert holding(house.home, of_the_nameless)
    office = HouseOffice(house, owner("ada"))
    (one,) = office.erase(CUSTOMER, why="asked", applications=[*their_loans(), NAMELESS])
    assert holding(house.home, pseudonym) == holding(house.home, of_the_nameless) == holding(house.home) == []
    assert {kind.kind for kind in one.erased} >= {Kept.PART, Kept.MATRIX, Kept.SEGMENT}
    assert office.check_erasures().is_clean
    office.verify_audit()
    house.close()
