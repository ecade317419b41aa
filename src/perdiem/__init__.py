"""perdiem judges home-infusion claims, line by line and day by day, against the payer's own published policy.

The verbs are the command line's: ``read`` claims, ``check`` them, take the ``answers`` and the ``ledger``,
``explain`` one claim, list its papers in a ``checklist``, ``verify`` a policy's citations, tell the ``conflicts`` of sources,
write the ``brief`` of a code or ``publish`` all of them,
``benchmark`` many claims together, code an ``order``, ``price`` claims by a contract, ``write`` them as an 837P.
Tables are pyarrow tables (``perdiem.model.schema``).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from perdiem.codes.register import conflicts
    from perdiem.coding.order import order
    from perdiem.formats.intake import read
    from perdiem.formats.write_837p import write
    from perdiem.guide.brief import brief
    from perdiem.guide.checklist import checklist
    from perdiem.guide.publication import publish
    from perdiem.guide.utilisation import benchmark
    from perdiem.pipeline.answer import answers
    from perdiem.pipeline.check import check
    from perdiem.pipeline.explain import explain
    from perdiem.pipeline.ledger import ledger
    from perdiem.pipeline.price import price
    from perdiem.policy.verify import verify

_HOME = {
    "brief": "perdiem.guide.brief",
    "checklist": "perdiem.guide.checklist",
    "conflicts": "perdiem.codes.register",
    "publish": "perdiem.guide.publication",
    "read": "perdiem.formats.intake",
    "check": "perdiem.pipeline.check",
    "answers": "perdiem.pipeline.answer",
    "ledger": "perdiem.pipeline.ledger",
    "explain": "perdiem.pipeline.explain",
    "price": "perdiem.pipeline.price",
    "verify": "perdiem.policy.verify",
    "write": "perdiem.formats.write_837p",
    "order": "perdiem.coding.order",
    "benchmark": "perdiem.guide.utilisation",
}

__all__ = [
    "__version__",
    "answers",
    "benchmark",
    "brief",
    "check",
    "checklist",
    "conflicts",
    "explain",
    "ledger",
    "order",
    "price",
    "publish",
    "read",
    "verify",
    "write",
]


def __getattr__(name: str) -> Any:
    """Verbs are loaded when first used, so that importing perdiem stays light."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'perdiem' has no attribute {name!r}")
