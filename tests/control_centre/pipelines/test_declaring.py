"""Declaring a pipeline: what is kept, what is refused, and that nothing leaves the data folder."""

from datetime import date
from pathlib import Path

import pytest
from tests.control_centre.doorkeeper import somebody
from tests.control_centre.houses import declaring

from kingmaker.control.declaring import MOST_CHARACTERS, request_for_declared
from kingmaker.control.office.office import Office
from kingmaker.domain.access import Role
from kingmaker.domain.errors import Conflict, DeclarationError, Forbidden, NotFound
from kingmaker.ports.house import House

REMEDY = "Put the file into the data folder and name it from there, or start the control centre with another --data."


def test_the_newest_text_is_what_the_next_run_is_of(office: Office, house: House) -> None:
    office.declare(declaring())
    second = office.declare(declaring(file="2026/*.parquet"))
    assert (second.pipeline, second.number, second.by) == ("loans", 2, "ann")
    assert office.declared("loans") == second
    request = request_for_declared(house, "loans", as_of=date(2026, 3, 1), by="bob")
    assert (request.pipeline, request.declaration, request.requested_by) == ("loans", second.text, "bob")
    assert request.declaration_digest == second.digest
    assert Path(request.declared_in).parent == house.data


def test_paths_count_from_the_data_folder_also_where_a_file_lies_under_the_declarations_name(
    office: Office, house: House, tmp_path: Path
) -> None:
    (tmp_path / "loans.yaml").write_text("")
    (house.data / "loans.yaml").symlink_to(tmp_path / "loans.yaml")
    office.declare(declaring())
    request = request_for_declared(house, "loans", as_of=date(2026, 3, 1), by="ann")
    assert Path(request.declared_in).parent == house.data


def test_every_mistake_is_told_with_its_line_and_column(office: Office) -> None:
    text = declaring().replace("id: loan", "idd: loan") + "training: {trials: many}\n"
    with pytest.raises(DeclarationError) as refused:
        office.declare(text)
    lines = str(refused.value).splitlines()
    assert lines[0].startswith("declaration:")
    assert any(line.startswith("declaration:4:1: `idd` is not a known key") for line in lines)
    assert any(line.startswith("declaration:8:20: `training.trials` is 'many'") for line in lines)
    assert office.pipelines() == []


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("/etc/passwd.csv", "is an absolute path"),
        ("//etc/passwd.csv", "is an absolute path"),
        ("../loans.csv", "leaves the data folder by `..`"),
        ("2026/../../loans.csv", "leaves the data folder by `..`"),
        ("*/../../*.csv", "leaves the data folder by `..`"),
        ("link.csv", "leaves the data folder by the symbolic link link.csv"),
        ("away/loans.csv", "leaves the data folder by the symbolic link away/loans.csv"),
        ("link*.csv", "leaves the data folder by the symbolic link link.csv"),
        ("*/*.csv", "leaves the data folder by the symbolic link away/loans.csv"),
        ("gone.csv", "leaves the data folder by the symbolic link gone.csv"),
    ],
)
def test_no_source_leaves_the_data_folder(office: Office, house: House, tmp_path: Path, file: str, why: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "loans.csv").write_text("loan\n")
    (house.data / "link.csv").symlink_to(outside / "loans.csv")
    (house.data / "gone.csv").symlink_to(outside / "nothing.csv")
    (house.data / "away").symlink_to(outside)
    with pytest.raises(DeclarationError) as refused:
        office.declare(declaring(file=f"'{file}'"))
    assert str(refused.value) == f"declaration: `source.file` is {file!r}, which {why}. {REMEDY}"


@pytest.mark.parametrize(
    "file", ["loans.csv", "./loans.csv", "2026/loans.csv", "*/loans.csv", "inside.csv", "later.csv"]
)
def test_what_lies_in_the_data_folder_may_be_named_and_may_come_later(office: Office, house: House, file: str) -> None:
    (house.data / "2026").mkdir()
    (house.data / "2026" / "loans.csv").write_text("loan\n")
    (house.data / "inside.csv").symlink_to(house.data / "2026" / "loans.csv")
    assert office.declare(declaring(file=f"'{file}'")).number == 1


