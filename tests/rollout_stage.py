"""Owns the stage of roll-outs: two stores, one at first and one then, and somebody who decides."""

from chain_stage import Office

from chain.office import rollouts
from chain.office.rollouts import Progress, Rollout

BOSS = "郑经理"
PILOT, REST = "浦东一店", "西湖店"
IN_TWO_STAGES = ((PILOT,), (REST,))


def go_on(office: Office, number: int, stage: int) -> list[int]:
    """Somebody decides that the next stage takes it over; who has mail."""
    with office.database.transaction() as conn:
        return rollouts.go_on(conn, number, stage, BOSS)


def stop(office: Office, number: int) -> None:
    """Somebody stops it."""
    with office.database.transaction() as conn:
        rollouts.stop(conn, number, BOSS)


def seen(office: Office, number: int) -> Rollout:
    """How far it is."""
    with office.database.transaction() as conn:
        return rollouts.find(conn, number)


def everywhere(office: Office, number: int) -> list[Progress]:
    """Where its stores stand."""
    with office.database.transaction() as conn:
        return rollouts.progress(conn, number)


def at(office: Office, number: int) -> Progress:
    """Where the first store stands."""
    return everywhere(office, number)[0]
