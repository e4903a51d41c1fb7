"""What is wrong with an Arrow stream."""


class ArrowUnreadable(Exception):
    """The bytes are no Arrow stream, or one that is not read here. `where` names batch, column or row."""

    def __init__(self, detail: str, where: str = "") -> None:
        self.detail = detail
        self.where = where
        super().__init__(detail)


class ArrowTooLong(ArrowUnreadable):
    """More rows than a request may hold."""


class ArrowCompressed(ArrowUnreadable):
    """Its batches are compressed, which is not read here."""
