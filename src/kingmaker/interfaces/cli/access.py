"""token, person: who may speak to the control centre, and do what."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from kingmaker.domain.access import Person, Role, Token
from kingmaker.domain.errors import KingmakerError, NotFound
from kingmaker.interfaces.cli.desk import Json, desk_of
from kingmaker.interfaces.cli.naming import Why, reason_given
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.spans import span_named
from kingmaker.interfaces.cli.words import minute

TOKENS = "Tokens: what programs and endpoints show to the control centre."
PEOPLE = "People who log in at the control centre."
NEVER = "never"
Pipelines = Annotated[
    list[str] | None, typer.Option("--pipeline", help="Only for this pipeline; repeatable.", show_default="all of them")
]


def add_commands(app: typer.Typer) -> None:
    token = typer.Typer(help=TOKENS, no_args_is_help=True, rich_markup_mode=None)
    token.command("make")(make)
    token.command("list")(list_tokens)
    token.command("revoke")(revoke)
    app.add_typer(token, name="token")
    person = typer.Typer(help=PEOPLE, no_args_is_help=True, rich_markup_mode=None)
    person.command("put")(put)
    person.command("list")(list_people)
    person.command("disable")(disable)
    person.command("password")(change_password)
    app.add_typer(person, name="person")


def make(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called in lists and in the audit log.")],
    role: Annotated[Role, typer.Option(help="What whoever shows it may do.")],
    pipelines: Pipelines = None,
    expires: Annotated[str, typer.Option(help="After how long: '90 days', '12 hours', or never.")] = "90 days",
    json: Json = False,
) -> None:
    """Make a token. Its secret is shown this once."""
    screen = Screen(json=json)
    lifetime = None if expires == NEVER else span_named(expires, "--expires")
    with desk_of(context).verbs() as verbs:
        made = verbs.make_token(name, role, pipelines=pipelines or None, lifetime=lifetime)
    if json:
        screen.document(made)
        return
    screen.line(made.secret)
    screen.line(
        f"Token {made.token.id} of {made.token.name} ({role.value}) {_end_of(made.token)}. It is shown this once."
    )


def list_tokens(context: typer.Context, json: Json = False) -> None:
    """List tokens, newest first."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.tokens()
    if json:
        screen.document(found)
    elif not found:
        screen.line("There is no token. `kingmaker token make NAME --role viewer` makes one.")
    else:
        columns = ["token", "name", "role", "pipelines", "made (UTC)", "by", "last used (UTC)", ""]
        screen.table(columns, [_cells(one) for one in found])


def _cells(one: Token) -> list[str]:
    made = [minute(one.made_at), one.made_by, minute(one.last_used_at)]
    return [one.id[:12], one.name, one.role.value, _scope_of(one), *made, _end_of(one)]


def revoke(
    context: typer.Context,
    token: Annotated[str, typer.Argument(help="Its id (or its first characters), as `kingmaker token list` shows it.")],
    why: Why,
    json: Json = False,
) -> None:
    """Make a token worthless, at once and for good."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        revoked = verbs.revoke_token(token, why=reason_given(why))
    if json:
        screen.document(revoked)
    else:
        screen.line(f"Token {revoked.id} of {revoked.name} is revoked.")


def put(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    role: Annotated[list[Role], typer.Option(help="What they may do; repeatable.")],
    pipelines: Pipelines = None,
    password_file: Annotated[
        Path | None,
        typer.Option(help="File whose first line is the password; - is standard input.", show_default="asked for"),
    ] = None,
    keep_password: Annotated[bool, typer.Option("--keep-password", help="Leave the password as it is.")] = False,
    json: Json = False,
) -> None:
    """Add somebody, or change what they may and their password. It is asked for, and never an argument."""
    screen = Screen(json=json)
    password = None if keep_password else _password(password_file)
    with desk_of(context).verbs() as verbs:
        person = verbs.put_person(name, role, pipelines=pipelines or None, password=password)
    if json:
        screen.document(person)
    else:
        screen.line(f"{person.name} may log in: {_roles_of(person)}; pipelines: {_scope_of(person)}.")


def list_people(context: typer.Context, json: Json = False) -> None:
    """List who may log in."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        found = verbs.people()
    if json:
        screen.document(found)
    elif not found:
        screen.line("Nobody may log in. `kingmaker person put NAME --role viewer` adds somebody.")
    else:
        screen.table(["name", "roles", "pipelines", "last log-in (UTC)", ""], [
            [one.name, _roles_of(one), _scope_of(one), minute(one.last_login_at), _barred(one)] for one in found
        ])  # fmt: skip


def disable(
    context: typer.Context, name: Annotated[str, typer.Argument(help="Who.")], why: Why, json: Json = False
) -> None:
    """Let somebody log in no longer; it ends their sessions."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        person = verbs.disable_person(name, why=reason_given(why))
    if json:
        screen.document(person)
    else:
        screen.line(f"{person.name} may log in no longer.")


def change_password(context: typer.Context, json: Json = False) -> None:
    """Change your own password: the old one and the new one are asked for, or are two lines of standard input."""
    screen = Screen(json=json)
    with desk_of(context).verbs() as verbs:
        name = verbs.me().name
        old, new = _old_and_new(name)
        person = verbs.change_password(old, new)
    if json:
        screen.document(person)
    else:
        screen.line(f"The password of {person.name} is changed, and every session has ended.")


def _old_and_new(name: str) -> tuple[str, str]:
    if sys.stdin.isatty():
        old: str = typer.prompt(f"Old password of {name}", hide_input=True, err=True)
        new: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        return old, new
    return sys.stdin.readline().rstrip("\r\n"), sys.stdin.readline().rstrip("\r\n")


def _password(file: Path | None) -> str:
    """From the file, from standard input where nobody types, or typed twice. Raises KingmakerError for an empty one."""
    if file is None and sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    line = sys.stdin.readline() if file is None or str(file) == "-" else _first_line(file)
    password = line.rstrip("\r\n")
    if not password:
        raise KingmakerError("the password is empty", remedy="Type it, or name a file that holds it: --password-file.")
    return password


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise NotFound(f"the password cannot be read ({reason})", where=str(file)) from None


def _end_of(token: Token) -> str:
    if token.revoked_at is not None:
        return f"revoked {minute(token.revoked_at)}"
    return "never expires" if token.expires_at is None else f"expires {minute(token.expires_at)}"


def _scope_of(one: Token | Person) -> str:
    return "all" if one.pipelines is None else ", ".join(one.pipelines)


def _roles_of(person: Person) -> str:
    return ", ".join(role.value for role in person.roles)


def _barred(person: Person) -> str:
    if person.disabled_at is not None:
        return f"disabled {minute(person.disabled_at)}"
    return f"locked until {minute(person.locked_until)}" if person.locked_until else ""
