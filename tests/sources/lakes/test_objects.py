"""Object storage: only what is needed comes down, masked before it touches a disk, and what came down stays."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import obstore
import polars as pl
import pytest
from tests.contracts.object_storage import ObjectStorage
from tests.sources.lakes.books import as_bytes, half_a_year, in_bucket, month_of, store_of
from tests.sources.lakes.conftest import Read, reading_of

from kingmaker.adapters.sources.files import FileSource
from kingmaker.adapters.sources.lakes.listing import lake_of
from kingmaker.adapters.sources.lakes.objects import settings_of
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.masking import Mask

PHONE = Pii(pseudonymise=("phone",))


def hidden() -> Mask:
    return Mask(PHONE, lambda: b"k" * 32)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_bucket_is_read_by_partitions_and_what_cannot_be_needed_is_not(
    bucket: ObjectStorage, read: Read, suffix: str
) -> None:
    in_bucket(bucket, half_a_year(suffix, top=f"pruned{suffix}"))
    rows, extracted = read(f"{bucket.bucket}/pruned{suffix}/", partitioned_by=["month"])
    assert rows["loan"].to_list() == [100 * month + row for month in range(1, 7) for row in range(3)]
    assert rows["month"][0] == "2010-01"
    assert rows.schema["applied"] == pl.Date
    assert extracted.rows == 18


def test_a_pattern_and_a_single_object_are_read_from_a_bucket(bucket: ObjectStorage, read: Read) -> None:
    in_bucket(bucket, half_a_year(top="chosen"))
    assert read(f"{bucket.bucket}/chosen/*/part-0.parquet", partitioned_by=["month"])[0].height == 18
    single, _ = read(f"{bucket.bucket}/chosen/month=2010-02/part-0.parquet")
    assert single.columns == ["loan", "applied", "phone"]


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_nothing_masked_reaches_a_disk(bucket: ObjectStorage, read: Read, tmp_path: Path, suffix: str) -> None:
    in_bucket(bucket, {f"masked{suffix}/month=2010-01/a{suffix}": as_bytes(month_of(1, 50), suffix)})
    rows, _ = read(f"{bucket.bucket}/masked{suffix}", mask=hidden())
    assert rows["phone"][0] == hidden().pseudonym("01380100000")
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    texts = [rows.write_csv() for rows in map(pl.read_parquet, tmp_path.rglob("*.parquet"))]
    assert not any(b"01380100" in data for data in written)
    assert not any("01380100" in text for text in texts)


def test_a_dropped_column_is_gone(bucket: ObjectStorage, read: Read) -> None:
    in_bucket(bucket, {"dropped/a.parquet": as_bytes(month_of(1)), "dropped.csv": as_bytes(month_of(1), ".csv")})
    for file in ("dropped", "dropped.csv"):
        rows, _ = read(f"{bucket.bucket}/{file}", mask=Mask(Pii(drop=("phone",))))
        assert rows.columns == ["loan", "applied"]


def test_what_came_down_is_not_asked_for_again_unless_it_was_written_anew(
    bucket: ObjectStorage, read: Read, told: list[str]
) -> None:
    files = {f"kept/part-{number}.csv": as_bytes(month_of(number + 1), ".csv") for number in range(3)}
    in_bucket(bucket, files)
    read(f"{bucket.bucket}/kept")
    in_bucket(bucket, {"kept/part-1.csv": as_bytes(month_of(9), ".csv")})
    told.clear()
    rows, _ = read(f"{bucket.bucket}/kept", as_of=month_of(12)["applied"][0])
    assert "2 of 3 files were read before the run broke off" in told
    assert rows["loan"].to_list() == [100, 101, 102, 900, 901, 902, 300, 301, 302]


def test_the_fingerprint_reads_no_byte_and_changes_with_an_object(bucket: ObjectStorage, tmp_path: Path) -> None:
    in_bucket(bucket, half_a_year(top="marked"))
    asked = reading_of(tmp_path, f"{bucket.bucket}/marked")
    first = FileSource().fingerprint(asked)
    assert FileSource().fingerprint(asked) == first
    in_bucket(bucket, {"marked/month=2010-08/part-0.parquet": b"rubbish of another day"})
    assert FileSource().fingerprint(asked) != first


def test_a_bucket_that_is_not_there_is_told(bucket: ObjectStorage, read: Read) -> None:
    for file in ("s3://nobodys/loans/", "s3://nobodys/loans.parquet"):
        with pytest.raises(SourceError, match=r"^s3://nobodys\S*: the bucket does not exist"):
            read(file)


def test_a_storage_that_lets_nobody_in_is_told(
    bucket: ObjectStorage, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Doorkeeper) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for file in ("s3://closed/loans/", "s3://closed/loans.parquet"):
            with pytest.raises(SourceError, match=r"^s3://closed/loans\S*: the object storage refuses access"):
                read(file)
        server.shutdown()


class Doorkeeper(BaseHTTPRequestHandler):
    """Answers as S3 does whoever may not read."""

    def do_GET(self) -> None:
        body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_place_without_files_is_told(bucket: ObjectStorage, read: Read) -> None:
    with pytest.raises(SourceError, match=r"^s3://vaults/nothing: there is no file here"):
        read("s3://vaults/nothing/")


def test_an_object_that_vanished_midway_is_named(bucket: ObjectStorage, tmp_path: Path) -> None:
    in_bucket(bucket, {"gone/a.parquet": as_bytes(month_of(1))})
    lake = lake_of(reading_of(tmp_path, f"{bucket.bucket}/gone"))
    obstore.delete(store_of(bucket), "gone/a.parquet")
    with (
        pytest.raises(SourceError, match=r"^s3://vaults/gone/a\.parquet: the file vanished while the lake was read"),
        lake.storage.opened(lake.pieces[0].found) as file,
    ):
        file.read()


def test_an_object_that_was_written_again_midway_is_named(bucket: ObjectStorage, tmp_path: Path) -> None:
    in_bucket(bucket, {"anew/a.parquet": as_bytes(month_of(1))})
    lake = lake_of(reading_of(tmp_path, f"{bucket.bucket}/anew"))
    in_bucket(bucket, {"anew/a.parquet": as_bytes(month_of(2))})
    with (
        pytest.raises(SourceError, match=r"^s3://vaults/anew/a\.parquet: the file was written again"),
        lake.storage.opened(lake.pieces[0].found) as file,
    ):
        file.read()


def test_a_large_object_is_read_in_pieces(bucket: ObjectStorage, tmp_path: Path) -> None:
    data = bytes(range(256)) * (40 << 10)
    in_bucket(bucket, {"large/a.csv": data})
    lake = lake_of(reading_of(tmp_path, f"{bucket.bucket}/large"))
    with lake.storage.opened(lake.pieces[0].found) as file:
        file.seek(-1000, 2)
        assert file.read() == data[-1000:]
        file.seek(5_000_001)
        assert file.read(6_000_000) == data[5_000_001:]
        assert file.tell() == len(data)


def test_alibaba_s_storage_is_asked_under_the_bucket_s_own_name() -> None:
    environment = {"OSS_ENDPOINT": "oss-cn-shanghai.aliyuncs.com", "OSS_ACCESS_KEY_ID": "key"}
    settings = settings_of("oss", "loans", environment)
    assert settings["endpoint"] == "https://loans.oss-cn-shanghai.aliyuncs.com"
    assert settings["virtual_hosted_style_request"] is True
    assert settings["access_key_id"] == "key"


def test_oss_is_read_through_an_endpoint_that_is_an_address(
    bucket: ObjectStorage, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_bucket(bucket, {"ali/a.parquet": as_bytes(month_of(1))})
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with pytest.raises(SourceError, match=r"^oss://vaults: nothing says where this storage is. Set OSS_ENDPOINT"):
        read("oss://vaults/ali")
    monkeypatch.setenv("OSS_ENDPOINT", bucket.endpoint)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert read("oss://vaults/ali")[0].height == 3


def test_a_storage_that_nobody_knows_is_refused(read: Read) -> None:
    with pytest.raises(SourceError, match=r"^ftp://there/loans: no such storage is known. URLs begin with s3://"):
        read("ftp://there/loans")
