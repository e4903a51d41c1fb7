"""Whatever is done to a bundle after signing, its reader says what is wrong and does not load it."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from kingmaker.bundle.archive import MAX_FILES, pack, unpack
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import open_bundle
from kingmaker.bundle.writing import BundleContents, BundleFile
from kingmaker.domain.errors import BundleRefused, NotFound

LISTED = ["model.onnx", "recipe.json", "thresholds.json", "schema.json", "golden.json", "lineage.json", "native.json"]
Seal = Callable[[BundleContents], Path]


def refusal_of(path: Path, key: SigningKey) -> str:
    with pytest.raises(BundleRefused) as refused:
        open_bundle(path, trusted=[key.public])
    assert refused.value.remedy
    return str(refused.value)


def rewritten(bundle_file: BundleFile, change: Callable[[dict[str, bytes]], None]) -> Path:
    files = unpack(bundle_file.path)
    change(files)
    bundle_file.path.write_bytes(pack(files))
    return bundle_file.path


@pytest.mark.parametrize("name", LISTED)
def test_a_changed_byte_in_any_file_is_found(name: str, bundle_file: BundleFile, key: SigningKey) -> None:
    def change(files: dict[str, bytes]) -> None:
        files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])

    assert f"`{name}` is not the file that was signed" in refusal_of(rewritten(bundle_file, change), key)


@pytest.mark.parametrize("name", LISTED)
def test_a_file_that_was_taken_out_is_missed(name: str, bundle_file: BundleFile, key: SigningKey) -> None:
    assert f"the bundle lacks `{name}`" in refusal_of(
        rewritten(bundle_file, lambda files: files.pop(name) and None), key
    )


def test_a_file_that_was_put_in_is_found(bundle_file: BundleFile, key: SigningKey) -> None:
    path = rewritten(bundle_file, lambda files: files.update({"extra.py": b"print()"}))
    assert "the bundle holds `extra.py`, which its manifest does not list" in refusal_of(path, key)


def test_a_changed_manifest_does_not_fit_its_signature(bundle_file: BundleFile, key: SigningKey) -> None:
    path = rewritten(bundle_file, lambda files: files.update({"manifest.json": files["manifest.json"] + b" "}))
    assert "the signature does not fit the manifest" in refusal_of(path, key)


@pytest.mark.parametrize("name", ["manifest.json", "signature.json"])
def test_an_unsigned_bundle_is_refused(name: str, bundle_file: BundleFile, key: SigningKey) -> None:
    path = rewritten(bundle_file, lambda files: files.pop(name) and None)
    assert f"the bundle has no `{name}`, so nothing says whose it is" in refusal_of(path, key)


def test_a_signature_of_another_kind_is_refused(bundle_file: BundleFile, key: SigningKey) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["signature.json"] = files["signature.json"].replace(b"ed25519", b"none")

    assert "signed with `none`" in refusal_of(rewritten(bundle_file, change), key)


def test_a_signature_that_is_no_json_is_refused(bundle_file: BundleFile, key: SigningKey) -> None:
    path = rewritten(bundle_file, lambda files: files.update({"signature.json": b"{"}))
    assert "signature.json: the file is not what a bundle of this format holds" in refusal_of(path, key)


def test_a_stranger_s_bundle_is_refused_with_both_keys_named(
    bundle_file: BundleFile, key: SigningKey, tmp_path: Path
) -> None:
    mine = SigningKey.create(tmp_path / "mine.key")
    sentence = refusal_of(bundle_file.path, mine)
    assert f"signed by key {key.public.id}, which is not trusted here (trusted: {mine.public.id})" in sentence


def test_without_trusted_keys_nothing_is_opened(bundle_file: BundleFile) -> None:
    with pytest.raises(BundleRefused, match=r"trusted: none"):
        open_bundle(bundle_file.path, trusted=[])


def test_while_keys_are_rotated_either_key_opens(bundle_file: BundleFile, key: SigningKey, tmp_path: Path) -> None:
    new = SigningKey.create(tmp_path / "new.key")
    assert open_bundle(bundle_file.path, trusted=[new.public, key.public]).key == key.public.id


def test_a_missing_bundle_is_not_found(tmp_path: Path, key: SigningKey) -> None:
    with pytest.raises(NotFound, match="there is no bundle"):
        open_bundle(tmp_path / "none.bundle", trusted=[key.public])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_archive_is_refused(share: float, bundle_file: BundleFile, key: SigningKey) -> None:
    data = bundle_file.path.read_bytes()
    bundle_file.path.write_bytes(data[: int(len(data) * share)])
    assert "the archive is damaged or cut short" in refusal_of(bundle_file.path, key)


def test_a_flipped_byte_inside_of_the_archive_is_refused(bundle_file: BundleFile, key: SigningKey) -> None:
    data = bytearray(bundle_file.path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    bundle_file.path.write_bytes(bytes(data))
    assert "the archive is damaged" in refusal_of(bundle_file.path, key)


def test_a_compressed_archive_is_not_expanded(bundle_file: BundleFile, key: SigningKey) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.onnx", bytes(50_000_000))
    bundle_file.path.write_bytes(bomb.getvalue())
    assert "`model.onnx` is compressed, and could expand without limit" in refusal_of(bundle_file.path, key)


@pytest.mark.parametrize(
    "name", ["../model.onnx", "/etc/passwd", "folder/model.onnx", "..", "a\\b", "modèle.onnx", ".hidden"]
)
def test_a_name_that_could_point_elsewhere_is_refused(name: str, bundle_file: BundleFile, key: SigningKey) -> None:
    bundle_file.path.write_bytes(pack({name: b"x"}))
    assert "a name that could point outside of a folder" in refusal_of(bundle_file.path, key)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(bundle_file: BundleFile, key: SigningKey) -> None:
    with zipfile.ZipFile(bundle_file.path, "a") as archive:
        archive.writestr("model.onnx", b"another")
    assert "two files of one name" in refusal_of(bundle_file.path, key)


def test_an_archive_of_many_files_is_refused(bundle_file: BundleFile, key: SigningKey) -> None:
    bundle_file.path.write_bytes(pack({f"file{number}": b"" for number in range(MAX_FILES + 1)}))
    assert f"holds {MAX_FILES + 1} files" in refusal_of(bundle_file.path, key)


def changed(contents: BundleContents, change: Callable[[onnx.ModelProto], None]) -> BundleContents:
    model = onnx.load_model_from_string(contents.model)
    change(model)
    return replace(contents, model=model.SerializeToString())


def test_an_operator_that_is_not_allowed_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    node = helper.make_node("RandomNormal", [], ["noise"], shape=[1])
    path = seal(changed(contents, lambda model: model.graph.node.append(node)))
    assert "the operator `ai.onnx.RandomNormal`, which is not an allowed one" in refusal_of(path, key)


def test_a_subgraph_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    body = helper.make_graph([], "body", [], [])
    node = helper.make_node("Identity", ["pd"], ["again"], body=body)
    path = seal(changed(contents, lambda model: model.graph.node.append(node)))
    assert "the operator `Identity` carries a subgraph" in refusal_of(path, key)


def test_a_custom_operator_domain_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    path = seal(changed(contents, lambda model: model.opset_import.append(helper.make_opsetid("com.example", 1))))
    assert "the custom operator domain `com.example`" in refusal_of(path, key)


def test_an_unknown_opset_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    def change(model: onnx.ModelProto) -> None:
        model.opset_import[0].version = 99

    assert "the graph uses opset 99" in refusal_of(seal(changed(contents, change)), key)


def test_a_newer_intermediate_representation_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    def change(model: onnx.ModelProto) -> None:
        model.ir_version = 99

    assert "IR version 99" in refusal_of(seal(changed(contents, change)), key)


def test_a_function_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    function = helper.make_function("", "Sneaky", [], [], [], [helper.make_opsetid("", 21)])
    path = seal(changed(contents, lambda model: model.functions.append(function)))
    assert "a function of its own, `Sneaky`" in refusal_of(path, key)


def test_a_tensor_kept_in_another_file_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    outside = helper.make_tensor("outside", TensorProto.DOUBLE, [1], np.zeros(1).tobytes(), raw=True)
    outside.data_location = TensorProto.EXTERNAL
    outside.external_data.add(key="location", value="/etc/passwd")
    path = seal(changed(contents, lambda model: model.graph.initializer.append(outside)))
    assert "the tensor `outside` keeps its data in another file" in refusal_of(path, key)


def test_a_model_that_is_no_graph_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    assert "the model is not an ONNX graph" in refusal_of(seal(replace(contents, model=b"\xff\xff")), key)


def test_golden_rows_that_do_not_fit_the_schema_are_refused(
    contents: BundleContents, seal: Seal, key: SigningKey
) -> None:
    narrow = replace(contents.schema, fields=contents.schema.fields[1:])
    assert "the golden rows do not fit the schema" in refusal_of(seal(replace(contents, schema=narrow)), key)


def test_a_bundle_without_golden_rows_is_refused(contents: BundleContents, seal: Seal, key: SigningKey) -> None:
    assert "cannot be proven" in refusal_of(seal(replace(contents, golden=replace(contents.golden, rows=()))), key)


def test_a_bundle_of_another_pipeline_s_shape_cannot_pass_as_a_newer_format(
    contents: BundleContents, key: SigningKey, tmp_path: Path
) -> None:
    from kingmaker.bundle.writing import files_of, manifest_of, sealed

    files = files_of(contents)
    newer = manifest_of(contents, files).replace(b'"format": 2', b'"format": 3')
    path = tmp_path / "newer.bundle"
    path.write_bytes(sealed(files, newer, key))
    assert "the bundle has format 3, and this release reads 1 and 2" in refusal_of(path, key)


def test_a_bundle_that_keeps_its_promises_is_proven(bundle_file: BundleFile, key: SigningKey) -> None:
    scorer = prove(open_bundle(bundle_file.path, trusted=[key.public]))
    assert scorer.has_terms


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("pd", 0.123, "published with pd 0.123 and now gives"),
        ("score", 1, "published with score 1 and now gives"),
        ("grade", "E", "published with grade E and now gives"),
        ("approved", None, "published with approved"),
    ],
)
def test_a_wrong_golden_answer_is_found(
    field: str, value: object, sentence: str, contents: BundleContents, seal: Seal, key: SigningKey
) -> None:
    first, *rest = contents.golden.rows
    wrong = replace(first, **{field: not first.approved if value is None else value})
    bundle = open_bundle(
        seal(replace(contents, golden=replace(contents.golden, rows=(wrong, *rest)))), trusted=[key.public]
    )
    with pytest.raises(BundleRefused, match="golden row 1 was") as refused:
        prove(bundle)
    assert sentence in str(refused.value)


def test_another_model_under_the_same_golden_rows_is_found(
    contents: BundleContents, seal: Seal, key: SigningKey, other_model: bytes
) -> None:
    bundle = open_bundle(seal(replace(contents, model=other_model)), trusted=[key.public])
    with pytest.raises(BundleRefused, match="golden row"):
        prove(bundle)
