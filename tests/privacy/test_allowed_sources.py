"""What whoever runs a control centre allows pipelines to read from, and nothing that only looks like it."""

import pytest
from tests.control_centre.houses import declaring

from kingmaker.control.allowed_sources import is_allowed
from kingmaker.control.declaring import refuse_source
from kingmaker.domain.errors import DeclarationError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

ALLOWED = ("https://a.cn", "s3://b/loans", "oss://c/x/", "env:LOANS", "file:/run/secrets/loans")


@pytest.mark.parametrize(
    "asked",
    [
        "https://a.cn",
        "https://a.cn/api/x",
        "s3://b/loans",
        "s3://b/loans/",
        "s3://b/loans/2026/*.parquet",
        "oss://c/x/y",
        "env:LOANS",
        "file:/run/secrets/loans",
    ],
)
def test_what_is_listed_or_lies_below_may_be_read(asked: str) -> None:
    assert is_allowed(asked, ALLOWED)


@pytest.mark.parametrize(
    "asked",
    [
        "https://a.cn.evil.com",
        "https://a.cn.evil.com/x",
        "https://a.cn@evil.com/x",
        "https://someone:word@a.cn/x",
        "https://a.cn:8443/x",
        "http://a.cn/x",
        "HTTPS://evil.com/https://a.cn",
        "https://a.cn\\@evil.com",
        "https://a.cn\t.evil.com",
        "https:/a.cn",
        "s3://b/loans-secret",
        "s3://b/loans-secret/x",
        "s3://b/loan",
        "s3://b/loans*/x",
        "s3://b/*/x",
        "s3://b//loans/x",
        "s3://b/loans/../secret",
        "s3://b/loans/./../secret",
        "s3://b/loans/%2e%2e/secret",
        "s3://b/loans/%252e%252e/secret",
        "s3://b/loans/..%2fsecret",
        "s3://b/loans/x?s3_endpoint=evil.com",
        "s3://b/loans/x#y",
        "s3://bb/loans",
        "oss://b/loans",
        "oss://c/xy",
        "env:LOANS_OF_OTHERS",
        "file:/run/secrets/loans/../other",
        "file:/run/secrets/loans2",
    ],
)
def test_what_only_looks_like_it_may_not(asked: str) -> None:
    assert not is_allowed(asked, ALLOWED)


def test_a_prefix_with_a_user_or_a_detour_allows_nothing_but_itself() -> None:
    assert not is_allowed("https://me@a.cn/x", ["https://me@a.cn"])
    assert not is_allowed("s3://b/x/../y/z", ["s3://b/x/../y"])


@pytest.fixture
def house(tmp_path):
    (tmp_path / "data").mkdir()
    house = open_house(Settings(home=tmp_path / "home", data=tmp_path / "data", sources=ALLOWED))
    yield house
    house.close()


@pytest.mark.parametrize(
    "source",
    [
        {"file": "loans.csv", "joins": [{"table": "../bureau.parquet", "on": ["id"], "available_at": "day"}]},
        {"file": "loans.csv", "joins": [{"table": "/etc/bureau.csv", "on": ["id"], "available_at": "day"}]},
        {"file": "s3://b/loans/x.csv", "joins": [{"table": "../s/y.csv", "on": ["id"], "available_at": "day"}]},
        {"file": "s3://b/loans/x.csv", "joins": [{"table": "s3://z/y.csv", "on": ["id"], "available_at": "day"}]},
        {"file": "s3://elsewhere/loans.csv"},
        {"database": "env:PATH", "table": "loans"},
        {"maxcompute": {"project": "p", "endpoint": "https://a.cn.evil.com/api"}, "table": "loans"},
        {"maxcompute": {"project": "p", "endpoint": "https://a.cn/api", "access_id": "env:PATH"}, "table": "loans"},
    ],
)
def test_every_place_that_a_source_names_must_be_allowed(house: House, source: dict[str, object]) -> None:
    with pytest.raises(DeclarationError):
        refuse_source(house, SourceDeclaration.model_validate(source))


def test_a_folder_of_the_data_folder_may_be_read_unless_a_link_in_it_leads_out(house: House, tmp_path) -> None:
    (house.data / "parts" / "month=1").mkdir(parents=True)
    (house.data / "parts" / "month=1" / "a.parquet").touch()
    refuse_source(house, SourceDeclaration(file="parts"))
    (house.data / "parts" / "month=2").symlink_to(tmp_path)
    with pytest.raises(DeclarationError, match="symbolic link"):
        refuse_source(house, SourceDeclaration(file="parts"))


def test_a_declared_file_beside_which_something_is_joined_is_allowed(house: House) -> None:
    source = parse_pipeline(declaring(), "loans.yaml").source
    joined = {"joins": [{"table": "bureau.parquet", "on": ["id"], "available_at": "day"}]}
    refuse_source(house, SourceDeclaration.model_validate(source.model_dump(exclude_none=True) | joined))
