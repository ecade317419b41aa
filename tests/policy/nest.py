"""Drawn policies of a few rules: each rule a kind, its own fields, and the effect of each outcome."""

from __future__ import annotations

from pathlib import Path

from perdiem.policy.read import Policy, read_policy

EFFECT = {
    "deny": '{ effect = "deny", group = "CO", carc = "97", message = "no", fix = "none" }',
    "pend": '{ effect = "pend", message = "who knows", asks = "what it is" }',
    "pay": '{ effect = "pay", message = "yes" }',
    "warn": '{ effect = "warn", message = "look" }',
    "pend, then deny": '{ effect = "pend", message = "m", asks = "a", with_history = '
    '{ effect = "deny", group = "CO", carc = "97", message = "no", fix = "none" } }',
}

Drawn = tuple[str, str, dict[str, str]]


def rule(kind: str, fields: str, **outcomes: str) -> Drawn:
    """A rule's kind, its own fields as TOML, and the effect of each outcome."""
    return kind, fields, outcomes


def policy(folder: Path, *rules: Drawn, id: str = "birds", payer: str = "nest", effective: str = "2024-01-01") -> Policy:
    """A policy of these rules, ``first`` and ``second`` and so on, each citing a line of its own."""
    named = dict(zip(("first", "second", "third"), rules, strict=False))
    told = [
        f"""
[[rule]]
id = "{name}"
kind = "{kind}"
{fields}
says = "Ours."
cite = {{ section = "Birds", line = {number}, words = 2, fingerprint = "sha256:{"0" * 64}" }}
[rule.outcome]
"""
        + "\n".join(f"{outcome} = {EFFECT[effect]}" for outcome, effect in outcomes.items())
        for number, (name, (kind, fields, outcomes)) in enumerate(named.items(), 11)
    ]
    file = folder / payer / id / f"{effective}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f"""
[policy]
id = "{id}"
title = "Birds"
payer = "{payer}"
version = "1"
effective = {effective}
paid_by_day = []
[policy.source]
key = "900"
name = "The birds"
sha256 = "00"
read = 2024-01-01
[scope]
claims_with = ["@all"]
"""
        + "".join(told)
    )
    return read_policy(file)
