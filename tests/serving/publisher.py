"""A publisher in a folder: real bundles, small ones, and signed pointers to them, as endpoints find them in a vault."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np

from kingmaker.bundle.contents import CutOffs, GoldenRow, GoldenRows, InputSchema, Lineage, Parity
from kingmaker.bundle.files import write_whole
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.pointers import sealed_pointer
from kingmaker.bundle.references import number_field
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.writing import BundleContents, files_of, manifest_of, sealed, version_of
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.pointer import Canary, Placed, Pointer
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import LinearForm
from kingmaker.recipe.json import recipe_to_json
from kingmaker.recipe.spec import NumberStep, Recipe

PIPELINE = "instalment"
CUT_OFFS = CutOffs(
    calibration=Calibration(intercept=-0.1, slope=1.1),
    thresholds=Thresholds(
        scale=ScoreScale(),
        grades=(
            Grade(name="A", lowest_score=480, share=0.5, bad_rate=0.02),
            Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.2),
        ),
        approve_from=470,
        approval_rate=0.7,
        method="optimal",
    ),
)
NUMBERS = np.array([[5.0], [np.nan], [80.0], [1e9]])


def contents_of(number: int, *, column: str = "amount", pipeline: str = PIPELINE) -> BundleContents:
    """Another number is another model, and so another version."""
    recipe = Recipe(variant="plain", numbers=(NumberStep(name=column, clip=(0.0, 100.0), fill=10.0),), categories=())
    form = LinearForm(intercept=0.2 + number / 8, coefficients=np.array([0.01]))
    model = graph_bytes(
        build_graph(
            recipe=recipe,
            form=form,
            calibration=CUT_OFFS.calibration,
            thresholds=CUT_OFFS.thresholds,
            metadata={"by": "test"},
        )
    )
    return BundleContents(
        pipeline=pipeline,
        model=model,
        recipe=recipe_to_json(recipe),
        native=b"{}",
        native_suffix=".json",
        cut_offs=CUT_OFFS,
        schema=InputSchema(fields=(number_field(column, np.linspace(0, 100, 101)),), id="loan"),
        golden=_golden(model),
        lineage=Lineage(
            snapshot="a" * 64,
            declaration="b" * 64,
            as_of=date(2026, 6, 30),
            trial="c" * 64,
            seeds=(number,),
            learner="scorecard",
            hyperparameters={"penalty": 0.5},
            packages={"numpy": "2.4.6"},
        ),
        pins={"onnxruntime": "1.31.1"},
        parity=Parity(rows=100, largest_pd_difference=0.0, score_differences=0, grade_differences=0, limit=1e-5),
    )


def _golden(model: bytes) -> GoldenRows:
    scores = Scorer(model).score(NUMBERS, None)
    return GoldenRows(
        rows=tuple(
            GoldenRow(
                numbers=(float(NUMBERS[index, 0]),),
                categories=(),
                margin=float(scores.margin[index]),
                pd=float(scores.pd[index]),
                score=int(scores.score[index]),
                grade=str(scores.grade[index]),
                approved=bool(scores.approved[index]),
            )
            for index in range(len(NUMBERS))
        )
    )


class Publisher:
    """Puts bundles and pointers into a vault's folder. `edition` and `turn` grow with every announcement."""

    def __init__(self, vault: Path, key: SigningKey) -> None:
        self.vault = vault
        self.key = key
        self.edition = 0
        self.turn = 0
        self.champion: Placed | None = None
        vault.mkdir(parents=True, exist_ok=True)

    def publish(self, contents: BundleContents | int, key: SigningKey | None = None) -> Placed:
        """Put a bundle into the vault."""
        told = contents_of(contents) if isinstance(contents, int) else contents
        files = files_of(told)
        manifest = manifest_of(told, files)
        return self.put(sealed(files, manifest, key or self.key), version_of(manifest))

    def put(self, data: bytes, version: str) -> Placed:
        """Put any bytes as the bundle of a version."""
        placed = Placed(version=version, archive=sha256(data).hexdigest(), size=len(data))
        self.place_of(placed).parent.mkdir(exist_ok=True)
        write_whole(self.place_of(placed), data)
        return placed

    def place_of(self, placed: Placed) -> Path:
        return self.vault / placed.archive[:2] / placed.archive[2:]

    def pointer_to(
        self,
        champion: Placed,
        *,
        reason: TurnReason = TurnReason.PROMOTED,
        canary: Placed | None = None,
        shadows: tuple[Placed, ...] = (),
    ) -> Pointer:
        """The next edition; the next turn when the champion is another one."""
        self.edition += 1
        self.turn += self.champion is None or self.champion.version != champion.version
        self.champion = champion
        return Pointer(
            pipeline=PIPELINE,
            edition=self.edition,
            turn=self.turn,
            champion=champion,
            since=datetime(2026, 11, 22, tzinfo=UTC),
            reason=reason,
            why="It is better",
            shadows=shadows,
            canary=Canary(placed=canary, share=0.1) if canary else None,
        )

    def announce(self, pointer: Pointer, key: SigningKey | None = None) -> bytes:
        """Sign the pointer and put it in its place; its bytes."""
        return self.write_pointer(sealed_pointer(pointer, key or self.key))

    def write_pointer(self, data: bytes) -> bytes:
        path = self.vault / "champions" / f"{PIPELINE}.json"
        path.parent.mkdir(exist_ok=True)
        write_whole(path, data)
        return data

    def crown(self, contents: BundleContents | int) -> Placed:
        """Publish and announce."""
        placed = self.publish(contents)
        self.announce(self.pointer_to(placed))
        return placed


def changed(pointer: Pointer, **changes: object) -> Pointer:
    return replace(pointer, **changes)  # type: ignore[arg-type]
