"""The OpenAPI 3.1 document, worked out from the views themselves.

A view adds what cannot be worked out: `@extend_schema(operation_id, summary, description, tags,
examples)`. Examples are whole bodies as they go over the wire, envelope and all. What an answer
looks like follows from the action; an action of another kind says it with
`responses={200: many_of(ThingSerializer)}`, and `409: None` adds a problem.
"""

from emrapi.api.schema.components import Envelope, many_of, one_of, page_of, written_of
from emrapi.api.schema.operations import WireSchema, finish

__all__ = ["Envelope", "WireSchema", "finish", "many_of", "one_of", "page_of", "written_of"]
