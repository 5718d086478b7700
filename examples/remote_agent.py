"""An agent behind HTTP, in a process of its own, that traces what it does.

It stands for your service, in whatever language: it continues the trace of the call, and exports its spans
over OTLP to where `OTEL_EXPORTER_OTLP_ENDPOINT` says.

    python remote_agent.py             # prints its address
    python remote_agent.py --careless  # says the same, and does not do it
    python remote_agent.py --no-flush  # exports in the background only
"""

import re
import socket
import sys

import fastapi
import uvicorn
from opentelemetry import baggage, propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("order_desk")
app = fastapi.FastAPI()


@app.post("/chat")
def chat(body: dict, request: fastapi.Request):
    caller = propagate.extract(request.headers)  # `traceparent` and `baggage`
    attributes = {"gen_ai.conversation.id": str(baggage.get_baggage("langwatch.thread.id", caller))}
    with tracer.start_as_current_span("POST /chat", caller, SpanKind.SERVER, attributes):
        text = answer(body["text"])
    if "--no-flush" not in sys.argv:
        provider.force_flush()  # the judge may be asked right after the answer
    return {"text": text}


def answer(text: str) -> str:
    number = re.search(r"\d{4}", text)
    if number is None:
        return "What is your order number, please?"
    if "--careless" not in sys.argv:
        cancel_order(number[0])
    return f"Your order {number[0]} is cancelled."


def cancel_order(order_id: str) -> None:
    with tracer.start_as_current_span("execute_tool cancel_order", attributes={"order_id": order_id}):
        pass  # here it would call the shop


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listening])
    provider.shutdown()
