"""Owns the words: which language a request wants, and the catalogues that pages and errors are put into it with."""

import json
import os
from collections.abc import Mapping
from functools import cache
from gettext import translation
from pathlib import Path

from flask import Flask, Response, request
from flask_babel import Babel

from db.errors import LobbyError
from db.words import Message, Names

LANGUAGES = ("zh", "en")
YEAR_S = 365 * 24 * 3600
_CATALOGUES = Path(__file__).parent / "translations"


def wanted() -> str:
    """The caller's language: `?lang=`, the browser's kept choice, then `Accept-Language`; Chinese where none says."""
    asked = request.args.get("lang") or request.cookies.get("lang") or ""
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def of_terminal() -> str:
    """The language of whoever types commands, by the usual variables; English where none says."""
    spoken = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if spoken.startswith("zh") else "en"


@cache
def chinese() -> dict[str, str]:
    """The Chinese catalogue: English text → Chinese text."""
    catalogue = translation("messages", _CATALOGUES, languages=["zh"])._catalog  # type: ignore[attr-defined]  # noqa: SLF001
    return {key: text for key, text in catalogue.items() if key and isinstance(key, str)}


def translate(text: str, language: str) -> str:
    """A text of the catalogue in a language."""
    return chinese().get(text, text) if language == "zh" else text


def say(said: LobbyError | Message, language: str) -> str:
    """An error or a message in a language, its places filled."""
    return fill(said.text, language, said.attrs if isinstance(said, LobbyError) else said.values)


def say_to_the_caller(said: Message) -> str:
    """A message in the language of the present request."""
    return say(said, wanted())


def fill(text: str, language: str, values: Mapping[str, object]) -> str:
    """A text of the catalogue in a language, its places filled; names in that language too."""
    return translate(text, language).format_map(
        {key: getattr(value, language) if isinstance(value, Names) else str(value) for key, value in values.items()}
    )


def _keep_choice(answer: Response) -> Response:
    """A language chosen by a link stays chosen for this browser."""
    asked = request.args.get("lang") if request.query_string else None
    if asked in LANGUAGES:
        answer.set_cookie("lang", asked, max_age=YEAR_S, samesite="Lax", secure=request.is_secure)
    return answer


def install(app: Flask) -> None:
    """Set Babel up for templates, and serve the catalogue to the screens."""
    Babel(app, default_locale="en", default_translation_directories=str(_CATALOGUES), locale_selector=wanted)
    app.context_processor(lambda: {"lang": wanted()})
    app.after_request(_keep_choice)

    @app.get("/texts/zh.json")
    def catalogue() -> Response:
        return Response(json.dumps(chinese(), ensure_ascii=False), mimetype="application/json")
