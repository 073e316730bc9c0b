"""Every address of the API. A new one needs its line here; how it answers to whom is tried where the line says."""

# lists and pages that answer everyone, each with what that person may see (test_world.py, test_reading.py)
OPEN = {
    "api:states", "api:organisations", "api:vocabularies", "api:requests", "api:needs", "api:offers", "api:pledges",
    "api:contributions", "api:deliveries", "api:assessments", "api:sessions", "api:report-editions", "api:events",
    "api:exchange-rates", "api:documents", "api:schema", "api:docs",
}  # fmt: skip
# records: as the world says, row by row (test_world.py, test_reading.py, test_editions.py)
RECORDS = {
    "api:state", "api:organisation", "api:vocabulary", "api:request", "api:need", "api:offer", "api:pledge",
    "api:contribution", "api:delivery", "api:assessment", "api:session", "api:report-edition", "api:event",
    "api:exchange-rate", "api:document", "api:document-file",
}  # fmt: skip
# moves: as the matrix and the tables say, record by record (test_moves.py, test_editions.py)
MOVES = {
    f"api:{thing}.{move}"
    for thing, moves in {
        "request": (
            "send_for_approval", "return", "submit", "acknowledge", "decline", "ask_for_clarification", "answer",
            "circulate", "change_consent", "amend", "close", "withdraw", "reopen",
        ),
        "assessment": ("start", "send_for_approval", "return", "submit", "publish"),
        "offer": ("publish", "withdraw"),
        "pledge": (
            "draft", "offer", "accept", "decline", "withdraw", "agree", "start_delivery", "record_delivery", "complete",
            "acknowledge", "cancel", "redirect",
        ),
        "delivery": ("confirm", "dispute", "correct", "void"),
        "contribution": (
            "agree", "receive", "allocate", "charge_psc", "refund", "reverse", "close", "cancel",
        ),
        "report-edition": (
            "invite_inputs", "freeze", "send_to_clearance", "clear_sections", "return_section", "clear", "submit",
            "issue", "correct",
        ),
    }.items()
    for move in moves
}  # fmt: skip
NOTHING = {"api:nothing"}