def test_a_link_that_was_put_there_after_the_declaration_is_seen_when_a_run_is_asked_for(
    office: Office, house: House, tmp_path: Path
) -> None:
    office.declare(declaring())
    (tmp_path / "secret.csv").write_text("loan\n")
    (house.data / "loans.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(DeclarationError, match="symbolic link"):
        request_for_declared(house, "loans", as_of=date(2026, 3, 1), by="ann")


@pytest.mark.parametrize("learner", ["os:system", "/tmp/evil.py:Learner", "a.b:C"])
def test_nobody_names_code_by_its_place(office: Office, learner: str) -> None:
    with pytest.raises(DeclarationError, match="only a pipeline that is run from a file may do"):
        office.declare(declaring(learners=f"'{learner}'"))


def test_a_learner_that_is_not_installed_is_refused(office: Office) -> None:
    with pytest.raises(DeclarationError, match="no learner is called `xgbost`"):
        office.declare(declaring(learners="xgbost"))


def test_a_text_without_end_is_refused_before_it_is_read(office: Office) -> None:
    with pytest.raises(DeclarationError, match="more than 200,000 characters"):
        office.declare(declaring() + "#" * MOST_CHARACTERS)


@pytest.mark.parametrize(
    "text", ["", "pipeline", "[1, 2]", "\0", "a: &a [*a, *a]", "pipeline: !!python/object:os.system x"]
)
def test_what_is_no_declaration_is_a_sentence(office: Office, text: str) -> None:
    with pytest.raises(DeclarationError):
        office.declare(text)


def test_whoever_read_another_declaration_is_told_so(office: Office) -> None:
    office.declare(declaring(), expected=0)
    with pytest.raises(Conflict, match="is number 1, by ann, not number 0"):
        office.declare(declaring(file="other.csv"), expected=0)


def test_a_declaration_under_another_name_is_refused(office: Office) -> None:
    with pytest.raises(DeclarationError, match="declares 'loans', but it was handed in as 'cards'"):
        office.declare(declaring(), pipeline="cards")


def test_a_pipeline_outside_ones_own_is_not_there(house: House, office: Office) -> None:
    office.declare(declaring())
    stranger = Office(house, somebody(Role.OPERATOR, pipelines=frozenset({"cards"})))
    for verb in (
        lambda: stranger.declare(declaring(file="other.csv")),
        lambda: stranger.declared("loans"),
        lambda: stranger.declarations("loans"),
        lambda: stranger.pipeline("loans"),
        lambda: stranger.set_schedule("loans", "0 2 * * *"),
        lambda: stranger.schedule("loans"),
        lambda: stranger.next_times("loans"),
        lambda: stranger.pause_schedule("loans"),
        lambda: stranger.resume_schedule("loans"),
        lambda: stranger.drop_schedule("loans"),
    ):
        with pytest.raises(NotFound, match="there is no pipeline 'loans'"):
            verb()
    assert stranger.pipelines() == stranger.schedules() == []
    assert stranger.declare(declaring("cards")).number == 1


def test_who_may_only_look_declares_and_schedules_nothing(house: House, office: Office) -> None:
    office.declare(declaring())
    for role in (Role.VIEWER, Role.APPROVER):
        looker = Office(house, somebody(role))
        assert looker.declared("loans").number == 1
        for verb in (
            lambda looker=looker: looker.declare(declaring(file="other.csv")),
            lambda looker=looker: looker.set_schedule("loans", "0 2 * * *"),
            lambda looker=looker: looker.pause_schedule("loans"),
            lambda looker=looker: looker.drop_schedule("loans"),
        ):
            with pytest.raises(Forbidden, match="may not ask"):
                verb()


def test_an_endpoint_sees_no_list_of_pipelines(house: House, office: Office) -> None:
    office.declare(declaring())
    endpoint = Office(house, somebody(Role.ENDPOINT))
    assert endpoint.pipelines() == endpoint.schedules() == []
    with pytest.raises(Forbidden, match="may not see"):
        endpoint.pipeline("loans")


def test_a_pipeline_nobody_heard_of_has_nothing(office: Office) -> None:
    for verb in (office.pipeline, office.declared, office.declarations, office.schedule, office.next_times):
        with pytest.raises(NotFound, match="there is no pipeline 'loans'"):
            verb("loans")


def test_a_declaration_that_was_never_made_is_told_with_the_numbers_there_are(office: Office) -> None:
    office.declare(declaring())
    with pytest.raises(NotFound, match=r"no declaration 7 of pipeline loans\. They are numbered from 1 to 1"):
        office.declared("loans", number=7)
