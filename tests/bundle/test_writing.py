from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from kingmaker.bundle.contents import GoldenRow
from kingmaker.bundle.encoding import from_json, to_json
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.reading import open_bundle
from kingmaker.bundle.writing import BundleContents, BundleFile, write_bundle
from kingmaker.domain.errors import BundleRefused, StorageFailed


def test_the_same_contents_give_the_same_version_and_the_same_bytes(
    contents: BundleContents, key: SigningKey, tmp_path: Path
) -> None:
    first = write_bundle(contents, key, tmp_path / "first.bundle")
    second = write_bundle(contents, key, tmp_path / "second.bundle")
    assert first.version == second.version
    assert first.path.read_bytes() == second.path.read_bytes()


def test_the_order_of_maps_does_not_change_the_version(
    contents: BundleContents, key: SigningKey, tmp_path: Path
) -> None:
    backwards = dict(reversed(list(contents.lineage.hyperparameters.items())))
    reordered = replace(contents, lineage=replace(contents.lineage, hyperparameters=backwards))
    first = write_bundle(contents, key, tmp_path / "first.bundle")
    second = write_bundle(reordered, key, tmp_path / "second.bundle")
    assert first.version == second.version


def test_another_key_signs_the_same_version(contents: BundleContents, key: SigningKey, tmp_path: Path) -> None:
    other = SigningKey.create(tmp_path / "other.key")
    first = write_bundle(contents, key, tmp_path / "first.bundle")
    second = write_bundle(contents, other, tmp_path / "second.bundle")
    assert first.version == second.version
    assert first.key != second.key


def test_another_model_is_another_version(
    contents: BundleContents, key: SigningKey, other_model: bytes, tmp_path: Path
) -> None:
    first = write_bundle(contents, key, tmp_path / "first.bundle")
    second = write_bundle(replace(contents, model=other_model), key, tmp_path / "second.bundle")
    assert first.version != second.version


def test_what_was_written_reads_back(contents: BundleContents, bundle_file: BundleFile, key: SigningKey) -> None:
    bundle = open_bundle(bundle_file.path, trusted=[key.public])
    assert bundle.version == bundle_file.version
    assert (bundle.model, bundle.recipe, bundle.native) == (contents.model, contents.recipe, contents.native)
    assert (bundle.schema, bundle.cut_offs, bundle.lineage) == (contents.schema, contents.cut_offs, contents.lineage)
    assert bundle.manifest.parity == contents.parity
    assert bundle.pipeline == "instalment"


def test_every_file_in_a_bundle_is_stored_as_it_is_and_without_a_date(bundle_file: BundleFile) -> None:
    with ZipFile(bundle_file.path) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time[0] for entry in entries} == {1980}
    assert all(entry.compress_size == entry.file_size for entry in entries)


def test_a_missing_golden_number_is_null_in_the_file() -> None:
    row = GoldenRow(
        numbers=(float("nan"), 0.1), categories=("",), margin=0.0, pd=0.5, score=1, grade="A", approved=True
    )
    assert b"null" in to_json(row)
    assert from_json(to_json(row), GoldenRow, where="row").numbers == (None, 0.1)


def test_a_publisher_refuses_a_graph_that_no_reader_would_open(
    contents: BundleContents, key: SigningKey, tmp_path: Path
) -> None:
    with pytest.raises(BundleRefused, match="the model is not an ONNX graph"):
        write_bundle(replace(contents, model=b"\xff not a graph"), key, tmp_path / "bad.bundle")
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_cannot_be_written_leaves_nothing_behind(
    contents: BundleContents, key: SigningKey, tmp_path: Path
) -> None:
    with pytest.raises(StorageFailed, match="could not be written"):
        write_bundle(contents, key, tmp_path / "no such folder" / "model.bundle")
    assert list(tmp_path.iterdir()) == []


def test_writing_again_replaces_the_file_whole(contents: BundleContents, key: SigningKey, tmp_path: Path) -> None:
    path = tmp_path / "model.bundle"
    path.write_bytes(b"older")
    write_bundle(contents, key, path)
    assert open_bundle(path, trusted=[key.public]).pipeline == "instalment"
    assert [one.name for one in tmp_path.iterdir()] == ["model.bundle"]
