"""Finishes the structure of a tagged PDF: footnotes beside their calls, heads of tables, running heads.

WeasyPrint writes a footnote as an untyped part at the foot of its page, the heads of table columns
without their scope, the same identifiers again where a table goes on, and running heads as content that
belongs to no part. PDF/UA asks for Note elements with an identifier and for artifacts, and reads best when
a note follows its call.
"""

import io
import re
from collections.abc import Iterator
from functools import partial

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, String


def finish(pdf: bytes, *, language: str) -> bytes:
    """The same file with its structure finished; deterministic."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        root = document.Root.StructTreeRoot.K[0]
        _notes(root)
        _tables(root)
        _running_heads(document, root)
        document.Root.Lang = String(language)
        out = io.BytesIO()
        document.save(
            out,
            deterministic_id=True,
            compress_streams=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return out.getvalue()


def _children(element: Object) -> list[Object]:
    kids = element.get("/K")
    if kids is None:
        return []
    return [kid for kid in (list(kids) if isinstance(kids, Array) else [kids]) if _is_element(kid)]


def _is_element(kid: Object) -> bool:
    return isinstance(kid, Dictionary) and "/S" in kid


def _is(element: Object, name: Object) -> bool:
    return str(element.S) == str(name)


def _walk(element: Object) -> Iterator[Object]:
    stack = [element]
    while stack:
        found = stack.pop()
        yield found
        stack.extend(reversed(_children(found)))


def _notes(root: Object) -> None:
    areas = [kid for kid in _children(root) if _is_area(kid)]
    notes = [note for area in areas for note in _children(area)]
    calls = [element for element in _walk(root) if _is(element, Name.Link) and _leads_to_note(element)]
    if len(calls) != len(notes):
        raise ValueError(f"{len(notes)} footnotes and {len(calls)} calls in the structure")
    for number, (call, note) in enumerate(zip(calls, notes, strict=True), start=1):
        note.S = Name.Note
        note.ID = String(f"note-{number}")
        parent = call.P
        place = [kid.objgen if _is_element(kid) else None for kid in parent.K].index(call.objgen)
        parent.K.insert(place + 1, note)
        note.P = parent
    gone = {area.objgen for area in areas}
    root.K = Array([kid for kid in root.K if kid.objgen not in gone])


def _leads_to_note(link: Object) -> bool:
    for kid in link.K:
        if isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR:
            return str(kid.Obj.get("/Dest", "")).startswith("note-")
    return False


def _is_area(element: Object) -> bool:
    """The area of the footnotes of a page: an untyped child of the document, all of whose parts are spans."""
    kids = _children(element)
    return _is(element, Name.NonStruct) and bool(kids) and all(_is(kid, Name.Span) for kid in kids)


# A piece of content with its number on the page, as WeasyPrint opens it.
_OPENING = re.compile(rb"/\w+\s*<</MCID (\d+)>>\s*BDC")


def _running_heads(document: pikepdf.Pdf, root: Object) -> None:
    """Content that no part of the structure holds is an artifact."""
    held = {element.objgen for element in _walk(root)}
    entries = list(document.Root.StructTreeRoot.ParentTree.Nums)
    of_page = {int(key): value for key, value in zip(entries[::2], entries[1::2], strict=True)}
    for page in document.pages:
        parents = of_page[int(page.obj.StructParents)]
        loose = {place for place, parent in enumerate(parents) if parent.objgen not in held}
        if not loose:
            continue
        content = page.obj.Contents.read_bytes()
        page.obj.Contents.write(_OPENING.sub(partial(_opened, loose), content))
        for place in loose:
            parents[place] = None


def _opened(loose: set[int], found: re.Match[bytes]) -> bytes:
    if int(found[1]) in loose:
        return b"/Artifact <</Type/Pagination>> BDC"
    return found[0]


def _tables(root: Object) -> None:
    number = 0
    for element in _walk(root):
        if not _is(element, Name.Table):
            continue
        number += 1
        for cell in _walk(element):
            if _is(cell, Name.TH):
                in_head = _is(cell.P.P, Name.THead)
                cell.A.Scope = Name.Column if in_head else Name.Row
                cell.ID = String(f"{number}-{cell.ID}")
            elif _is(cell, Name.TD) and "/Headers" in cell.A:
                cell.A.Headers = Array([String(f"{number}-{head}") for head in cell.A.Headers])
