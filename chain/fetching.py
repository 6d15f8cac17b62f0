"""Owns fetching a list that is too long for mail: part by part over the store's own line, whole or not at all."""

import time
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

from chain.dial import Refused
from chain.errors import ListDamaged, ListGone
from chain.mailbox import OpenLine
from chain.protocol import ListAsked, ListMail, ListPart


def fetch(line: OpenLine, mail_id: int, sent: ListMail, target: Path) -> None:
    """Put what this piece of mail speaks of into a file. Raises `ListGone`, `ListDamaged`, and as `Line.ask`."""
    digest = sha256()
    with target.open("wb") as file:
        while file.tell() < sent.size:
            part = _part(line, ListAsked(mail=mail_id, offset=file.tell()))
            file.write(part)
            digest.update(part)
    if digest.hexdigest() != sent.sha256:
        raise ListDamaged


def _part(line: OpenLine, asked: ListAsked) -> bytes:
    while (answer := _ask(line, asked)).part is None:
        time.sleep(answer.rest_s)
    if not answer.part:
        raise ListDamaged
    return b64decode(answer.part)


def _ask(line: OpenLine, asked: ListAsked) -> ListPart:
    line.keep_up()
    try:
        return ListPart.model_validate(line.ask("list", asked.model_dump()))
    except Refused as refused:
        if refused.code == ListGone.code:
            raise ListGone from refused
        raise
