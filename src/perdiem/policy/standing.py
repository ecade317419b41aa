"""Standing: what is loaded of each payer that the sources speak of - a policy, an excerpt of one, or none.

"none" is an answer: claims of such a payer stay unedited, and nothing is guessed from what others do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from perdiem.policy.payers import Brand, Payer
from perdiem.policy.read import Policy

State = Literal["loaded", "excerpt", "none"]


@dataclass(frozen=True)
class PayerStanding:
    """One payer and the versions of policies that are loaded for it."""

    payer: Payer
    policies: tuple[Policy, ...]

    @property
    def state(self) -> State:
        """``loaded`` where a whole policy is, ``excerpt`` where only parts of one are known."""
        return "none" if not self.policies else "excerpt" if all(p.excerpt for p in self.policies) else "loaded"


@dataclass(frozen=True)
class BrandStanding:
    """One payer as sources speak of it, and the standing of each of its licensees or contractors."""

    brand: Brand
    payers: tuple[PayerStanding, ...]

    @property
    def state(self) -> str:
        """The standing in words: of one payer its state, of several how many have which."""
        states = [payer.state for payer in self.payers]
        if len(set(states)) == 1:
            return states[0]
        counts = {state: states.count(state) for state in ("loaded", "excerpt", "none")}
        return ", ".join(f"{n} {state}" for state, n in counts.items() if n) or "none"


def standings(brands: Sequence[Brand], policies: Sequence[Policy]) -> Iterator[BrandStanding]:
    """What is loaded of every brand's payers, in the order of the brands."""
    for brand in brands:
        yield BrandStanding(
            brand, tuple(PayerStanding(payer, tuple(p for p in policies if p.payer == payer.id)) for payer in brand.payers)
        )
