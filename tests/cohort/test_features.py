"""Which columns the model may use, and why the others may not."""

import polars as pl

from kingmaker.cohort.features import Copies, as_kinds, choose_columns, drop_copies
from kingmaker.domain.snapshot import ColumnKind, Feature, Severity

NUMBER, CATEGORY = ColumnKind.NUMBER, ColumnKind.CATEGORY


def kinds(columns) -> dict[str, ColumnKind]:
    return {feature.name: feature.kind for feature in columns.features}


def reasons(columns) -> dict[str, str]:
    return {left.column: left.reason for left in columns.left_out}


def test_numbers_and_texts_are_features_and_roles_are_not(declare, book) -> None:
    columns = choose_columns(book(), declare(amount="amount"))
    assert kinds(columns) == {"income": NUMBER, "state": CATEGORY, "amount": NUMBER}
    assert reasons(columns) == {
        "loan": "it names the application",
        "applied": "it is the application date, by which the windows are cut",
        "gone": "it is the date on which the outcome became known: the answer itself",
    }


def test_the_label_is_the_answer_itself(declare) -> None:
    raw = pl.DataFrame({"loan": ["a", "b"], "applied": [None, None], "bad": [0, 1], "x": [1, 2]})
    assert (
        reasons(choose_columns(raw, declare(outcome={"label": "bad"})))["bad"] == "it is the label: the answer itself"
    )


def test_forbidden_and_protected_columns_are_left_out_with_their_reason(declare, book) -> None:
    columns = choose_columns(book(), declare(features={"forbid": ["income"], "protected": ["state"]}))
    assert reasons(columns)["income"] == "it is in `features.forbid`"
    assert reasons(columns)["state"] == "a protected attribute: used for fairness reporting only"


def test_a_list_of_features_leaves_the_rest_out(declare, book) -> None:
    columns = choose_columns(book(), declare(features={"include": ["income"]}))
    assert list(kinds(columns)) == ["income"]
    assert reasons(columns)["state"] == "it is not in `features.include`"


def test_monotone_directions_travel_with_the_feature(declare, book) -> None:
    columns = choose_columns(book(), declare(features={"monotone": {"income": "down", "amount": "up"}}))
    assert {feature.name: feature.monotone for feature in columns.features} == {"income": -1, "state": 0, "amount": 1}


def test_a_constant_column_is_left_out_and_noted(declare, book) -> None:
    columns = choose_columns(book().with_columns(pl.lit(3).alias("three"), pl.lit(None).alias("empty")), declare())
    assert reasons(columns)["three"] == "it holds one value only"
    assert "`three` holds one value only" in [finding.sentence for finding in columns.findings]
    assert "empty" in reasons(columns)


def test_a_date_is_no_feature_even_as_text(declare, book) -> None:
    columns = choose_columns(book().with_columns(pl.col("applied").dt.strftime("%Y-%m-%d").alias("opened")), declare())
    assert reasons(columns)["opened"].startswith("a date")


def test_free_text_is_left_out_with_a_warning(declare, book) -> None:
    raw = book().with_columns(("note " + pl.col("loan")).alias("note"))
    columns = choose_columns(raw, declare())
    assert reasons(columns)["note"] == "too many different values for a category (2,000): a name or free text"
    (finding,) = columns.findings
    assert finding.severity is Severity.WARNING
    assert finding.sentence == "`note` has 2,000 different values, more than `cleaning.max_levels` (1,000)"


def test_a_category_asked_for_by_name_with_too_many_levels_is_refused(declare, book) -> None:
    raw = book().with_columns(pl.int_range(pl.len()).alias("zip"))
    (finding,) = choose_columns(raw, declare(features={"kinds": {"zip": "category"}})).findings
    assert finding.severity is Severity.REFUSAL
    assert finding.remedy == "Group its values in a task, or add it to `features.forbid`."


def test_numbers_stored_as_text_are_warned_of(declare, book) -> None:
    raw = book().with_columns((pl.int_range(pl.len()) % 9).cast(pl.String).alias("children"))
    (finding,) = choose_columns(raw, declare()).findings
    assert finding.sentence == "`children` holds numbers stored as text and is used as a category"
    assert kinds(choose_columns(raw, declare(features={"kinds": {"children": "number"}})))["children"] is NUMBER


def test_numbers_mixed_with_text_are_warned_of_with_an_example(declare, book) -> None:
    mixed = (
        pl.when(pl.int_range(pl.len()) % 4 == 0)
        .then(pl.lit("many"))
        .otherwise((pl.int_range(pl.len()) % 9).cast(pl.String))
    )
    (finding,) = choose_columns(book().with_columns(mixed.alias("children")), declare()).findings
    assert finding.sentence == "`children` mixes numbers (75%) with text such as 'many' and is used as a category"


def test_text_declared_a_number_is_refused_with_what_is_none(declare, book) -> None:
    (finding,) = choose_columns(book(), declare(features={"kinds": {"state": "number"}})).findings
    assert finding.severity is Severity.REFUSAL
    assert finding.sentence.startswith("`state` is declared a number, but 2,000 of its values are none: ")


def test_a_whole_number_as_category_is_written_alike_whatever_its_type() -> None:
    feature = (Feature(name="code", kind=CATEGORY),)
    expected = ["1", "22", None]
    for column in (
        pl.Series("code", [1, 22, None]),
        pl.Series("code", [1.0, 22.0, None]),
        pl.Series("code", ["1", "22", ""]),
    ):
        assert as_kinds(column.to_frame(), feature)["code"].to_list() == expected


def test_numbers_are_doubles_and_not_a_number_is_missing() -> None:
    raw = pl.DataFrame({"a": [1.0, float("nan")], "b": [True, False], "c": [" 1.5", ""]})
    values = as_kinds(raw, tuple(Feature(name=name, kind=NUMBER) for name in raw.columns))
    assert values.to_dict(as_series=False) == {"a": [1.0, None], "b": [1.0, 0.0], "c": [1.5, None]}


def test_of_columns_with_the_same_values_the_first_stays(declare, book) -> None:
    raw = book().with_columns(pl.col("income").alias("salary"))
    columns = choose_columns(raw, declare())
    values = as_kinds(raw, columns.features)
    copies = Copies(lambda name: values[name])
    for column in values.iter_columns():
        copies.note(column)
    kept = drop_copies(copies.of, columns)
    assert "salary" not in kinds(kept)
    assert reasons(kept)["salary"] == "the same values as `income`"


def test_texts_kept_by_number_are_categories_and_moments_are_dates(declare, book) -> None:
    raw = book().with_columns(
        state=pl.col("state").cast(pl.Categorical),
        decided=pl.col("applied").cast(pl.Datetime("us", "UTC")),
    )
    columns = choose_columns(raw, declare())
    assert kinds(columns)["state"] is CATEGORY
    assert reasons(columns)["decided"].startswith("a date")
    values = as_kinds(raw, columns.features)
    assert values["state"].to_list() == book()["state"].to_list()
