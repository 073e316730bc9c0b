"""Files as people attach them, and files as they never should come: each made here, none copied from anywhere."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pikepdf
from PIL import Image

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CONTENT_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
MAIN_RELATION = RELATIONS.format(
    f'<Relationship Id="r1" Type="{R}/officeDocument" Target="word/document.xml"/>'
)
BODY = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>{{}}</w:t></w:r></w:p></w:body></w:document>'
ODT = "application/vnd.oasis.opendocument.text"
MANIFEST = """<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">{more}</manifest:file-entry>
</manifest:manifest>"""
OFFICE = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
SCRIPT = 'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
CONTENT = f"<office:document-content {OFFICE} {SCRIPT}>{{}}</office:document-content>"


def zipped(parts: dict[str, str | bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, how)
    return out.getvalue()


def docx(text: str = "Letter", **parts: str | bytes) -> bytes:
    """A document of Word's; `parts` are named with `__` for a slash and stand beside or instead of its own."""
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": MAIN_RELATION,
        "word/document.xml": BODY.format(text),
    }
    return zipped(whole | parts)


def docx_with(parts: dict[str, str | bytes], *, types: str = CONTENT_TYPES, body: str = "") -> bytes:
    whole = {
        "[Content_Types].xml": types,
        "_rels/.rels": MAIN_RELATION,
        "word/document.xml": body or BODY.format("Letter"),
    }
    return zipped(whole | parts)


