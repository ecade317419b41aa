"""Rules at war: small drawn policies in which two rules contradict each other, and ones a step away in which none does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nest import Drawn, policy, rule

from perdiem.codes.book import open_book
from perdiem.edits import KINDS
from perdiem.policy.read import Policy, read_policies
from perdiem.policy.verify import verify_policy
from perdiem.policy.war import wars


def told(*policies: Policy) -> list[tuple[str, str, str]]:
    return [(war.rule.rule.id, war.other.rule.id, war.what) for war in wars(policies, open_book())]


KIT, DAY, OTHER_DAY, PUMP, DRUG = "A4221", "S9500", "S9501", "E0781", "J0696"


def listed(effect: str, codes: str = f'"{KIT}"', more: str = "") -> Drawn:
    return rule("listed", f"on = [{codes}]\n{more}", listed=effect)


def included(effect: str, within: str = f'"{DAY}"', more: str = "", on: str = KIT, **outcomes: str) -> Drawn:
    return rule("included", f'on = ["{on}"]\nwithin = [{within}]\n{more}', with_service=effect, **outcomes)


def exclusive(effect: str, first: str, other: str) -> Drawn:
    return rule(
        "mutually_exclusive",
        f'on = ["{first}"]\nother = [{other}]\npairs = [{{ first = ["{first}"], other = [{other}] }}]',
        together=effect,
    )


def companion(effect: str, beside: str, on: str = KIT, **outcomes: str) -> Drawn:
    return rule("companion", f'on = ["{on}"]\nbeside = [{beside}]\npairs = "each"', none_on_claim=effect, **outcomes)


def purpose(own: str, another: str, **outcomes: str) -> Drawn:
    return rule("purpose", f'on = ["{KIT}"]\nown = ["{own}"]\nanother = ["{another}"]', **outcomes)


def places(allowed: str, more: str = "", **outcomes: str) -> Drawn:
    return rule("allowed_values", f'on = ["{KIT}"]\nfield = "place"\nvalues = {{ allowed = [{allowed}]{more} }}', **outcomes)


def concurrent(second: str, third: str) -> Drawn:
    fields = f'on = ["{DAY}"]\npartner = ["{DAY}", "{OTHER_DAY}"]\nsecond = "{second}"\nthird = "{third}"'
    return rule("concurrent", fields, unmodified="deny")


def only_beside(effect: str, among: str = "") -> Drawn:
    return rule("only_beside", f'on = ["{KIT}"]\nonly = ["{DRUG}"]\namong = [{among}]', nothing_else=effect)


AT_WAR = {
    "listed, paid and denied": (listed("deny"), listed("pay")),
    "listed, paid and asked": (listed("pend"), listed("pay")),
    "listed, denied and asked": (listed("deny"), listed("pend")),
    "listed by a range and by its end": (listed("deny", '"A4220..A4221"'), listed("pay", '"A4221..A4222"')),
    "one with, one without a modifier": (
        rule("listed", f'on = {{ codes = ["{KIT}"], with_modifier = ["RR", "NU"] }}', listed="deny"),
        rule("listed", f'on = {{ codes = ["{KIT}"], without_modifier = ["RR"] }}', listed="pay"),
    ),
    "products told by NDC alone": (
        rule("listed", 'on = { component = ["freamine"] }', listed="deny"),
        rule("listed", 'on = { component = ["freamine", "lipids"] }', listed="pay"),
    ),
    "a code that nobody knows": (
        rule("code_life", 'on = ["@all"]', unknown="deny"),
        rule("code_life", 'on = ["@unknown"]', unknown="pend"),
    ),
    "listed as paid, and included": (listed("pay"), included("deny")),
    "listed as denied, and paid for its own": (listed("deny"), purpose(DAY, OTHER_DAY, own_alone="pay")),
    "listed as paid, and nothing without a service": (listed("pay"), included("warn", without="deny")),
    "listed as paid, and denied beside a drug alone": (listed("pay"), only_beside("deny")),
    "a place allowed and refused": (places('"12"', elsewhere="deny"), places('"13"', ', refused = ["12"]', refused="deny")),
    "no place for both": (places('"12"', elsewhere="deny"), places('"13", "14"', elsewhere="pend")),
    "other places denied and asked": (places('"12"', elsewhere="deny"), places('"12"', elsewhere="pend")),
    "a place asked about that is always denied": (
        places('"12"', elsewhere="deny"),
        places('"12"', ', unclear = ["13", "14"]', unclear="pend"),
    ),
    "a missing place": (places('"12"', missing="deny"), places('"12"', missing="pend")),
    "units": (rule("unit_count", f'on = ["{DAY}"]', beyond_days="deny"), rule("unit_count", 'on = ["@all"]', beyond_days="pend")),
    "duplicates": (
        rule("duplicate", f'on = ["{KIT}"]\nmatch = "whole"\nearlier = ["{KIT}"]', again="deny"),
        rule("duplicate", f'on = ["{KIT}"]\nmatch = "whole"', again="pend"),
    ),
    "included and separate beside one service": (included("deny"), included("pay", f'"{DAY}", "{OTHER_DAY}"')),
    "included and asked about": (included("deny", f'"{DAY}", "{OTHER_DAY}"'), included("pend")),
    "included in what it is separate from": (included("deny"), purpose(DAY, OTHER_DAY, own_alone="pay")),
    "another's for one, its own for the other": (
        purpose(DAY, OTHER_DAY, own_alone="pay", another_alone="deny"),
        purpose(OTHER_DAY, DAY, own_alone="pay", another_alone="deny"),
    ),
    "not with it, and payable with it": (exclusive("deny", KIT, f'"{DAY}"'), included("pay")),
    "asked about once history is known": (included("pend, then deny"), included("pay")),
    "companions of one question": (companion("deny", f'"{PUMP}"'), companion("pend", f'"{PUMP}"')),
    "asks for what includes it": (companion("deny", f'"{DAY}"'), included("deny", f'"{DAY}", "{OTHER_DAY}"')),
    "asks for what excludes it": (companion("deny", f'"{DAY}"'), exclusive("deny", KIT, f'"{DAY}"')),
    "asks for what it excludes": (companion("deny", f'"{DAY}"'), exclusive("deny", DAY, f'"{KIT}"')),
    "asks for what is never enough": (companion("deny", f'"{DRUG}"'), only_beside("deny")),
    "each excludes the other": (exclusive("deny", DAY, f'"{OTHER_DAY}"'), exclusive("deny", OTHER_DAY, f'"{DAY}"')),
    "each is part of the other": (included("deny", f'"{PUMP}"'), included("deny", f'"{KIT}"', on=PUMP)),
    "two orders of modifiers": (concurrent("SH", "SJ"), concurrent("SJ", "SH")),
}

AT_PEACE = {
    "denied twice": (listed("deny"), listed("deny")),
    "advised": (listed("deny"), listed("warn")),
    "other codes": (listed("deny"), listed("pay", f'"{PUMP}"')),
    "modifiers that part them": (
        rule("listed", f'on = {{ codes = ["{KIT}"], with_modifier = ["RR"] }}', listed="deny"),
        rule("listed", f'on = {{ codes = ["{KIT}"], without_modifier = ["RR"] }}', listed="pay"),
    ),
    "ways into scope that part them": (
        rule("listed", f'on = {{ codes = ["{KIT}"], scope_by = "code" }}', listed="deny"),
        rule("listed", f'on = {{ codes = ["{KIT}"], scope_by = "taxonomy" }}', listed="pend"),
    ),
    "products that part them": (
        rule("listed", 'on = { component = ["lipids"] }', listed="deny"),
        rule("listed", 'on = { component = ["dextrose"] }', listed="pay"),
    ),
    "days that part them": (listed("deny", more="until = 2024-06-30"), listed("pay", more="since = 2024-07-01")),
    "a code that ended before": (listed("deny", '"J0610"'), listed("pay", '"J0610"')),
    "facts of their own": (places('"12"', elsewhere="deny"), companion("pend", f'"{PUMP}"')),
    "listed as denied, and asked about beside a service": (listed("deny"), included("pend")),
    "listed as paid, and to be billed at home": (listed("pay"), places('"12"', elsewhere="deny")),
    "a stricter place beside a wider": (places('"12"', elsewhere="deny"), places('"12", "13"', elsewhere="deny")),
    "other fields": (
        places('"12"', elsewhere="deny"),
        rule("allowed_values", f'on = ["{KIT}"]\nfield = "unit_basis"\nvalues = {{ allowed = ["UN"] }}', elsewhere="deny"),
    ),
    "a narrower denial answers part of a question": (included("deny"), included("pend", f'"{DAY}", "{OTHER_DAY}"')),
    "companions of two questions": (companion("deny", f'"{PUMP}"'), companion("pend", f'"{DRUG}"')),
    "another companion would do": (companion("deny", f'"{DAY}", "{PUMP}"'), included("deny")),
    "asked about where it is asked for": (companion("pend", f'"{DAY}"'), included("deny")),
    "its companion is part of it": (companion("deny", f'"{KIT}"', on=DAY), included("deny")),
    "something else would help": (companion("deny", f'"{DRUG}"'), only_beside("deny", f'"{DAY}"')),
    "excluded one way, twice": (exclusive("deny", DAY, f'"{OTHER_DAY}"'), exclusive("deny", DAY, f'"{OTHER_DAY}"')),
    "two sets of modifiers": (concurrent("SH", "SJ"), concurrent("SH", "SJ")),
    "whole and day": (
        rule("duplicate", f'on = ["{KIT}"]\nmatch = "whole"', again="deny"),
        rule("duplicate", f'on = ["{KIT}"]\nmatch = "day"', again="pend"),
    ),
}


@pytest.mark.parametrize("story", AT_WAR)
def test_war_is_told_with_both_citations(tmp_path: Path, story: str) -> None:
    for rules in (AT_WAR[story], AT_WAR[story][::-1]):
        [(rule_id, other, what)] = told(policy(tmp_path, *rules))
        assert (rule_id, other) == ("second", "first")
        assert "first (900, Birds, line 11)" in what
        assert "second (900, Birds, line 12)" in what


@pytest.mark.parametrize("story", AT_PEACE)
def test_peace_a_step_away(tmp_path: Path, story: str) -> None:
    for rules in (AT_PEACE[story], AT_PEACE[story][::-1]):
        assert told(policy(tmp_path, *rules)) == []


@pytest.mark.parametrize("story", AT_WAR)
def test_who_yields_makes_peace(tmp_path: Path, story: str) -> None:
    """``unless`` on either rule settles what two rules say of one line, but not what they say of two lines."""
    (kind, fields, outcomes), other = AT_WAR[story]
    for order in (1, -1):
        yields = (kind, f'{fields}\nunless = ["{"second" if order == 1 else "first"}"]', outcomes)
        found = told(policy(tmp_path, *(yields, other)[::order]))
        assert bool(found) == (story in ("asks for what it excludes", "each excludes the other", "each is part of the other"))


def test_the_words(tmp_path: Path) -> None:
    """What an author reads: the code, the situation, who answers what and where, and how many more there are."""

    def words(story: str) -> str:
        return told(policy(tmp_path, *AT_WAR[story]))[0][2]

    one, two = "first (900, Birds, line 11)", "second (900, Birds, line 12)"
    assert words("listed, paid and denied") == f"A4221 is denied by {one} and payable by {two}"
    assert words("included and separate beside one service") == f"A4221 beside S9500 is denied by {one} and payable by {two}"
    assert words("a place allowed and refused") == f"A4221 with place 12 is allowed by {one} and denied by {two}"
    assert words("products told by NDC alone").startswith("a product of freamine is denied")
    assert words("a code that nobody knows").startswith("a code that nobody knows is denied")
    assert words("asked about once history is known").endswith(f"payable by {two}")
    several = told(policy(tmp_path, listed("deny", '"A4220..A4222"'), listed("pay", '"A4221..A4223"')))
    assert several[0][2].endswith("(and 1 more like it)")


def test_two_policies_of_one_payer(tmp_path: Path) -> None:
    """They are held against each other while both are in force; two versions of one policy never are."""
    one = policy(tmp_path, listed("deny"))
    other = policy(tmp_path, listed("pay"), id="boats", effective="2024-03-01")
    book = open_book()
    assert [what for *_, what in told(one, other)] == [
        "A4221 is denied by first (900, Birds, line 11) and payable by first (900, Birds, line 11)"
    ]
    for mine, theirs in ((one, "boats#first@2024-03-01"), (other, "birds#first@2024-01-01")):
        faults = verify_policy(mine, None, book, [one, other]).faults
        [fault] = [fault for fault in faults if "at war" in fault.what]
        assert (fault.rule, fault.error) == ("first", True)
        assert fault.what.startswith(f"is at war with {theirs}: A4221")
        assert fault.what.endswith("; part their codes or days")
    assert told(one, policy(tmp_path, listed("pay"), id="boats", payer="river")) == []
    later = policy(tmp_path, listed("pay"), effective="2024-03-01")
    assert told(one, later) == []
    assert told(one, later, policy(tmp_path, listed("deny"), id="boats", effective="2024-05-01")) != []


def test_ways_into_scope_part_no_two_policies(tmp_path: Path) -> None:
    """One claim may come into the scope of one policy by its code and of another by its taxonomy."""
    by_code, by_taxonomy = AT_PEACE["ways into scope that part them"]
    assert told(policy(tmp_path, by_code), policy(tmp_path, by_taxonomy, id="boats")) != []


def test_verify_makes_it_a_fault(tmp_path: Path) -> None:
    drawn = policy(tmp_path, *AT_WAR["asks for what includes it"])
    verified = verify_policy(drawn, None, open_book())
    [fault] = [fault for fault in verified.faults if "at war" in fault.what]
    assert (fault.rule, fault.error) == ("second", True)
    assert fault.what == (
        "is at war with first: A4221 is denied without S9500 by first (900, Birds, line 11), and both are not paid together by "
        "second (900, Birds, line 12); say which yields with unless, or part their codes, modifiers or days"
    )
    assert verified.word == "faulty"


def test_the_library_is_at_peace() -> None:
    assert told(*read_policies()) == []


def test_every_kind_can_be_held_against_itself(tmp_path: Path) -> None:
    """A kind that nobody taught anything still sees that the same rule twice has two answers."""
    kinds: dict[str, Any] = {kind: of for kind, of in KINDS.items() if kind not in ("allowed_values", "duplicate")}
    needs = {
        "weekly_units": "delivered = 4",
        "max_units": 'releases = ["mue"]',
        "procedure_pair": 'releases = ["ptp"]',
        "identifier": 'field = "billing_npi"',
        "documents": 'document = "order"',
        "concurrent": 'second = "SH"\nthird = "SJ"',
        "mutually_exclusive": f'pairs = [{{ first = ["{KIT}"], other = ["{DAY}"] }}]',
    }
    for kind, of in kinds.items():
        fields = f'on = ["{KIT}"]\n' + needs.get(kind, "")
        for name in ("beside", "within", "only", "among", "own", "another", "other", "partner"):
            if name in of.__dataclass_fields__ and of.__dataclass_fields__[name].metadata.get("as") == "lines":
                code = DRUG if name in ("another", "among") else DAY
                fields += f'\n{name} = ["{code}"]'
        outcome = next(end for end in of.ends if end != "allowed")
        drawn = [rule(kind, fields, **{outcome: effect}) for effect in ("deny", "pend")]
        assert [pair[:2] for pair in told(policy(tmp_path, *drawn))] == [("second", "first")], kind
