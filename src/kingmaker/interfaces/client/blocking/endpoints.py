"""EndpointVerbs over HTTP. A bundle arrives in parts, and is believed when its digest and signature are in order."""
# Written by docs/generate_client.py from awaited/endpoints.py: change that file, and run it.

import time
from http import HTTPStatus
from importlib import import_module
from pathlib import Path

import httpx2

from kingmaker.control.records import KeyTold
from kingmaker.domain.champion import ModelVersion
from kingmaker.domain.errors import NotFound
from kingmaker.domain.notice import OutcomeFile
from kingmaker.interfaces.client.answers import expect_success, no_answer
from kingmaker.interfaces.client.arriving import Arriving
from kingmaker.interfaces.client.blocking.champions import Champions
from kingmaker.interfaces.client.call import get, get_if_any, path_of, post_file
from kingmaker.loop.records import EndpointReport, Exported

CHAMPION = "champion"


class Endpoints(Champions):
    """What `EndpointVerbs` says of each."""

    def endpoints(self, pipeline: str) -> list[EndpointReport]:
        return self.say(get(list[EndpointReport], "pipelines", pipeline, "endpoints"))

    def announced_edition(self, pipeline: str) -> int | None:
        return self.say(get_if_any(int, "pipelines", pipeline, "edition"))

    def keys(self) -> list[KeyTold]:
        return self.say(get(list[KeyTold], "keys"))

    def hand_in(self, pipeline: str, data: bytes, *, form: str) -> OutcomeFile:
        return self.say(post_file(OutcomeFile, data, form, "pipelines", pipeline, "outcomes"))

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]:
        return self.say(get(list[OutcomeFile], "pipelines", pipeline, "outcomes", limit=limit))

    def export(self, pipeline: str, version: str, out: Path) -> Exported:
        """Download it; a transfer that breaks goes on where it was. Raises BundleRefused for what is not its publisher's."""
        model = self._version_meant(pipeline, version)
        arriving = Arriving(out, model.archive)
        self._arrive(path_of("pipelines", pipeline, "versions", model.version, "bundle"), arriving)
        signed_by = import_module("kingmaker.interfaces.client.bundles").signed_by
        signed, key = signed_by(arriving.prove(), self.keys())
        return Exported(
            path=out, pipeline=pipeline, version=signed, key=key, digest=model.archive, bytes=arriving.take_place()
        )

    def _version_meant(self, pipeline: str, version: str) -> ModelVersion:
        if version != CHAMPION:
            return self.version(pipeline, version)
        reign = self.champion(pipeline)
        if reign is None:
            raise NotFound(
                f"pipeline {pipeline} has no champion yet",
                remedy="Run it, or name a published version: `kingmaker versions` lists them.",
            )
        return self.version(pipeline, reign.turn.version)

    def _arrive(self, path: str, arriving: Arriving) -> None:
        failed = 0
        while True:
            try:
                self._blocks(path, arriving)
            except httpx2.TransportError as error:
                failed += 1
                pause = self._patience.pause(failed)
                if pause is None:
                    raise no_answer(error, self._site.base) from None
                time.sleep(pause)
            else:
                return

    def _blocks(self, path: str, arriving: Arriving) -> None:
        with self._http.stream("GET", path, headers=arriving.headers) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return
            if not response.is_success:
                response.read()
                expect_success(response, self._site.base)
            arriving.begin(response.status_code)
            for block in response.iter_bytes():
                arriving.add(block)
