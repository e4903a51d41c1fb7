"""The log-in: name and password, or the company's own account."""

from importlib.resources import files
from typing import Any, Final, cast

from fastapi import Request
from nicegui import app, ui

from kingmaker.interfaces.web_ui.frame import prepare
from kingmaker.interfaces.web_ui.here import language_of
from kingmaker.interfaces.web_ui.parts.elements import heading, link, paragraph
from kingmaker.interfaces.web_ui.texts.catalogue import texts_in

_FORM: Final = """
<form id="log-in">
<p><label for="name">{name}</label>
<input class="km-field" id="name" name="name" autocomplete="username" required autofocus></p>
<p><label for="password">{password}</label>
<input class="km-field" id="password" name="password" type="password" autocomplete="current-password" required></p>
<p role="alert" id="refused" class="km-quiet"></p>
<button class="km-button" type="submit">{submit}</button>
</form>
"""


@ui.page("/login")
def log_in(request: Request) -> None:
    t = texts_in(language_of(request))
    prepare(t.language, t("login.title"), dark=None)
    ui.add_body_html(f"<script>{_script()}</script>")
    with ui.element("main").classes("km-main").style("max-width: 420px"):
        heading("Kingmaker", 1)
        heading(t("login.title"), 2)
        ui.html(
            _FORM.format(name=t("login.name"), password=t("login.password"), submit=t("login.submit")), sanitize=False
        )
        if cast("Any", app.state).company_login is not None:
            link(t("login.company"), "/api/v1/login/oidc")
        paragraph(t("login.token_hint"), quiet=True)


def _script() -> str:
    return (files("kingmaker.interfaces.web_ui") / "log_in.js").read_text(encoding="utf-8")
