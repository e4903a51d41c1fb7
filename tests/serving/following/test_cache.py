"""What an endpoint keeps on its disk."""

from hashlib import sha256
from pathlib import Path

import pytest

from kingmaker.domain.errors import TamperFound
from kingmaker.domain.pointer import Placed
from kingmaker.serving.admission import Seen
from kingmaker.serving.cache import KEPT_STANDINGS, Cache, Remembered

DATA = b"a bundle's bytes"
PLACED = Placed(version="a" * 64, archive=sha256(DATA).hexdigest(), size=len(DATA))
MEMORY = Remembered(
    pipeline="loans",
    pointer=b"\x00signed",
    seen=Seen(edition=4, turn=2, says="x", reigns=((2, "v"),)),
    standings=(("a", "b"),),
)


def write(part: Path) -> None:
    part.write_bytes(DATA)


def test_what_is_remembered_is_there_after_a_restart(tmp_path: Path):
    Cache(tmp_path / "cache").remember(MEMORY)
    cache = Cache(tmp_path / "cache")
    assert (cache.remembered("loans"), cache.trouble) == (MEMORY, "")


def test_a_new_cache_remembers_nothing_and_has_no_trouble(tmp_path: Path):
    cache = Cache(tmp_path / "cache")
    assert (cache.remembered("loans"), cache.bundle(PLACED), cache.trouble) == (Remembered(pipeline="loans"), None, "")


@pytest.mark.parametrize("damage", [b"", b"{", b'{"standings": 7}', b"\xff\xfe"])
def test_a_memory_that_cannot_be_read_is_empty_and_told(tmp_path: Path, damage: bytes):
    (tmp_path / "loans.remembered.json").write_bytes(damage)
    cache = Cache(tmp_path)
    assert cache.remembered("loans") == Remembered(pipeline="loans")
    assert "cannot be read" in cache.trouble


def test_a_bundle_that_was_brought_is_there_after_a_restart(tmp_path: Path):
    Cache(tmp_path).bring(PLACED, write)
    path = Cache(tmp_path).bundle(PLACED)
    assert path is not None
    assert path.read_bytes() == DATA
    assert list(tmp_path.glob("*.part")) == []


def test_a_damaged_bundle_is_not_there(tmp_path: Path):
    path = Cache(tmp_path).bring(PLACED, write)
    path.write_bytes(DATA[::-1])
    assert Cache(tmp_path).bundle(PLACED) is None


def test_a_part_is_gone_on_with_after_a_restart(tmp_path: Path):
    def fetch_half(part: Path) -> None:
        part.write_bytes(DATA[:5])
        raise TamperFound("the line broke")

    def fetch_rest(part: Path) -> None:
        part.write_bytes(part.read_bytes() + DATA[5:])

    killed = Cache(tmp_path)
    with pytest.raises(TamperFound):
        killed.bring(PLACED, fetch_half)
    killed.close()
    assert Cache(tmp_path).bring(PLACED, fetch_rest).read_bytes() == DATA


def test_only_what_is_asked_for_is_kept(tmp_path: Path):
    cache = Cache(tmp_path)
    kept = cache.bring(PLACED, write)
    others = [tmp_path / f"{'b' * 64}{ending}" for ending in (".bundle", ".part", ".77.part")]
    leftover = tmp_path / f".{'b' * 64}.bundle.0badcafe.part"
    for path in (*others, leftover):
        path.write_bytes(b"old")
    cache.prune({PLACED.archive})
    assert {path.name for path in tmp_path.iterdir()} == {kept.name, "lock"}


def test_the_newest_standings_are_kept_each_once(tmp_path: Path):
    memory = Remembered(pipeline="loans")
    for number in (1, 2, 3, 2, 4, 5, 6):
        memory = memory.followed_by(b"pointer", (str(number),))
    assert memory.standings == (("6",), ("5",), ("4",), ("2",))
    assert len(memory.standings) == KEPT_STANDINGS


def test_where_nothing_can_be_written_a_temporary_folder_serves_and_the_trouble_is_told(tmp_path: Path):
    (tmp_path / "cache").write_bytes(b"a file in the way")
    cache = Cache(tmp_path / "cache")
    path = cache.bring(PLACED, write)
    assert cache.bundle(PLACED) == path
    assert path.read_bytes() == DATA
    cache.remember(MEMORY)
    assert "bundles cannot be kept" in cache.trouble
    assert "cannot be remembered" in cache.trouble
    cache.close()
    assert not path.exists()


def test_the_trouble_is_over_when_the_disk_takes_bundles_again(tmp_path: Path):
    in_the_way = tmp_path / f"{PLACED.archive}.part"
    in_the_way.mkdir()
    cache = Cache(tmp_path)
    cache.bring(PLACED, write)
    assert "bundles cannot be kept" in cache.trouble
    in_the_way.rmdir()
    cache.bring(PLACED, write)
    assert cache.trouble == ""
    cache.close()


def test_only_the_first_of_two_endpoints_on_one_folder_cleans_up(tmp_path: Path):
    first, second = Cache(tmp_path), Cache(tmp_path)
    first.bring(PLACED, write)
    second.prune(())
    assert second.bundle(PLACED) is not None
    first.close()
    second.prune(())
    assert second.bundle(PLACED) is None
    second.close()


def test_pipelines_that_share_a_folder_remember_each_their_own(tmp_path: Path):
    cache, other = Cache(tmp_path), Remembered(pipeline="cards/../x", standings=((PLACED.archive,),))
    cache.bring(PLACED, write)
    cache.remember(MEMORY)
    cache.remember(other)
    assert (cache.remembered("loans"), cache.remembered("cards/../x")) == (MEMORY, other)
    cache.prune(MEMORY.archives)
    assert cache.bundle(PLACED) is not None
    cache.close()
