"""Names of scopes, spans and attributes that this package writes or reads."""

from __future__ import annotations

SCOPE = "scenario"
TURN_SPAN = "Scenario Turn"

THREAD_ID = "langwatch.thread.id"
"""Attribute, and baggage entry, that ties a span to the conversation of a run."""

SPAN_TYPE = "langwatch.span.type"
ORIGIN = "langwatch.origin"
INPUT = "langwatch.input"
OUTPUT = "langwatch.output"
METADATA = "metadata"
EVALUATION_EVENT = "langwatch.evaluation.custom"

RUN_ID = "scenario.run_id"
ROLE = "scenario.role"
ROLLBACK_INDEX = "scenario.rollback_index"
ROLLBACK_REMOVED_COUNT = "scenario.rollback_removed_count"

# Generative AI semantic conventions of OpenTelemetry. The semconv package keeps them in a private module,
# which may move, so the names stand here.
OPERATION_NAME = "gen_ai.operation.name"
AGENT_NAME = "gen_ai.agent.name"
CONVERSATION_ID = "gen_ai.conversation.id"
EVALUATION_NAME = "gen_ai.evaluation.name"
EVALUATION_SCORE = "gen_ai.evaluation.score.value"
EVALUATION_LABEL = "gen_ai.evaluation.score.label"
EVALUATION_EXPLANATION = "gen_ai.evaluation.explanation"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"

# Each in order of preference: the current name, then older ones that instrumentations still write.
INPUT_TOKENS = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
OUTPUT_TOKENS = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
CACHED_INPUT_TOKENS = ("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens")
