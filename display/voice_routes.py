"""Owns the web of spoken calls: a lobby display fetches the sound of a call it shows, a manager hears a sample."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter.present import CALLS_SHOWN
from counter.web import LARGEST, Answer, Context
from db import announcements
from db.event_records import SpokenCall
from display.voice_faults import NoSound


class CallPath(BaseModel):
    """A call's version."""

    version: int = Field(ge=1, le=LARGEST)


class Sample(BaseModel):
    """A call nobody has made, in the language of an imagined customer."""

    number: str = Field(default="A012", max_length=8)
    counter: int = Field(default=3, ge=1, le=LARGEST)
    language: str = Field(default="zh", pattern="^(zh|en)$")


def api(context: Context) -> APIBlueprint:
    """The sound of calls."""
    room = APIBlueprint("voice_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Screens")])

    @room.get("/calls/<int:version>/audio", summary="The sound of a call that is shown: a WAV file")
    def call_audio(path: CallPath) -> Answer:
        with context.store.read() as conn:
            call = announcements.recent(conn, path.version, CALLS_SHOWN)
        return _sound(context, call)

    @room.get("/voice/sample", summary="How a call would sound now: a WAV file, for managers")
    def sample(query: Sample) -> Answer:
        return _sound(context, SpokenCall(query.number, query.counter, query.language))

    return room


def _sound(context: Context, call: SpokenCall | None) -> Response:
    sound = context.speak(call) if call else None
    if sound is None:
        raise NoSound
    return Response(sound, mimetype="audio/wav", headers={"Cache-Control": "no-store"})
