"""A person at a browser without scripts: opens pages, fills in the form that is there, presses its button.

Every page that is shown counts as one load, however many redirects led to it.
"""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from portal.core.actor import Actor
from tests.site import client_of


class _Forms(HTMLParser):
    """The forms of a page: where each is sent, its fields as they stand, its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.links: list[tuple[str, str]] = []
        self._select: str = ""
        self._area: str = ""
        self._href: str = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        a = dict(attrs)
        if tag == "form":
            self.forms.append({"action": a.get("action", ""), "fields": {}, "names": set()})
        elif tag == "a" and "href" in a:
            self._href = a["href"]
            self.links.append((a["href"], ""))
        if not self.forms:
            return
        fields, names = self.forms[-1]["fields"], self.forms[-1]["names"]
        if tag == "input" and a.get("name"):
            names.add(a["name"])
            if a.get("type") in {"radio", "checkbox"}:
                if "checked" in a:
                    fields.setdefault(a["name"], []).append(a.get("value", "on"))
            elif a.get("type") != "submit":
                fields[a["name"]] = [a.get("value", "")]
        elif tag == "select":
            self._select = a["name"]
            names.add(a["name"])
        elif tag == "option" and self._select and "selected" in a:
            fields.setdefault(self._select, []).append(a.get("value", ""))
        elif tag == "textarea":
            self._area = a["name"]
            names.add(a["name"])
            fields[a["name"]] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1]["fields"][self._area][0] += data.lstrip("\n")
        elif self._href:
            href, text = self.links[-1]
            self.links[-1] = (href, f"{text} {data}".strip())


class Visitor:
    """Where a person is, what the page says, and how many pages were loaded so far."""

    def __init__(self, actor: Actor) -> None:
        self.client = client_of(actor)
        self.loads = 0
        self.address = ""
        self.status = 0
        self.text = ""

    def _arrive(self, answer: Any, address: str) -> "Visitor":
        while answer.status_code in {301, 302, 303}:
            address = answer["Location"]
            answer = self.client.get(address)
        self.loads += 1
        self.address, self.status = urlsplit(address).path, answer.status_code
        self.query = urlsplit(address).query
        self.text = answer.content.decode()
        self.page = _Forms()
        self.page.feed(self.text)
        return self

    def open(self, address: str) -> "Visitor":
        return self._arrive(self.client.get(address), address)

    def follow(self, words: str) -> "Visitor":
        """By the link of these words, which must be on the page."""
        found = [href for href, text in self.page.links if words in " ".join(text.split())]
        assert found, (words, self.page.links)
        return self.open(found[0])

    @property
    def form(self) -> dict[str, Any]:
        """The one form that the person came for."""
        forms = [form for form in self.page.forms if "key" in form["names"] or "key" in form["fields"]]
        assert forms, self.text
        return forms[0]

    def send(self, _button: str = "", **answers: Any) -> "Visitor":
        """Fills in the form and presses its button, or the one that is named."""
        form = self.form
        unknown = set(answers) - form["names"]
        assert not unknown, (unknown, form["names"])
        data = {**form["fields"], **answers}
        data |= {_button: "1"} if _button else {}
        here = f"{self.address}?{self.query}" if self.query else self.address
        address = form["action"] or here
        return self._arrive(self.client.post(address, data), address)
