"""Pages of requests, needs and assessments. Every row comes from a selector for the actor.

`lists` and the desk; `requests`, one request and its moves; `drafts`, its `tasks`, its `needs` and its `answers`,
while it is written; `consent`, what a State agrees to afterwards; `assessments`.
"""
