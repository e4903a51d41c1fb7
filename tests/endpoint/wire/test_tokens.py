"""Who may ask, where tokens are kept."""

from pathlib import Path

import pytest

from kingmaker.interfaces.endpoint.tokens import VARIABLE, TokenMistaken, Tokens, read_tokens

from .caller import calling, get
from .listening import listening

OLD, NEW = "an-old-token-0123456789", "a-new-token-0123456789"


def test_either_of_two_tokens_opens_and_nothing_else_does() -> None:
    with listening(tokens=Tokens([OLD, NEW])) as there, calling(there.port) as caller:
        for token in (OLD, NEW):
            assert caller.asks(get("/echo?x", f"Authorization: Bearer {token}")).status == 200
            assert caller.asks(get("/echo?x", f"authorization: bearer  {token}")).status == 200
        for told in (f"Bearer {NEW}x", f"Basic {NEW}", "Bearer", "Bearer ", f"Bearer {OLD} {NEW}", NEW):
            answer = caller.asks(get("/echo?x", f"Authorization: {told}"))
            assert (answer.status, answer.problem["code"]) == (401, "token_unknown")
            assert answer.headers["www-authenticate"] == 'Bearer realm="kingmaker"'
        assert caller.asks(get("/echo?x")).problem["code"] == "token_missing"


def test_health_is_told_to_everybody() -> None:
    with listening(tokens=Tokens([NEW])) as there, calling(there.port) as caller:
        assert caller.asks(get("/health/live")).status == 200


def test_tokens_are_read_from_a_file_and_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"# rotated monthly\n{OLD}\n\n")
    tokens = read_tokens(file, {VARIABLE: NEW})
    for token in (OLD, NEW):
        tokens.check(f"Bearer {token}".encode())
    assert not read_tokens(None, {})
    assert not read_tokens(None, {VARIABLE: " "})


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "short\n", None])
def test_a_file_that_would_protect_nothing_is_refused(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "tokens"
    if text is not None:
        file.write_text(text)
    with pytest.raises(TokenMistaken) as refused:
        read_tokens(file, {})
    assert refused.value.where == str(file)
