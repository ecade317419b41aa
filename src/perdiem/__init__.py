"""perdiem judges home-infusion claims, line by line and day by day, against the payer's own published policy.

The verbs are the command line's: ``read`` claims, ``check`` them, take the ``answers`` and the ``ledger``,
``explain`` one claim, ``price`` by a contract,
``verify`` a policy's citations, ``write`` claims as an 837P.
Tables are pyarrow tables (``perdiem.model.schema``).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from perdiem.formats.intake import read
    from perdiem.formats.write_837p import write
    from perdiem.pipeline.answer import answers
    from perdiem.pipeline.check import check
    from perdiem.pipeline.explain import explain
    from perdiem.pipeline.ledger import ledger
    from perdiem.pipeline.price import price
    from perdiem.policy.verify import verify

_HOME = {
    "read": "perdiem.formats.intake",
    "check": "perdiem.pipeline.check",
    "answers": "perdiem.pipeline.answer",
    "ledger": "perdiem.pipeline.ledger",
    "explain": "perdiem.pipeline.explain",
    "price": "perdiem.pipeline.price",
    "verify": "perdiem.policy.verify",
    "write": "perdiem.formats.write_837p",
}

__all__ = ["__version__", "answers", "check", "explain", "ledger", "price", "read", "verify", "write"]


def __getattr__(name: str) -> Any:
    """Verbs are loaded when first used, so that importing perdiem stays light."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'perdiem' has no attribute {name!r}")
