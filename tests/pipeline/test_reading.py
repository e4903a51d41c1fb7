"""What a pipeline file may say, and how every mistake in it is told."""

from pathlib import Path

import pytest

from kingmaker.domain.errors import DeclarationError
from kingmaker.domain.snapshot import ColumnKind
from kingmaker.pipeline.declaration import LeakTreatment
from kingmaker.pipeline.reading import parse_pipeline, read_pipeline

SMALLEST = """\
pipeline: book
source:
  file: loans.csv
id: loan
applied_at: day
outcome:
  label: bad
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(DeclarationError) as raised:
        parse_pipeline(text, "book.yaml")
    return str(raised.value).splitlines()


def test_the_smallest_file_gets_every_default() -> None:
    pipeline = parse_pipeline(SMALLEST, "book.yaml")
    assert pipeline.policy.approval_rate == 0.70
    assert str(pipeline.outcome.horizon) == "12 months"
    assert pipeline.features.leaks is LeakTreatment.REFUSE


def test_an_unknown_key_is_named_with_its_place_and_the_nearest_known_one() -> None:
    assert mistakes(SMALLEST + "polcy:\n  approval_rate: 0.5\n") == [
        "book.yaml:8:1: `polcy` is not a known key: the nearest known key is `policy`."
    ]


def test_an_unknown_key_deep_inside_is_compared_with_the_keys_of_its_own_part() -> None:
    (line,) = mistakes(SMALLEST + "policy:\n  gates:\n    max_psy: 0.1\n")
    assert line == "book.yaml:10:5: `max_psy` is not a known key in `policy.gates`: the nearest known key is `max_psi`."


def test_an_unknown_key_near_to_none_is_told_what_is_known() -> None:
    (line,) = mistakes(SMALLEST.replace("  label: bad", "  label: bad\n  zzzzz: 1"))
    assert "known here are `bad`, `good`, `horizon`" in line


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    lines = mistakes(
        SMALLEST.replace("pipeline: book", "pipeline: Book!")
        + "windows: {test: 0.9}\ntraining: {trials: many}\nfeatures: {monotone: {income: upwards}}\n"
    )
    assert [line.split(" ")[0] for line in lines] == [
        "book.yaml:1:11:",
        "book.yaml:8:17:",
        "book.yaml:9:20:",
        "book.yaml:10:31:",
    ]
    assert lines[3] == "book.yaml:10:31: `features.monotone.income` is 'upwards', but it should be 'up' or 'down'."


def test_a_missing_key_says_what_it_is_for() -> None:
    (line,) = mistakes(SMALLEST.replace("id: loan\n", ""))
    assert line.startswith("book.yaml:1:1: `id` is missing: Column that names the application")


def test_a_value_of_a_union_is_told_all_that_it_may_be_in_one_sentence() -> None:
    (line,) = mistakes(SMALLEST + "cleaning:\n  columns:\n    income: {missing: mean}\n")
    assert "`cleaning.columns.income.missing` is 'mean', but it should be 'auto', 'median' or 'keep' or" in line


def test_a_mapping_where_a_list_belongs_is_told_so() -> None:
    (line,) = mistakes(SMALLEST + "features:\n  forbid: term\n")
    assert line == "book.yaml:9:11: `features.forbid` is 'term', but it should be a list, such as [a, b]."


def test_a_key_given_twice_names_the_first_line() -> None:
    assert mistakes(SMALLEST + "id: other\n") == ["book.yaml:8:1: the key `id` stands here twice: first on line 4."]


def test_a_rule_between_keys_is_told_in_its_own_words() -> None:
    (line,) = mistakes(SMALLEST.replace("  label: bad", "  label: bad\n  observed_at: gone"))
    assert line == (
        "book.yaml:7:3: `outcome`: say either `observed_at` (a date, with `horizon`) or `label` "
        "(a ready 0/1 column), and not both."
    )


def test_an_outcome_date_without_an_application_date_is_refused() -> None:
    (line,) = mistakes(SMALLEST.replace("applied_at: day\n", "").replace("label: bad", "observed_at: gone"))
    assert "`outcome.observed_at` needs `applied_at`" in line


def test_a_number_as_a_name_asks_for_quotes() -> None:
    assert mistakes(SMALLEST.replace("id: loan", "id: 2019")) == [
        "book.yaml:4:5: `id` reads as a number, but it should be text: write it in quotes, '2019'."
    ]
    assert parse_pipeline(SMALLEST.replace("id: loan", "id: '2019'"), "book.yaml").id == "2019"


def test_a_truth_value_as_a_name_asks_for_quotes() -> None:
    (line,) = mistakes(SMALLEST.replace("id: loan", "id: true"))
    assert line.endswith("`id` reads as a yes-or-no value, but it should be text: write it in quotes, 'true'.")


def test_yes_and_no_are_words_and_not_truth_values() -> None:
    assert parse_pipeline(SMALLEST + "  bad: yes\n", "book.yaml").outcome.bad == "yes"
    assert parse_pipeline(SMALLEST + "  bad: no\n", "book.yaml").outcome.bad == "no"
    assert parse_pipeline(SMALLEST + "  bad: true\n", "book.yaml").outcome.bad is True


def test_a_date_without_quotes_is_read_as_written() -> None:
    assert parse_pipeline(SMALLEST + "windows:\n  since: 2005-01-31\n", "book.yaml").windows.since == "2005-01-31"


def test_a_day_that_does_not_exist_is_refused() -> None:
    (line,) = mistakes(SMALLEST + "windows:\n  since: 2005-02-31\n")
    assert line == "book.yaml:9:10: `windows.since`: '2005-02-31' is not a date: write it as YYYY-MM-DD."


def test_a_span_of_time_is_written_in_words() -> None:
    (line,) = mistakes(SMALLEST + "  horizon: two years\n")
    assert "'two years' is not a span of time: write for instance `24 months`" in line


def test_a_tab_is_not_yaml() -> None:
    (line,) = mistakes("pipeline: book\nsource:\n\tfile: loans.csv\n")
    assert line.startswith("book.yaml:3:1: this is not YAML")
    assert line.endswith("Indent with spaces, never with tabs.")


def test_a_bracket_never_closed_is_not_yaml() -> None:
    (line,) = mistakes("pipeline: [book\n")
    assert "this is not YAML" in line


def test_a_tag_is_refused_and_nothing_is_constructed() -> None:
    assert any(
        "has no meaning here" in line for line in mistakes(SMALLEST.replace("id: loan", "id: !!python/name:os.system"))
    )


def test_an_empty_file_declares_nothing() -> None:
    assert mistakes("# soon\n") == ["book.yaml: the file declares nothing. `kingmaker init FILE` writes a first draft."]


def test_a_list_is_no_pipeline() -> None:
    (line,) = mistakes("- book\n")
    assert "a pipeline file is a mapping of keys" in line


def test_infinity_is_no_limit() -> None:
    (line,) = mistakes(SMALLEST + "policy:\n  gates:\n    max_psi: .inf\n")
    assert "`policy.gates.max_psi` is inf, but it should be a finite number" in line


def test_kinds_are_read() -> None:
    pipeline = parse_pipeline(SMALLEST + "features:\n  kinds: {zip: category}\n", "book.yaml")
    assert pipeline.features.kinds == {"zip": ColumnKind.CATEGORY}


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"there is no such pipeline file. `kingmaker init FILE` writes one"):
        read_pipeline(tmp_path / "none.yaml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_bytes("pipeline: 贷款\n".encode("gbk"))
    with pytest.raises(DeclarationError, match=r"the file is not UTF-8 text. Save it as UTF-8"):
        read_pipeline(path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    path.write_text("\ufeff" + SMALLEST, encoding="utf-8")
    assert read_pipeline(path).pipeline == "book"


def test_a_name_in_capitals_is_told_what_a_name_is() -> None:
    (line,) = mistakes(SMALLEST.replace("pipeline: book", "pipeline: My Book"))
    assert line.startswith(
        "book.yaml:1:11: `pipeline` is 'My Book', but it should be a name of lower-case letters, digits"
    )


def test_an_alias_that_contains_itself_is_refused() -> None:
    (line,) = mistakes("pipeline: &a [*a]\n")
    assert line.endswith("the file repeats itself without end. Take out its anchors (&) and aliases (*).")


def test_aliases_that_multiply_are_refused() -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 9))
    (line,) = mistakes("l0: &l0 [x]\n" + levels)
    assert "the file repeats itself without end" in line
