"""What a person is asked: with each move of a request or an assessment, which the API asks the same; in a draft."""

from requests_app.forms.moves import ASSESSMENT_MOVES, REQUEST_MOVES

__all__ = ["ASSESSMENT_MOVES", "REQUEST_MOVES"]
