"""The doctor: is this installation healthy? Each check is made for real, none stops the others."""

import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from kingmaker.bundle.native.library import library
from kingmaker.bundle.proof import prove, prove_for_files
from kingmaker.domain.errors import KingmakerError
from kingmaker.learners.registry import learner, learner_names
from kingmaker.loop.announce import announce, announced_pointer
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.records import Check
from kingmaker.loop.reign import bundle_of
from kingmaker.ports.house import House

LITTLE_DISK = 2 * 1024**3


def examine_house(house: House) -> tuple[Check, ...]:
    """All checks, in the order in which things depend on one another."""
    checks: list[tuple[str, Callable[[House], str]]] = [
        ("packages", _packages),
        ("home", _home),
        ("ledger", _ledger),
        ("vault", _vault),
        ("sealing", _sealing),
        ("keys", _keys),
        ("learners", _learners),
        ("engine", _engine),
        ("champions", _champions),
        ("pointers", _pointers),
        ("trees", _trees),
    ]
    return tuple(_checked(name, check, house) for name, check in checks)


def _checked(name: str, check: Callable[[House], str], house: House) -> Check:
    try:
        return Check(name=name, healthy=True, sentence=check(house))
    except KingmakerError as error:
        return Check(name=name, healthy=False, sentence=error.sentence())
    except Exception as error:  # noqa: BLE001 - a doctor reports whatever ails, and goes on
        return Check(name=name, healthy=False, sentence=f"{type(error).__name__}: {error}")


def _packages(house: House) -> str:
    del house
    wanted = [Requirement(line) for line in requires("kingmaker") or ()]
    needed = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": "loop"})]
    ill = [problem for one in needed if (problem := _problem(one))]
    if ill:
        raise KingmakerError("; ".join(ill), remedy="Run pip install -c constraints.txt -e '.[loop]'.")
    return f"{len(needed)} required packages are installed in versions that fit."


def _problem(wanted: Requirement) -> str:
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is missing"
    return (
        "" if wanted.specifier.contains(found, prereleases=True) else f"{wanted.name} {found} is not {wanted.specifier}"
    )


def _home(house: House) -> str:
    free = shutil.disk_usage(house.home).free
    probe = house.workspace / "doctor.probe"
    probe.write_bytes(b"well")
    probe.unlink()
    if free < LITTLE_DISK:
        raise KingmakerError(f"only {free / 1e9:.1f} GB are free under {house.home}", remedy="Free some disk space.")
    return f"{house.home} can be written; {free / 1e9:.0f} GB are free."


def _ledger(house: House) -> str:
    return f"The ledger opens, and {house.ledger.verify_audit():,} audit entries are proven."


def _vault(house: House) -> str:
    count = 0
    for digest in house.vault.digests():
        house.vault.prove(digest)
        count += 1
    return f"{count:,} files are what their digests say."


def _sealing(house: House) -> str:
    if house.sealing is None:
        return "Nothing is sealed: KINGMAKER_MASTER_KEY names no master key, and files lie in the vault as they are."
    state, count = house.sealing.state(), house.sealing.count()
    plain = count.plain_files + count.plain_documents
    rest = f" {plain:,} lie as they were stored before: `kingmaker key seal` seals them." if plain else ""
    return (
        f"Master key {state.master} opens the keyring's {len(state.keys)} data key(s); "
        f"{count.files:,} files and {count.documents:,} documents are sealed.{rest} The ledger is not."
    )


def _keys(house: House) -> str:
    return f"Bundles are signed with key {house.signing_key().public.id}; {len(house.trusted())} key(s) are trusted."


def _learners(house: House) -> str:
    del house
    names = learner_names()
    for name in names:
        learner(name)
    return f"{', '.join(names)} can be loaded."


def _engine(house: House) -> str:
    engine = house.open_engine()
    try:
        engine.submit(echo, b"well", files=(), deadline_seconds=60.0)
        values = [outcome.value for outcome in engine.completed(60.0)]
        if values != [b"well"]:
            raise KingmakerError(
                "a task on the engine did not come back", remedy="Look for limits on processes or memory."
            )
        return f"A task ran in a child process; {engine.health().slots} may run at once."
    finally:
        engine.close()


def echo(spec: bytes, files: object) -> bytes:
    """The task that the doctor sends to the engine and back."""
    del files
    return spec


def _champions(house: House) -> str:
    names = _pipelines_with_champion(house)
    for name in names:
        prove(bundle_of(house, name, None))
    return f"{len(names)} champion(s) re-scored their golden rows as signed." if names else "There is no champion yet."


def _pointers(house: House) -> str:
    """Mends what it finds: the ledger is right."""
    names = _pipelines_with_champion(house)
    behind = [name for name in names if announced_pointer(house, name) != announce(house, name)]
    for name in names:
        companions = house.ledger.companions(name)
        for accompanying in companions.versions if companions else ():
            published_bundle(house, name, accompanying)
    if behind:
        return f"The pointer of {', '.join(behind)} was not what the ledger says, and is announced anew."
    return f"{len(names)} announced pointer(s) are what the ledger says."


def _trees(house: House) -> str:
    if library() is None:
        return (
            "No compiled library walks trees: onnxruntime alone scores files, with the same answers, but more slowly."
            " Install the package again where there is a C compiler."
        )
    names = _pipelines_with_champion(house)
    walked = sum(prove_for_files(bundle_of(house, name, None)).is_walked for name in names)
    return f"The compiled library walks the trees of {walked} of {len(names)} champion(s) when files are scored."


def _pipelines_with_champion(house: House) -> list[str]:
    return [name for name in house.ledger.pipelines() if house.ledger.champion(name)]
