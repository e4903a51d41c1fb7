"""The log-in: name and password, or the company's own account. A plain page: whoever is not let in yet has no line here."""

import secrets
from html import escape
from importlib.resources import files
from typing import Any, Final, cast

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from nicegui import app

from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.interfaces.web_ui.here import here_of, language_of
from kingmaker.interfaces.web_ui.palette import palette
from kingmaker.interfaces.web_ui.texts.catalogue import Texts, texts_in

_PAGE: Final = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Kingmaker</title><link rel="icon" href="/favicon.ico" type="image/svg+xml">
<style nonce="{nonce}">{style}</style></head>
<body><main class="km-main km-login"><h1>Kingmaker</h1><h2>{title}</h2>{over}
<form id="log-in" data-wrong="{wrong}" data-locked="{locked}" data-failed="{failed}">
<p><label for="name">{name}</label>
<input class="km-field" id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus></p>
<p><label for="password">{password}</label>
<input class="km-field" id="password" name="password" type="password" autocomplete="current-password" required></p>
<p role="alert" id="refused" class="km-login-refused"></p>
<button class="km-button" type="submit">{submit}</button>
</form>{company}<p class="km-quiet">{hint}</p></main>
<script nonce="{nonce}">{script}</script></body></html>
"""
_POLICY: Final = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@app.get("/login", include_in_schema=False)
def log_in(request: Request, over: bool = False) -> Response:
    """Whoever is logged in already has nothing to do here; whose session has just ended, in whatever way, has."""
    doorkeeper: FrontDoor = cast("Any", app.state).doorkeeper
    if here_of(request) is not None and not doorkeeper.is_over(request):
        return RedirectResponse("/", 303)
    t, nonce = texts_in(language_of(request)), secrets.token_urlsafe(16)
    headers = {"Content-Security-Policy": _POLICY.format(nonce=nonce), "Cache-Control": "no-store"}
    return HTMLResponse(_page(t, nonce, request, is_over=over), headers=headers)


def _page(t: Texts, nonce: str, request: Request, *, is_over: bool) -> str:
    here = files("kingmaker.interfaces.web_ui")
    told = {
        "title": t("login.title"),
        "wrong": t("login.wrong"),
        "locked": t("login.locked", seconds="{seconds}"),
        "failed": t("login.failed"),
        "name": t("login.name"),
        "password": t("login.password"),
        "submit": t("login.submit"),
        "hint": t("login.token_hint"),
    }
    return _PAGE.format(
        **{name: escape(text) for name, text in told.items()},
        language=t.language,
        nonce=nonce,
        style=palette(dark=_chosen(request)) + (here / "style.css").read_text(encoding="utf-8"),
        script=(here / "log_in.js").read_text(encoding="utf-8"),
        over=f'<p role="status">{escape(t("error.session_over"))}</p>' if is_over else "",
        company=_company(t),
    )


def _chosen(request: Request) -> bool | None:
    told = request.cookies.get("kingmaker_dark")
    return None if told is None else told == "1"


def _company(t: Texts) -> str:
    if cast("Any", app.state).company_login is None:
        return ""
    return f'<p><a class="km-button plain" href="/api/v1/login/oidc">{escape(t("login.company"))}</a></p>'
