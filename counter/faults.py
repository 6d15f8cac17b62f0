"""Owns what can be wrong with the calling rule's settings: each fault names its field, why, and the way out. Pure.

Fields are `rule.KEY`, `counters.NUMBER.vip|appointment|ordinary|skills`, `services.CODE.mean|cv`,
`tiers.CODE.target|head_start`; where no single field is at fault, `services.CODE` or `classes.CLASS`.
"""

from collections.abc import Sequence

from db.errors import LobbyError


class SettingFault(LobbyError):
    """One thing that cannot work; `field` says where."""

    code, status = "bad_setting", 422

    def __init__(self, field: str, **attrs: object) -> None:
        super().__init__(**attrs)
        self.field = field


class UnsoundSettings(LobbyError):
    """Settings that cannot work, with every fault there is."""

    code, status = "unsound_settings", 422
    text = "Nothing was changed: the settings would not work like this."

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


class SettingsMoved(UnsoundSettings):
    """What somebody wanted to change has been changed by somebody else since they looked."""

    code, status = "settings_moved", 409
    text = "Nothing was changed: somebody else has changed these settings meanwhile. Look at the preview again."


class BadMinutes(SettingFault):
    """Not a time in minutes, or one that is far off."""

    code = "bad_minutes"
    text = "“{given}” is no number of minutes from {low} to {high}. Usual is {usual}."


class BadShare(SettingFault):
    """Not a percentage between nothing and everything."""

    code = "bad_share"
    text = "“{given}” is no percentage above 0 and below 100. Usual is {usual}."


class BadCount(SettingFault):
    """Not a whole number, or one that is far off."""

    code = "bad_count"
    text = "“{given}” is no whole number from {low} to {high}. Usual is {usual}."


class BadFactor(SettingFault):
    """Not a number, or one that is far off."""

    code = "bad_factor"
    text = "“{given}” is no number from {low} to {high}. Usual is {usual}."


class BadChoice(SettingFault):
    """None of the possible words."""

    code = "bad_choice"
    text = "“{given}” is not one of the choices. Choose one of: {known}."


class VipFirstForOthers(SettingFault):
    """A counter can keep itself for VIPs only."""

    code = "vip_first_for_others"
    text = "A counter can put only VIPs first. Choose primary, backup or never for the others."


class NoSuchSetting(SettingFault):
    """A field that is none."""

    code = "no_such_setting"
    text = "There is no setting “{setting}”. “lobbyline settings show” lists them."


class PermissionForNoCounter(SettingFault):
    """Permissions or skills of a counter that does not exist."""

    code = "permission_for_no_counter"
    text = "There is no counter {counter} to give this to. Choose one of: {known}."


class GuessForNoService(SettingFault):
    """A service time of a service that does not exist."""

    code = "guess_for_no_service"
    text = "There is no service “{service}” to set this for. Choose one of: {known}."


class SkillForNoService(SettingFault):
    """A counter is to do what nobody comes for."""

    code = "skill_for_no_service"
    text = "There is no service “{skill}”, so no counter can do it. Choose from: {known}."


class CounterForNobody(SettingFault):
    """A counter that may serve no class at all."""

    code = "counter_for_nobody"
    text = "Counter {counter} may serve nobody like this. Let it serve at least one kind of customer."


class CounterWithoutService(SettingFault):
    """A counter that can do nothing."""

    code = "counter_without_service"
    text = "Counter {counter} can do no service like this. Tick at least one."


class ClassForNobody(SettingFault):
    """A class of customers that no counter may serve; the subclasses say which."""

    code = "class_for_nobody"


class NobodyForVips(ClassForNobody):
    """All counters refuse VIPs."""

    text = "No counter would serve VIPs. Let at least one counter serve them."


class NobodyForAppointments(ClassForNobody):
    """All counters refuse appointments."""

    text = "No counter would serve customers with an appointment. Let at least one counter serve them."


class NobodyForOrdinary(ClassForNobody):
    """All counters refuse ordinary customers."""

    text = "No counter would serve ordinary customers. Let at least one counter serve them."


class ServiceForNobody(SettingFault):
    """A service that no counter can do; the subclasses say for whom."""

    code = "service_for_nobody"
    text = "No counter can do “{service}”. Give it to at least one counter."


class ServiceForNoVip(ServiceForNobody):
    """A service that VIPs would wait for in vain."""

    text = "No counter that serves VIPs can do “{service}”. Give it to one that does, or let VIPs go to one that can."


class ServiceForNoAppointment(ServiceForNobody):
    """A service that appointments would wait for in vain."""

    text = (
        "No counter that serves appointments can do “{service}”. "
        "Give it to one that does, or let appointments go to one that can."
    )


class ServiceForNoOrdinary(ServiceForNobody):
    """A service that ordinary customers would wait for in vain."""

    text = (
        "No counter that serves ordinary customers can do “{service}”. "
        "Give it to one that does, or let them go to one that can."
    )


class SettingMoved(SettingFault):
    """Another value than the caller has seen."""

    code, status = "setting_moved", 409
    text = "Somebody else has changed this meanwhile. It is {now} now."
