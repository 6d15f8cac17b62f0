"""Owns the words of reports: what columns, groups and causes are called, in English as the catalogue's key. Pure."""

from collections.abc import Mapping
from typing import Any

from db.words import Message, Names
from display.causes import Cause

Json = dict[str, Any]

GROUPS = {
    "day": Message("day", "Day"),
    "week": Message("week", "Week from"),
    "month": Message("month", "Month"),
    "hour": Message("hour", "Hour of arrival"),
    "service": Message("service", "Service"),
    "counter": Message("counter", "Counter"),
    "staff": Message("staff", "Staff member"),
    "class": Message("class", "Class"),
    "tier": Message("tier", "Tier"),
    "region": Message("region", "Region"),
    "store": Message("store", "Store"),
}
FIGURES = {
    "issued": Message("issued", "Customers"),
    "served": Message("served", "Served"),
    "expected": Message("expected", "Expected customers"),
    "wait_mean_s": Message("wait_mean_s", "Mean wait, s"),
    "wait_p50_s": Message("wait_p50_s", "Half waited at most, s"),
    "wait_p90_s": Message("wait_p90_s", "90 % waited at most, s"),
    "wait_p95_s": Message("wait_p95_s", "95 % waited at most, s"),
    "wait_max_s": Message("wait_max_s", "Longest wait, s"),
    "vip_kept": Message("vip_kept", "VIPs in time"),
    "vip_missed": Message("vip_missed", "VIPs late"),
    "vip_percent": Message("vip_percent", "VIPs in time, %"),
    "appointment_kept": Message("appointment_kept", "Appointments in time"),
    "appointment_missed": Message("appointment_missed", "Appointments late"),
    "appointment_percent": Message("appointment_percent", "Appointments in time, %"),
    "walk_mean_s": Message("walk_mean_s", "Mean walk, s"),
    "handling_mean_s": Message("handling_mean_s", "Mean service, s"),
    "abandoned": Message("abandoned", "Gave up"),
    "abandoned_percent": Message("abandoned_percent", "Gave up, %"),
    "abandoned_wait_s": Message("abandoned_wait_s", "Wait before giving up, s"),
    "no_show": Message("no_show", "No-shows"),
    "no_show_percent": Message("no_show_percent", "No-shows, %"),
    "expired": Message("expired", "Never called"),
    "open_s": Message("open_s", "Counters open, s"),
    "paused_s": Message("paused_s", "Counters paused, s"),
    "utilisation_percent": Message("utilisation_percent", "Utilisation, %"),
    "counters_open": Message("counters_open", "Counters there"),
    "counters_needed": Message("counters_needed", "Counters needed"),
    "overtakes_mean": Message("overtakes_mean", "Overtaken, mean"),
    "overtakes_max": Message("overtakes_max", "Overtaken, most"),
    "longest_run": Message("longest_run", "Longest run of overtakes"),
    "quotes": Message("quotes", "Waits told"),
    "quote_error_s": Message("quote_error_s", "Mean error of told waits, s"),
    "quote_bias_s": Message("quote_bias_s", "Told too long (+) or short (−), s"),
    "quote_covered_percent": Message("quote_covered_percent", "Inside the told range, %"),
    "ratings": Message("ratings", "Ratings"),
    "rating_mean": Message("rating_mean", "Mean rating, of 5"),
}
CLASSES = {
    "vip": Message("vip", "VIP"),
    "appointment": Message("appointment", "Appointment"),
    "ordinary": Message("ordinary", "Ordinary"),
}
CAUSES = {
    Cause.STEPPED_BACK: Message("stepped_back", "The customer let others pass"),
    Cause.NO_COUNTER: Message("no_counter", "No counter open that may serve"),
    Cause.CALLED_LATE: Message("called_late", "Called late though a counter was free"),
    Cause.RESERVED: Message("reserved", "The free counter was kept for VIPs"),
    Cause.OTHERS_FIRST: Message("others_first", "Customers without a promise were called first"),
    Cause.PAUSED: Message("paused", "A counter paused"),
    Cause.DEMAND: Message("demand", "More demand than counters"),
}
ATTAINMENT = {
    "month": GROUPS["month"],
    "class": GROUPS["class"],
    "tier": GROUPS["tier"],
    "came": Message("came", "Came"),
    "promised": Message("promised", "Promises due"),
    "kept": Message("kept", "Kept"),
    "missed": Message("missed", "Promise missed"),
    "kept_percent": Message("kept_percent", "Kept, %"),
    "on_target_percent": Message("on_target_percent", "Within the tier's own target, %"),
    "left_before": Message("left_before", "Left before it was due"),
    "wait_mean_s": FIGURES["wait_mean_s"],
    "wait_max_s": FIGURES["wait_max_s"],
}
MISSES = {
    "day": GROUPS["day"],
    "number": Message("number", "Ticket"),
    "class": GROUPS["class"],
    "tier": GROUPS["tier"],
    "service": GROUPS["service"],
    "since": Message("since", "Waiting since"),
    "waited_s": Message("waited_s", "Waited, s"),
    "limit_s": Message("limit_s", "Promised, s"),
    "counter": GROUPS["counter"],
    "cause": Message("cause", "Cause"),
}
BOOKINGS = {
    "month": GROUPS["month"],
    "booked": Message("booked", "Booked"),
    "completed": Message("completed", "Kept by the customer"),
    "no_show": Message("no_show", "Did not come"),
    "cancelled": Message("cancelled", "Cancelled"),
}
SHEETS = {
    "months": Message("months", "By month"),
    "misses": Message("misses", "Misses"),
    "bookings": Message("bookings", "Bookings"),
    "total": Message("total", "All together"),
    "figures": Message("figures", "Figures"),
}


def both(names: Mapping[str, Names]) -> Json:
    """Names by code, in both languages."""
    return {code: {"zh": name.zh, "en": name.en} for code, name in names.items()}
