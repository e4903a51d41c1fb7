"""Personal data: which columns nobody keeps, and which are kept under pseudonyms."""

from pydantic import Field, model_validator

from kingmaker.pipeline.parts import Part


class Pii(Part):
    """Columns with personal data. What is done to them is done before a row touches this machine's disk."""

    drop: tuple[str, ...] = ()
    """Not kept at all."""
    pseudonymise: tuple[str, ...] = ()
    """Kept as keyed hashes (HMAC-SHA-256): the same value is the same pseudonym, and nobody without the key finds the value."""
    allow: tuple[str, ...] = Field(default=())
    """Text columns that look like personal data and that a person has cleared."""

    @model_validator(mode="after")
    def _one_treatment(self) -> "Pii":
        both = sorted(set(self.drop) & set(self.pseudonymise))
        if both:
            message = f"`{both[0]}` is to be dropped and to be pseudonymised: choose one"
            raise ValueError(message)
        return self
