"""What a caller is told when a request is refused: problem+json with a stable code, and where and what to do."""

import msgspec

PROBLEM = b"application/problem+json"


class Refused(Exception):
    """A request that is not answered as asked. `code` is stable; `where` names row, field or header; `remedy` what to do."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        where: str = "",
        remedy: str = "",
        headers: dict[bytes, bytes] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.where = where
        self.remedy = remedy
        self.headers = headers or {}
        super().__init__(detail)

    def body(self) -> bytes:
        """RFC 9457, with `code`, `where` and `remedy` beside its members."""
        told = {"status": self.status, "code": self.code, "detail": self.detail}
        optional = {"where": self.where, "remedy": self.remedy}
        return msgspec.json.encode(told | {name: text for name, text in optional.items() if text})
