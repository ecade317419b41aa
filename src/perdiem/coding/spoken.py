"""Spoken: a dosage in free text held against the fields that say the same; where they differ it is asked, and nothing counted."""

from __future__ import annotations

from typing import Any

from perdiem.coding.amounts import in_unit
from perdiem.coding.courses import last_day
from perdiem.coding.drugs import drug_names, fold_drug
from perdiem.coding.sig import Sig, read_sig
from perdiem.model.order import Amount, Order, Schedule

_COMPARED = ("schedule", "dose", "rate", "days", "doses", "over", "route")


def against_words(order: Order, words: str) -> list[str]:
    """What is to be asked where the words of a dosage are not understood, or say something else than the order's fields."""
    sig = _understood(words, order.drug)
    if sig is None:
        return ["what the words of the dosage say beside its fields: they are not all understood"]
    found = []
    for name in _COMPARED:
        said, told = sig.fields.get(name), _days(order) if name == "days" else getattr(order, name)
        if said and told and not _same(said, told):
            found.append(f"which {name} is right: the words say {_shown(said)}, the fields say {_shown(told)}")
    return found


def _understood(words: str, drug: str) -> Sig | None:
    """The words read as a sig, with or without the drug before them; None where a word is left over."""
    names = {*drug_names(), fold_drug(drug)}
    alone, named = read_sig(f"x {words}", ("x",)), read_sig(words, names)
    if not alone.asks:
        return alone
    return named if not named.asks and fold_drug(named.fields["drug"]) in names else None


def _days(order: Order) -> int | None:
    last = last_day(order)
    return (last - order.first_day).days + 1 if last and order.first_day else order.days


def _same(said: Any, told: Any) -> bool:
    if isinstance(said, Schedule) and said.interval and told.interval:
        return bool(said.interval == told.interval)
    if isinstance(said, Amount):
        return bool(in_unit(said, told.unit) == told.value)
    return bool(said == told)


def _shown(value: Any) -> str:
    return value.said if isinstance(value, Schedule) else str(value)