def xlsx(rows: int = 20) -> bytes:
    book = openpyxl.Workbook()
    for n in range(rows):
        book.active.append([n, f"Item {n}", n * 1.5])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def odf(media: str = ODT, *, content: str = "", more: str = "", **parts: str | bytes) -> bytes:
    whole: dict[str, str | bytes] = {
        "mimetype": media,
        "content.xml": CONTENT.format(content),
        "META-INF/manifest.xml": MANIFEST.format(media=media, more=more),
    }
    return zipped(
        whole | {name.replace("__", "/"): part for name, part in parts.items()}, stored=("mimetype",)
    )


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, *, pages: int = 1, **saved: object) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 200))
    if change is not None:
        change(document)
    out = io.BytesIO()
    document.save(out, **saved)
    return out.getvalue()


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **saved)
    return out.getvalue()


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of few bytes that says it is very large."""

    def part(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = part(b"IHDR", struct.pack(">2I5B", width, height, 1, 0, 0, 0, 0))
    lines = zlib.compress(b"\0" * 4000)
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", lines) + part(b"IEND", b"")


GOOD: dict[str, Callable[[], bytes]] = {
    "letter.pdf": pdf,
    "letter.docx": docx,
    "prices.xlsx": xlsx,
    "plan.odt": odf,
    "prices.ods": lambda: odf("application/vnd.oasis.opendocument.spreadsheet"),
    "site.jpg": picture,
    "site.jpeg": picture,
    "site.png": lambda: picture("PNG"),
}


def _acting(key: str, value: dict[str, object]) -> Callable[[], bytes]:
    def change(document: pikepdf.Pdf) -> None:
        document.Root[key] = document.make_indirect(pikepdf.Dictionary(value))

    return lambda: pdf(change)


def _named_script(document: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    names = pikepdf.Array([pikepdf.String("x"), script])
    document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=names))


def _carrying(document: pikepdf.Pdf) -> None:
    document.attachments["setup.exe"] = pikepdf.AttachedFileSpec(document, b"MZ" + b"\0" * 100)


def _hidden_script(document: pikepdf.Pdf) -> None:
    """In a compressed object, behind arrays, with its name written in another way."""
    inner = pikepdf.Dictionary({"/S": pikepdf.Name("/JavaScript"), "/JS": pikepdf.String("x")})
    document.pages[0].obj.Annots = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name.Annot, A=pikepdf.Dictionary(Next=pikepdf.Array([inner])))]
    )


def overlapping() -> bytes:
    """Two entries of one content: a bomb that unpacks the same bytes again and again."""
    out = bytearray(docx_with({"word/a.bin": b"0" * 50_000, "word/b.bin": b"1" * 50_000}))
    names = [b"word/a.bin", b"word/b.bin"]
    places = [out.find(b"PK\x01\x02", out.find(name, out.find(b"PK\x01\x02"))) for name in names]
    assert all(places)
    archive = zipfile.ZipFile(io.BytesIO(bytes(out)))
    first = archive.getinfo("word/a.bin").header_offset
    where = out.rfind(b"word/b.bin") - 46  # of its entry in the list of parts
    out[where + 42 : where + 46] = struct.pack("<I", first)
    return bytes(out)


def encrypted_zip() -> bytes:
    """As an archive with a password marks its parts."""
    out = bytearray(docx())
    where = 0
    while (where := out.find(b"PK\x01\x02", where)) >= 0:
        out[where + 8] |= 1
        where += 4
    return bytes(out)


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    f'<w:document xmlns:w="{W}"><w:body>&c;</w:body></w:document>'
)
OUTSIDE = RELATIONS.format(
    f'<Relationship Id="r1" Type="{R}/attachedTemplate" Target="https://example.org/x.dotm" TargetMode="External"/>'
)
LINK = RELATIONS.format(
    f'<Relationship Id="r1" Type="{R}/hyperlink" Target="https://example.org/" TargetMode="External"/>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DDE = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:instrText>DDEAUTO c:\\x "y"</w:instrText></w:r></w:p></w:body></w:document>'

# name, what is in it, the code of the refusal
BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("letter.pdf", lambda: b"", "empty"),
    "text": ("letter.pdf", lambda: b"Dear Sir", "unknown"),
    "program": ("letter.pdf", lambda: b"MZ" + b"\0" * 500, "unknown"),
    "page": ("letter.pdf", lambda: b"<html><script>alert(1)</script>", "unknown"),
    "svg": ("site.png", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "unknown"),
    "old-word": ("letter.docx", lambda: OLE + b"\0" * 2000, "unknown"),
    "plain-zip": ("letter.docx", lambda: zipped({"a.txt": "x"}), "unknown"),
    "pdf-named-docx": ("letter.docx", pdf, "name"),
    "docx-named-xlsx": ("prices.xlsx", docx, "name"),
    "odt-named-docx": ("letter.docx", odf, "name"),
    "jpeg-named-png": ("site.png", picture, "name"),
    "pdf-named-exe": ("letter.pdf.exe", pdf, "name"),
    "pdf-without-ending": ("letter", pdf, "name"),
    "encrypted-pdf": ("a.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted"),
    "owner-encrypted-pdf": ("a.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="o", user="")), "encrypted"),
    "encrypted-office": ("a.docx", lambda: OLE + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "encrypted-zip": ("a.docx", encrypted_zip, "encrypted"),
    "encrypted-odf": ("a.odt", lambda: odf(more='<manifest:encryption-data manifest:checksum="x"/>'), "encrypted"),
    "pdf-cut": ("a.pdf", lambda: pdf()[:-40], "damaged"),
    "pdf-without-pages": ("a.pdf", lambda: pdf(pages=0), "damaged"),
    "docx-cut": ("a.docx", lambda: docx()[:-30], "damaged"),
    "jpeg-cut": ("a.jpg", lambda: picture(size=(900, 900))[:2000], "damaged"),
    "png-cut": ("a.png", lambda: picture("PNG", (900, 900))[:2000], "damaged"),
    "docx-torn-xml": ("a.docx", lambda: docx_with({}, body="<w:document"), "damaged"),
    "pdf-opening-script": (
        "a.pdf", _acting("/OpenAction", {"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("x")}), "active"),
    "pdf-launch": ("a.pdf", _acting("/OpenAction", {"/S": pikepdf.Name.Launch, "/F": pikepdf.String("x")}), "active"),
    "pdf-named-script": ("a.pdf", lambda: pdf(_named_script), "active"),
    "pdf-hidden-script": (
        "a.pdf", lambda: pdf(_hidden_script, object_stream_mode=pikepdf.ObjectStreamMode.generate), "active"),
    "pdf-form-program": ("a.pdf", _acting("/AcroForm", {"/XFA": pikepdf.String("x")}), "active"),
    "pdf-carries-program": ("a.pdf", lambda: pdf(_carrying), "embedded"),
    "docx-macro": ("a.docx", lambda: docx_with({"word/vbaProject.bin": b"x"}), "active"),
    "docx-macro-type": (
        "a.docx", lambda: docx_with({}, types=CONTENT_TYPES.replace("application/xml", "application/vnd.ms-office.vbaProject")),
        "active"),
    "docm-as-docx": (
        "a.docx",
        lambda: docx_with({}, types=CONTENT_TYPES.replace(MAIN, "application/vnd.ms-word.document.macroEnabled.main+xml")),
        "active"),
    "docx-field": ("a.docx", lambda: docx_with({}, body=DDE), "active"),
    "docx-program": ("a.docx", lambda: docx_with({"word/media/image1.png": b"MZ" + b"\0" * 99}), "active"),
    "odt-basic": ("a.odt", lambda: odf(Basic__Standard__Module1="x"), "active"),
    "odt-listener": ("a.odt", lambda: odf(content="<script:event-listener/>"), "active"),
    "docx-object": ("a.docx", lambda: docx_with({"word/embeddings/oleObject1.bin": OLE}), "embedded"),
    "docx-template": ("a.docx", lambda: docx_with({"word/_rels/settings.xml.rels": OUTSIDE}), "external"),
    "docx-entities": ("a.docx", lambda: docx_with({}, body=ENTITIES), "entities"),
    "docx-type-entities": (
        "a.docx", lambda: docx_with({}, types=CONTENT_TYPES.replace("<Types", "<!DOCTYPE Types><Types")), "entities"),
    "odt-entities": ("a.odt", lambda: odf(content="").replace(b"", b"") and zipped(
        {"mimetype": ODT, "content.xml": ENTITIES, "META-INF/manifest.xml": MANIFEST.format(media=ODT, more="")},
        stored=("mimetype",)), "entities"),
    "ratio": ("a.docx", lambda: docx_with({"word/media/a.bin": b"\0" * 20_000_000}), "explosive"),
    "total": ("a.docx", lambda: docx_with({f"word/{n}.bin": b"\0" * 900_000 for n in range(200)}), "explosive"),
    "parts": ("a.docx", lambda: docx_with({f"word/{n}.bin": b"" for n in range(2_100)}), "explosive"),
    "overlap": ("a.docx", overlapping, "explosive"),
    "depth": ("a.docx", lambda: docx_with({}, body="<a>" * 5000 + "</a>" * 5000), "explosive"),
    "nested": ("a.docx", lambda: docx_with({"word/embeddings/a.zip": zipped({"b": "c"})}), "nested"),
    "pixels": ("a.png", huge_png, "pixels"),
    "pdf-and-zip": ("a.pdf", lambda: pdf() + zipped({"a": "b"}), "mixed"),
    "pdf-and-tail": ("a.pdf", lambda: pdf() + b"<script>alert(1)</script>", "mixed"),
    "picture-and-page": ("a.jpg", lambda: picture(comment=b"<html><script>alert(1)</script></html>"), "mixed"),
    "picture-and-zip": ("a.jpg", lambda: picture() + zipped({"a": "b"}), "mixed"),
    "picture-and-tail": ("a.png", lambda: picture("PNG") + b"more", "mixed"),
    "picture-and-pdf": ("a.jpg", lambda: picture(comment=b"%PDF-1.4"), "mixed"),
    "zip-with-head": ("a.docx", lambda: zipped({"a": "b"})[:60] + docx(), "mixed"),
    "zip-with-tail": ("a.docx", lambda: docx() + b"tail", "mixed"),
    "same-name-twice": ("a.docx", lambda: docx_with({"word/Document.xml": BODY.format("other")}), "mixed"),
    "way-out": ("a.docx", lambda: docx_with({"../../etc/passwd": "x"}), "damaged"),
}  # fmt: skip


def pdf_bomb(unpacked: int = 3 * 2**30) -> bytes:
    """A PDF whose stream of objects unpacks to gigabytes."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"1 0 2 30 ")
    block = b" " * 2**20
    packed += b"".join(packer.compress(block) for _ in range(unpacked // len(block))) + packer.flush()
    head = b"%PDF-1.5\n"
    stream = b"3 0 obj\n<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    stream += packed + b"\nendstream\nendobj\n"
    place = len(head) + len(stream)
    rows = [(0, 0, 0), (2, 3, 0), (2, 3, 1), (1, len(head), 0), (1, place, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    index = b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return head + stream + index + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % place


def picture_pdf() -> bytes:
    """A PDF of some size: with a stream that does not shrink."""

    def fill(document: pikepdf.Pdf) -> None:
        document.Root["/Padding"] = document.make_stream(os.urandom(300_000))

    return pdf(fill)
