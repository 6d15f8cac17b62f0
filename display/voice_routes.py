"""Owns the web of spoken calls: a lobby display fetches the sound of a call it shows."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter.web import LARGEST, Answer, Context
from db.errors import LobbyError


class NoSound(LobbyError):
    """A call that is not spoken, or not in time."""

    code, status = "no_sound", 404
    text = "This call is not spoken: it is too old, the voice is off, or it is not ready."


class CallPath(BaseModel):
    """A call's version."""

    version: int = Field(ge=1, le=LARGEST)


def api(context: Context) -> APIBlueprint:
    """The sound of a call."""
    room = APIBlueprint("voice_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Screens")])

    @room.get("/calls/<int:version>/audio", summary="The sound of a call that is shown: a WAV file")
    def call_audio(path: CallPath) -> Answer:
        context.caller().require_display()
        sound = context.audio(path.version)
        if sound is None:
            raise NoSound
        return Response(sound, mimetype="audio/wav", headers={"Cache-Control": "no-store"})

    return room
