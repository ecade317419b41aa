"""perdiem judges home-infusion claims, line by line and day by day, against the payer's own published policy.

The verbs are the command line's: ``read`` claims, ``check`` them, take the ``answers`` and the ``ledger``,
``explain`` one claim, ``verify`` a policy's citations, code an ``order``. Tables are pyarrow
tables (``perdiem.model.schema``).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from perdiem.coding.order import order
    from perdiem.formats.intake import read
    from perdiem.pipeline.answer import answers
    from perdiem.pipeline.check import check
    from perdiem.pipeline.explain import explain
    from perdiem.pipeline.ledger import ledger
    from perdiem.policy.verify import verify

_HOME = {
    "read": "perdiem.formats.intake",
    "check": "perdiem.pipeline.check",
    "answers": "perdiem.pipeline.answer",
    "ledger": "perdiem.pipeline.ledger",
    "explain": "perdiem.pipeline.explain",
    "verify": "perdiem.policy.verify",
    "order": "perdiem.coding.order",
}

__all__ = ["__version__", "answers", "check", "explain", "ledger", "order", "read", "verify"]


def __getattr__(name: str) -> Any:
    """Verbs are loaded when first used, so that importing perdiem stays light."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'perdiem' has no attribute {name!r}")
