"""Looking for one claim of a criterion in the evidence, by the kind of its verb."""

from __future__ import annotations
