"""What can be seen or done: one name for each right."""

from enum import StrEnum


class A(StrEnum):
    REQUEST_VIEW = "request.view"
    REQUEST_DRAFT = "request.draft"
    REQUEST_SEND = "request.send_for_approval"
    REQUEST_SIGN = "request.sign"
    REQUEST_ANSWER = "request.answer"
    REQUEST_HANDLE = "request.handle"
    REQUEST_LAPSE = "request.lapse"

    OFFER_VIEW = "offer.view"
    OFFER_DRAFT = "offer.draft"
    OFFER_COMMIT = "offer.commit"
    OFFER_TAKE_UP = "offer.take_up"
    OFFER_EXPIRE = "offer.expire"

    PLEDGE_VIEW = "pledge.view"
    PLEDGE_DONOR = "pledge.donor"  # who gives, also where the donor is not named to others
    PLEDGE_NAME = "pledge.name"  # that a donor supports a need, and nothing else of the pledge
    PLEDGE_ANNOUNCE = "pledge.announce"
    PLEDGE_DRAFT = "pledge.draft"
    PLEDGE_COMMIT = "pledge.commit"
    PLEDGE_ANSWER = "pledge.answer"
    PLEDGE_AGREE = "pledge.agree"
    PLEDGE_DELIVER = "pledge.deliver"
    PLEDGE_DILIGENCE = "pledge.diligence"  # the result of the human-rights due diligence
    PLEDGE_RESUME = "pledge.resume"
    PLEDGE_CANCEL = "pledge.cancel"
    PLEDGE_LAPSE = "pledge.lapse"

    DELIVERY_VIEW = "delivery.view"
    DELIVERY_RECORD = "delivery.record"
    DELIVERY_ANSWER = "delivery.answer"

    CONTRIBUTION_VIEW = "contribution.view"
    ALLOCATION_VIEW = "allocation.view"  # of a request: what was allocated to its needs
    CONTRIBUTION_HANDLE = "contribution.handle"

    ASSESSMENT_VIEW = "assessment.view"
    ASSESSMENT_DRAFT = "assessment.draft"
    ASSESSMENT_SIGN = "assessment.sign"

    DOCUMENT_VIEW = "document.view"
    DOCUMENT_ATTACH = "document.attach"
    DOCUMENT_SCAN = "document.scan"  # what the virus scanner says

    EDITION_VIEW = "edition.view"
    EDITION_HANDLE = "edition.handle"
    EDITION_CLEAR = "edition.clear"
    EDITION_WORK = "edition.work"  # drafts of the report: every making of it, findings, decisions
    INPUT_VIEW = "input.view"
    INPUT_ASK = "input.ask"
    INPUT_ANSWER = "input.answer"
    FIGURES_COMPLETE = "edition.figures_complete"

    PEOPLE_VIEW = "people.view"  # members of an organisation and invitations to it
    PEOPLE_INVITE = "people.invite"
    PEOPLE_CHANGE = "people.change"  # their roles
    PEOPLE_END = "people.end"
    PEOPLE_VERIFY = "people.verify"  # on a note verbale: who is the first, who replaces a coordinator
