"""JSON schemas within what llama.cpp turns into a grammar.

Its converter refuses some schemas (`true`, an unknown type, a reference that does not resolve), ignores parts
of others with a line on standard error, and on a few (a pattern with `{2,1}`) uses up all memory. So a schema
is rebuilt from the keywords that are safe. What is left out only makes the grammar wider; the model still
reads the whole schema in its instructions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

Schema: TypeAlias = dict[str, Any]

_MAX_ITEMS = 8
_TYPES = frozenset({"object", "array", "string", "integer", "number", "boolean", "null"})
_BOUNDS = (
    ("minimum", "maximum", 10**9),
    ("minLength", "maxLength", 1000),
    ("minItems", "maxItems", 1000),
)


def grammar_schema(schema: Any) -> Schema:
    """Return a schema that llama.cpp takes, and that admits everything that `schema` does but long arrays.

    References are written out; one that leads back into itself admits anything. An array without a bound gets
    one: small models otherwise repeat an item until their tokens run out.
    """
    return _rebuilt(schema, root=schema, open_refs=())


def _rebuilt(schema: Any, root: Any, open_refs: tuple[str, ...]) -> Schema:
    if not isinstance(schema, Mapping):
        return {}
    source: Mapping[str, Any] = {str(key): value for key, value in _items(schema)}
    reference = source.get("$ref")
    if isinstance(reference, str):
        if reference in open_refs:
            return {}
        return _rebuilt(_resolved(reference, root), root, (*open_refs, reference))

    def inner(part: Any) -> Schema:
        return _rebuilt(part, root, open_refs)

    if alternatives := _list(source.get("anyOf") or source.get("oneOf")):
        return {"anyOf": [inner(part) for part in alternatives]}
    if parts := _list(source.get("allOf")):
        rest = {key: value for key, value in source.items() if key != "allOf"}
        return _merged([inner(part) for part in (*parts, rest)])
    if values := _list(source.get("enum")):
        return {"enum": values}
    if "const" in source:
        return {"const": source["const"]}

    result: Schema = {}
    given = source.get("type")
    if types := [name for name in (_list(given) or [given]) if isinstance(name, str) and name in _TYPES]:
        result["type"] = types if len(types) > 1 else types[0]
    if isinstance(source.get("properties"), Mapping):
        result |= _properties(source, inner)
    elif isinstance(source.get("additionalProperties"), Mapping):
        result["additionalProperties"] = inner(source["additionalProperties"])
    if isinstance(source.get("items"), Mapping):
        result["items"] = inner(source["items"])
    if prefix := _list(source.get("prefixItems")):
        result["prefixItems"] = [inner(part) for part in prefix]
    result |= _bounds(source)
    if result.get("type") == "array":
        result.setdefault("maxItems", max(_MAX_ITEMS, result.get("minItems", 0)))
    return result


def _properties(source: Mapping[str, Any], inner: Any) -> Schema:
    properties = {str(name): inner(part) for name, part in _items(source["properties"]) if part is not False}
    required = [name for name in _list(source.get("required")) if name in properties]
    result: Schema = {"type": "object", "properties": properties, "required": required}
    if not properties:
        result["additionalProperties"] = False
    return result


def _bounds(source: Mapping[str, Any]) -> Schema:
    result: Schema = {}
    for low_name, high_name, limit in _BOUNDS:
        low, high = source.get(low_name), source.get(high_name)
        bounds = {
            name: value
            for name, value in ((low_name, low), (high_name, high))
            if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= limit
        }
        if len(bounds) < 2 or bounds[low_name] <= bounds[high_name]:
            result |= bounds
    return result


def _merged(parts: list[Schema]) -> Schema:
    result: Schema = {}
    for part in parts:
        for key, value in part.items():
            if key == "properties" and key in result:
                result[key] = result[key] | value
            elif key == "required" and key in result:
                result[key] = [*result[key], *(name for name in value if name not in result[key])]
            else:
                result[key] = value
    return result


def _resolved(reference: str, root: Any) -> Any:
    if not reference.startswith("#"):
        return {}
    node = root
    for part in reference[1:].split("/")[1:]:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping):
            return {}
        node = dict(_items(node)).get(name)
    return node


def _items(mapping: Any) -> list[tuple[Any, Any]]:
    # A Mapping of unknown types comes from outside: this is the one place that widens it to Any.
    return list(mapping.items())


def _list(value: Any) -> list[Any]:
    given: Any = value
    return [*given] if isinstance(value, list | tuple) else []
