"""Replays the results of model-dependent calls, so that a scenario can be run again without a model.

`@scenario.cache()` stores what a function returned under a key made of the run's `cache_key`, the function
and its arguments. It acts only inside a run that has a `cache_key`; elsewhere the function is just called.
"""

from __future__ import annotations

from scenario._cache.decorator import cache
from scenario._cache.scope import CacheScope, active_scope

__all__ = ["CacheScope", "active_scope", "cache"]
