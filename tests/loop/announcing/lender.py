"""A home whose pipeline has published versions, made without a run: real bundles of a small linear model."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.bundle.conftest import CUT_OFFS, RECIPE, golden_of, graph_of, schema_of
from tests.contracts.ledger_process import REQUEST

from kingmaker.bundle.contents import Lineage, Parity
from kingmaker.bundle.writing import BundleContents, write_bundle
from kingmaker.domain.champion import ChampionTurn, ModelVersion, TurnReason
from kingmaker.domain.run import RunReason
from kingmaker.ports.house import House
from kingmaker.recipe.json import recipe_to_json
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PIPELINE = "instalment"


@dataclass(frozen=True, slots=True)
class Lender:
    """`versions` are published, in order; nobody is crowned."""

    house: House
    versions: tuple[str, ...]

    @classmethod
    def in_home(cls, home: Path, *, versions: int = 3, ledger: str = "") -> "Lender":
        """`ledger` is the address of its database; in the home without one."""
        house = open_house(Settings(home=home, ledger=ledger))
        run, lease = house.ledger.open_run(replace(REQUEST, pipeline=PIPELINE), house.holder)
        published = tuple(_published(house, run.number, number) for number in range(versions))
        for version in published:
            house.ledger.add_version(lease, version)
        house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        return cls(house, tuple(version.version for version in published))

    def crown(self, version: str, *, why: str = "better") -> ChampionTurn:
        """In the ledger alone, as a process that was killed right after leaves it."""
        standing = self.house.ledger.champion(PIPELINE)
        return self.house.ledger.crown(
            PIPELINE, version, expected_turn=standing.turn if standing else 0,
            reason=TurnReason.PROMOTED, by="ann", why=why,
        )  # fmt: skip

    def archive(self, version: str) -> Path:
        """The version's file in the vault's folder."""
        digest = self.house.ledger.version(PIPELINE, version).archive
        return self.house.home / "vault" / digest[:2] / digest[2:]


def _published(house: House, run: int, number: int) -> ModelVersion:
    model = graph_of((0.01, 0.02, 0.5, 1.0 + 0.1 * number))
    contents = BundleContents(
        pipeline=PIPELINE,
        model=model,
        recipe=recipe_to_json(RECIPE),
        native=b'{"intercept": 0.2}',
        native_suffix=".json",
        cut_offs=CUT_OFFS,
        schema=schema_of(),
        golden=golden_of(model),
        lineage=Lineage(
            snapshot="a" * 64, declaration="b" * 64, as_of=datetime(2026, 6, 30, tzinfo=UTC).date(), trial="c" * 64,
            seeds=(7,), learner="scorecard", hyperparameters={}, packages={},
        ),
        pins={},
        parity=Parity(rows=100, largest_pd_difference=0.0, score_differences=0, grade_differences=0, limit=1e-5),
    )  # fmt: skip
    bundle = write_bundle(contents, house.signing_key(), house.workspace / "bundle.kingmaker")
    return ModelVersion(
        version=bundle.version,
        pipeline=PIPELINE,
        run=run,
        archive=house.vault.put(bundle.path),
        learner="scorecard",
        published_at=house.clock(),
    )
