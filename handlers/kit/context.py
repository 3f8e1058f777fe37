"""What the engine hands to a handler, over the services of this office."""

from __future__ import annotations

from typing import TypeAlias

from handlers.kit.services import Services
from workflow.engine import engine
from workflow.model import context

Context: TypeAlias = context.Context[Services]
"""What a check or an action is given."""

EffectContext: TypeAlias = context.EffectContext[Services]
"""What an effect is given."""

CaseEngine: TypeAlias = engine.CaseEngine[Services]
"""The engine of this office."""
