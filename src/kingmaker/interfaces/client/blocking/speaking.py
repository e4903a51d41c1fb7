"""Saying calls to a control centre: once, or again while it is away or busy and saying it again is harmless."""
# Written by docs/generate_client.py from awaited/speaking.py: change that file, and run it.

import time
from types import TracebackType
from typing import Self, TypeVar

import httpx2

from kingmaker.interfaces.client.answers import no_answer, record_in
from kingmaker.interfaces.client.call import Call
from kingmaker.interfaces.client.patience import BUSY, Patience
from kingmaker.interfaces.client.site import Site, limits_of

T = TypeVar("T")


class Speaking:
    """One control centre, asked in one's own name. Close it, or use it as a context."""

    def __init__(
        self, site: Site, *, patience: Patience | None = None, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._site = site
        self._patience = patience or Patience()
        self._http = httpx2.Client(
            base_url=site.base,
            headers=site.headers,
            verify=site.trust(),
            timeout=limits_of(self._patience.silence_seconds),
            transport=transport,
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._site.base!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def say(self, call: Call[T]) -> T:
        """The answer. Raises the error that the control centre refuses with, and ServerUnreachable when none answers."""
        return record_in(self._answered(call), call, self._site.base)

    def _answered(self, call: Call[T]) -> httpx2.Response:
        failed = 0
        while True:
            failed += 1
            try:
                response = self._sent(call)
            except httpx2.TransportError as error:
                pause = self._patience.pause(failed) if call.is_repeatable else None
                if pause is None:
                    raise no_answer(error, self._site.base) from None
            else:
                is_busy = response.status_code in BUSY and call.is_repeatable
                pause = self._patience.pause(failed, response.headers) if is_busy else None
                if pause is None:
                    return response
            time.sleep(pause)

    def _sent(self, call: Call[T]) -> httpx2.Response:
        return self._http.request(
            call.method,
            call.path,
            params=dict(call.query),
            content=call.content,
            headers={"Accept": call.media, **call.headers},
            timeout=limits_of(call.silence_seconds or self._patience.silence_seconds),
        )
