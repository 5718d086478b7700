"""Export requests in OTLP's JSON form.

It is protobuf's JSON mapping, but for ids, which are hexadecimal: https://opentelemetry.io/docs/specs/otlp/
"""

from __future__ import annotations

import base64
import json
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_IDS = ("traceId", "spanId", "parentSpanId")


def request_of_json(body: bytes) -> ExportTraceServiceRequest:
    """Return the export request that JSON text holds; unknown fields are ignored.

    Raises:
        ValueError: it holds none.
    """
    try:
        content = json.loads(body)
        for resource_spans in _items(content, "resourceSpans"):
            for scope_spans in _items(resource_spans, "scopeSpans"):
                for span in _items(scope_spans, "spans"):
                    _translate_ids(span)
                    for link in _items(span, "links"):
                        _translate_ids(link)
        return json_format.ParseDict(content, ExportTraceServiceRequest(), ignore_unknown_fields=True)
    except (json_format.ParseError, AttributeError, TypeError, RecursionError) as error:
        raise ValueError(f"no OTLP trace request in JSON: {error}") from error


def _items(container: dict[str, Any], key: str) -> list[Any]:
    return container.get(key) or []


def _translate_ids(owner: dict[str, Any]) -> None:
    for name in _IDS:
        if owner.get(name):
            owner[name] = base64.b64encode(bytes.fromhex(owner[name])).decode()
