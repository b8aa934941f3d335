"""The HTTP kit, on which every resource of the API is built; it knows none of them.

A resource is a wire table (`wire`), a queryset, and a view made of mixins (`envelopes`) on
`ApiView` (`views`). Strictness is in `parsing`, `fields` and `queries`; what goes wrong, in
`problems` (its shape) and `errors` (what becomes what); the API document, in `schema` and `docs`.
"""
