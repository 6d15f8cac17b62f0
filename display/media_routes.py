"""Owns the web of what stands beside the calls: the store's pictures and videos, and its logo."""

from typing import Any

from flask import Response, send_from_directory
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter.web import Context
from db import pictures
from db.errors import NotFound
from display import media


class MediumPath(BaseModel):
    """A file of the folder, by its name."""

    name: str = Field(min_length=1, max_length=255)


def pages(context: Context) -> APIBlueprint:
    """The files themselves."""
    room = APIBlueprint("media", __name__, doc_ui=False)

    @room.get("/media/<name>")
    def medium(path: MediumPath) -> Response:
        found = media.find(context.store.folder, path.name)
        if found is None:
            raise NotFound
        folder = (context.store.folder / media.FOLDER).resolve()
        return _for_a_day(send_from_directory(folder, found.name, mimetype=found.media_type, conditional=True))

    @room.get("/display/logo.png")
    def logo() -> Response:
        with context.store.read() as conn:
            png = pictures.get(conn, pictures.LOGO)
        if png is None:
            raise NotFound
        return _for_a_day(Response(png, mimetype="image/png"))

    return room


def api(context: Context) -> APIBlueprint:
    """What the displays show beside the calls."""
    room = APIBlueprint("media_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Screens")])

    @room.get("/media", summary="Pictures and videos the displays show, in order")
    def read_media() -> dict[str, Any]:
        return {"media": [one.view() for one in media.shown(context.store.folder)]}

    return room


def _for_a_day(answer: Response) -> Response:
    """The browser may keep a file for a day; its address changes with it."""
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
