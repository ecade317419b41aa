"""What is sifted out beforehand is never found: lines that drugs cover in many ways are judged as the independent judge does."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

from judge.judge import judge as opinion

from .claims import Claim, claim, line, run_of
from .test_judge_agrees import engine_says, judge_says

DRUGS = ("J0696", "J3370")
PER_DIEM = "S9494"
START = date(2024, 6, 3)


def covered(days: int, rng: random.Random, number: int) -> Claim:
    """A per diem of so many days and drug lines on most of them: spans that touch or overlap, single dates, now and then a gap."""
    first, lines, at = START + timedelta(days=number % 7), [], 0
    while at < days:
        length = rng.choice((1, 1, 2, 3, days - at))
        start, end = max(0, at - rng.choice((0, 0, 1))), min(at + length, days) - 1
        if rng.random() > 0.04:
            on = [(first + timedelta(days=day)).isoformat() for day in (start, end)]
            lines.append(line(rng.choice(DRUGS), 1, *on))
        at = end + 1
    whole = [(first + timedelta(days=day)).isoformat() for day in (0, days - 1)]
    rng.shuffle(lines)
    return claim(line(PER_DIEM, days, *whole), *lines[:45], id=f"C{number}", member=f"M{number}")


def test_days_covered_together_are_covered() -> None:
    """Lengths on both sides of the 62 days up to which several lines are taken together beforehand."""
    rng = random.Random(20)
    claims = [covered(days, rng, number) for number, days in enumerate([1, 2, 5, 7, 30, 31, 61, 62, 63, 64, 65, 90] * 12)]
    said = list(engine_says(run_of(claims)))
    wanted = [judge_says(answer) for _, answer in sorted(opinion(claims).items())]
    assert said == wanted
    per_diems = Counter(one[0] for claim_, one in zip(_first_lines(claims), said, strict=True) if claim_)
    assert per_diems["pay"] > 20
    assert len(per_diems) > 1, "some are covered, some are not"


def _first_lines(claims: list[Claim]) -> list[bool]:
    return [at == 0 for one in claims for at in range(len(one["lines"]))]


def crowded(rng: random.Random, number: int) -> Claim:
    """Per diems of one to three therapies over some months, some of which share days, with and without modifiers."""
    lines = []
    for code in rng.sample((PER_DIEM, "S9338", "S9330"), rng.choice((1, 1, 2, 3))):
        at = START + timedelta(days=rng.randrange(40))
        for _ in range(rng.choice((1, 2, 3))):
            days = rng.choice((1, 2, 7, 30, 31, 32, 40))
            end = at + timedelta(days=days - 1)
            mods = rng.choice(("", "", "", "", "SH", "SJ", "SH SJ"))
            lines.append(line(code, days, at.isoformat(), end.isoformat(), mods))
            lines.append(line("J0696", days, at.isoformat(), end.isoformat()))
            at += timedelta(days=rng.choice((0, days - 1, days, days, 31, 62)))
    rng.shuffle(lines)
    return claim(*lines, id=f"C{number}", member=f"M{number}")


def test_services_with_more_days_than_the_calendar() -> None:
    """Lines of one service that overlap, touch, or lie 31 days apart, which days as bits cannot tell from the same day."""
    rng = random.Random(31)
    claims = [crowded(rng, number) for number in range(250)]
    wanted = [judge_says(answer) for _, answer in sorted(opinion(claims).items())]
    assert list(engine_says(run_of(claims))) == wanted
    assert len({verdict for said in wanted for verdict in said[:1]}) > 1
