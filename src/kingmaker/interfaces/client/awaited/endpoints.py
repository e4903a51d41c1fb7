"""EndpointVerbs over HTTP. A bundle arrives in parts, and is believed when its digest and signature are in order."""

import asyncio
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
from kingmaker.interfaces.client.awaited.champions import AsyncChampions
from kingmaker.interfaces.client.call import get, get_if_any, path_of, post_file
from kingmaker.loop.records import EndpointReport, Exported

CHAMPION = "champion"


class AsyncEndpoints(AsyncChampions):
    """What `EndpointVerbs` says of each."""

    async def endpoints(self, pipeline: str) -> list[EndpointReport]:
        return await self.say(get(list[EndpointReport], "pipelines", pipeline, "endpoints"))

    async def announced_edition(self, pipeline: str) -> int | None:
        return await self.say(get_if_any(int, "pipelines", pipeline, "edition"))

    async def keys(self) -> list[KeyTold]:
        return await self.say(get(list[KeyTold], "keys"))

    async def hand_in(self, pipeline: str, data: bytes, *, form: str) -> OutcomeFile:
        return await self.say(post_file(OutcomeFile, data, form, "pipelines", pipeline, "outcomes"))

    async def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]:
        return await self.say(get(list[OutcomeFile], "pipelines", pipeline, "outcomes", limit=limit))

    async def export(self, pipeline: str, version: str, out: Path) -> Exported:
        """Download it; a transfer that breaks goes on where it was. Raises BundleRefused for what is not its publisher's."""
        model = await self._version_meant(pipeline, version)
        arriving = Arriving(out, model.archive)
        await self._arrive(path_of("pipelines", pipeline, "versions", model.version, "bundle"), arriving)
        signed_by = import_module("kingmaker.interfaces.client.bundles").signed_by
        signed, key = signed_by(arriving.prove(), await self.keys())
        return Exported(
            path=out, pipeline=pipeline, version=signed, key=key, digest=model.archive, bytes=arriving.take_place()
        )

    async def _version_meant(self, pipeline: str, version: str) -> ModelVersion:
        if version != CHAMPION:
            return await self.version(pipeline, version)
        reign = await self.champion(pipeline)
        if reign is None:
            raise NotFound(
                f"pipeline {pipeline} has no champion yet",
                remedy="Run it, or name a published version: `kingmaker versions` lists them.",
            )
        return await self.version(pipeline, reign.turn.version)

    async def _arrive(self, path: str, arriving: Arriving) -> None:
        failed = 0
        while True:
            try:
                await self._blocks(path, arriving)
            except httpx2.TransportError as error:
                failed += 1
                pause = self._patience.pause(failed)
                if pause is None:
                    raise no_answer(error, self._site.base) from None
                await asyncio.sleep(pause)
            else:
                return

    async def _blocks(self, path: str, arriving: Arriving) -> None:
        async with self._http.stream("GET", path, headers=arriving.headers) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return
            if not response.is_success:
                await response.aread()
                expect_success(response, self._site.base)
            arriving.begin(response.status_code)
            async for block in response.aiter_bytes():
                arriving.add(block)
