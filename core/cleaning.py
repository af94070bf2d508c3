"""What a file may bring along: what can be read. Where it was made, by whom, and whatever acts, stays outside.

Each kind is recognised by its content and its name, taken apart by a library and written anew, so that nothing hides
before, behind or between what is shown. What cannot be made safe without damage is refused, with a reason in words.
"""

import posixpath
import re
import threading
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import pikepdf
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps

LARGEST = 10 << 20  # bytes of one file
LONGEST_NAME = 100
MOST_PIXELS = 50_000_000  # what a phone of today takes
MOST_PAGES = 1_000
MOST_PARTS = 2_000  # of an office file
MOST_UNPACKED = 60 << 20  # bytes of an office file, unpacked

_OTHER = _l("The content of this file is not what its name says.")
_DAMAGED = _l("This file is damaged. Open it, save it again and add it anew.")
_ENCRYPTED = _l("This file is protected by a password. Save it without one.")
_ACTIVE = _l("This file contains macros or embedded objects. Save it without them, or as PDF.")
_OUTSIDE = _l("This file takes content from elsewhere, such as a linked picture or table. Save it as PDF.")
_TOO_LARGE_INSIDE = _l("There is too much in this file. Divide it, or save it as PDF.")

# Taking a file apart may need many times its size in memory: one at a time.
_turn = threading.Lock()


class Refused(Exception):
    """A file that cannot be taken; as text the reason, in the reader's language."""

    def __init__(self, reason: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = ""  # of the file

    def __str__(self) -> str:
        return str(self.reason)


@dataclass(frozen=True)
class Cleaned:
    """A file that may be kept."""

    name: str
    kind: str
    data: bytes


def clean(filename: str, data: bytes) -> Cleaned:
    """The file as it may be kept. Raises Refused."""
    stem, suffix = _tidy_name(filename)
    name = f"{stem}.{suffix}" if suffix else stem
    try:
        return Cleaned(name, kind := _kind(suffix, data), _cleaned(kind, data))
    except Refused as refused:
        refused.name = name
        raise


def _kind(suffix: str, data: bytes) -> str:
    """What kind of file it is, by its name and by how it begins."""
    kind = "jpg" if suffix == "jpeg" else suffix
    if kind not in _KINDS:
        raise Refused(_l("Only jpg, png, pdf, docx, xlsx and txt files can be added."))
    if not data:
        raise Refused(_l("This file is empty."))
    if len(data) > LARGEST:
        raise Refused(_l("This file is larger than 10 MB."))
    if not _KINDS[kind][0].match(data):
        raise Refused(_OTHER)
    return kind


def _cleaned(kind: str, data: bytes) -> bytes:
    try:
        with _turn:
            return _KINDS[kind][1](data)
    except Refused:
        raise
    except Exception as error:  # a hostile file may make a library raise anything at all
        raise Refused(_DAMAGED) from error


# --- names ---------------------------------------------------------------------------------------------------------

_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])", re.IGNORECASE)


def _tidy_name(filename: str) -> tuple[str, str]:
    """Stem and suffix of a name without folders, control characters and characters that turn the reading direction."""
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", filename)[-1])
    plain = "".join(each for each in base if unicodedata.category(each) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    stem, _dot, suffix = " ".join(_NOT_IN_NAMES.sub("_", plain).split()).rpartition(".")
    if not stem:
        stem, suffix = ("", suffix) if _dot else (suffix, "")
    suffix = suffix.strip().lower()[:10]
    stem = stem.strip(" .")[: LONGEST_NAME - len(suffix) - 1].rstrip(" .") or "file"
    return f"_{stem}" if _DEVICES.fullmatch(stem) else stem, suffix


# --- pictures ------------------------------------------------------------------------------------------------------


def _picture(form: str, data: bytes) -> bytes:
    """The same picture, upright, encoded anew: no place, no camera, no second file behind it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit follows at once
        image: Image.Image = Image.open(BytesIO(data), formats=[form])
    if image.width * image.height > MOST_PIXELS:
        raise Refused(_l("This picture has too many dots. Make it smaller."))
    image = ImageOps.exif_transpose(image)
    if form == "JPEG" and image.mode not in ("RGB", "L"):
        image = image.convert("RGB")
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    image.load()
    image.info = {}
    target = BytesIO()
    image.save(target, form, **({"quality": 90} if form == "JPEG" else {}))
    return target.getvalue()


def smaller(picture: Cleaned, side: int) -> Cleaned:
    """A cleaned picture with no side longer than so many dots, for those who look at it on a phone."""
    form = {"jpg": "JPEG", "png": "PNG"}[picture.kind]
    image: Image.Image = Image.open(BytesIO(picture.data), formats=[form])
    if max(image.size) <= side:
        return picture
    image.thumbnail((side, side))
    target = BytesIO()
    image.save(target, form, **({"quality": 85} if form == "JPEG" else {}))
    return replace(picture, data=target.getvalue())


_JPEG_NOTES = frozenset((0xFE, *range(0xE1, 0xEE), 0xEF))  # comments and all application data but JFIF's and Adobe's
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PNG_PARTS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"IDAT", b"IEND"))


def _jpeg_without_notes(data: bytes) -> bytes:
    """A picture inside another file, without the camera's notes and anything behind its end; not encoded anew."""
    kept, at = [data[:2]], 2
    while data[at + 1] != 0xD9:  # the end
        if data[at] != 0xFF:
            raise Refused(_DAMAGED)
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker not in _JPEG_NOTES:
            kept.append(data[at:end])
        at = end
        if marker == 0xDA:  # after it comes the picture, up to the next marker
            following = _JPEG_MARKER.search(data, at)
            kept.append(data[at : following.start() if following else None])
            if not following:
                return b"".join(kept)
            at = following.start()
    return b"".join([*kept, b"\xff\xd9"])


def _png_without_notes(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if kind in _PNG_PARTS:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)


# --- PDF -----------------------------------------------------------------------------------------------------------

_OF_A_PAGE = frozenset(
    ("/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group")
)
_NOTES_OF_AN_OBJECT = ("/Metadata", "/PieceInfo", "/AF", "/OPI", "/LastModified")


def _pdf(data: bytes) -> bytes:
    """What the pages show, in a new document. Forms and notes are drawn into the page; links become plain text."""
    try:
        source = pikepdf.open(BytesIO(data), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise Refused(_ENCRYPTED) from None
    with source, pikepdf.new() as target:
        if source.is_encrypted:
            raise Refused(_ENCRYPTED)
        if len(source.pages) > MOST_PAGES:
            raise Refused(_TOO_LARGE_INSIDE)
        if "/AcroForm" in source.Root:
            source.Root.AcroForm["/NeedAppearances"] = False  # or what was filled in would not be drawn
        source.flatten_annotations()
        target.pages.extend(source.pages)
        if "/OCProperties" in source.Root:  # which layers are hidden
            target.Root["/OCProperties"] = target.copy_foreign(source.make_indirect(source.Root.OCProperties))
        for page in target.pages:
            for key in set(page.obj.keys()) - _OF_A_PAGE:
                del page.obj[key]
        for each in target.objects:
            if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                for key in _NOTES_OF_AN_OBJECT:
                    if key in each:
                        del each[key]
            if isinstance(each, pikepdf.Stream) and each.get("/Filter") == pikepdf.Name.DCTDecode:
                picture = _jpeg_without_notes(each.read_raw_bytes())
                parameters = each.get("/DecodeParms")
                each.write(picture, filter=pikepdf.Name.DCTDecode)
                if parameters is not None:
                    each["/DecodeParms"] = parameters
        if not target.pages:
            raise Refused(_DAMAGED)
        saved = BytesIO()
        target.save(saved, deterministic_id=True)
    return saved.getvalue()


# --- Word and Excel ------------------------------------------------------------------------------------------------

_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_MAIN = "application/vnd.openxmlformats-officedocument.%s.main+xml"
_MAIN_PARTS = {"docx": _MAIN % "wordprocessingml.document", "xlsx": _MAIN % "spreadsheetml.sheet"}
_PARTS = re.compile(r"\.(xml|rels|vml|png|jpe?g|gif|bmp|tiff?|emf|wmf|wdp|odttf|docx|xlsx)$", re.IGNORECASE)
# Who wrote it and where it was printed; nothing in the text refers to these but what is taken out below.
_DROPPED = re.compile(r"^(docProps/|customXml/|.*/printerSettings/)", re.IGNORECASE)
_ACTING = re.compile(r"(vbaproject|vbadata|activex|/ctrlprops/)", re.IGNORECASE)
_FETCHING = re.compile(r"(^xl/externallinks/|^xl/connections\.xml$)", re.IGNORECASE)
_TRACES = (  # what refers to a dropped part, and names of people and folders
    (re.compile(rb"<w:attachedTemplate\b[^>]*/>"), b""),
    (re.compile(rb'(<(?:\w+:)?pageSetup\b[^>]*?)\s+r:id="[^"]*"'), rb"\1"),
    (
        re.compile(rb'(\s(?:w:author|w:initials|w15:author|w15:userId|w15:providerId|userName|userId))="[^"]*"'),
        rb'\1="-"',
    ),
    (re.compile(rb"<x15ac:absPath\b[^>]*/>"), b""),
)
_SAFE_LINK = re.compile(r"(https?|mailto):", re.IGNORECASE)
_COMMAND_FIELD = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)


def _office(kind: str, data: bytes, inner: bool = False) -> bytes:
    """The same document, packed anew: bounded, without macros, without author, fetching nothing."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        parts = _parts(source)
        kept = [name for name in parts if not _DROPPED.match(name)]
        for name in sorted(kept, key=lambda name: name != "[Content_Types].xml"):
            fresh = _part(kind, name, _unpacked(source, parts[name]), set(parts) - set(kept), inner)
            packed.writestr(zipfile.ZipInfo(name), fresh, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _parts(source: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts by name, after everything was checked that can be without unpacking."""
    listed = [each for each in source.infolist() if not each.is_dir()]
    parts = {each.filename: each for each in listed}
    if len(listed) > MOST_PARTS or sum(each.file_size for each in listed) > MOST_UNPACKED:
        raise Refused(_TOO_LARGE_INSIDE)
    if any(each.flag_bits & 1 for each in listed):
        raise Refused(_ENCRYPTED)
    if len(parts) != len(listed) or len({name.lower() for name in parts}) != len(parts):
        raise Refused(_DAMAGED)
    for name in parts:
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise Refused(_DAMAGED)
        if _FETCHING.search(name):
            raise Refused(_OUTSIDE)
        if _ACTING.search(name) or not (_PARTS.search(name) or _DROPPED.match(name)):
            raise Refused(_ACTIVE)
    if "[Content_Types].xml" not in parts:
        raise Refused(_OTHER)
    return parts


def _unpacked(source: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    with source.open(part) as packed:
        data = packed.read(part.file_size + 1)  # never more than was announced, whatever is packed in it
    if len(data) != part.file_size:
        raise Refused(_DAMAGED)
    return data


def _part(kind: str, name: str, data: bytes, dropped: set[str], inner: bool) -> bytes:
    """One part as it may be kept."""
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix in _MAIN_PARTS:  # the table behind a chart
        if inner:
            raise Refused(_ACTIVE)
        return _office(suffix, data, inner=True)
    if data.startswith(b"\xff\xd8"):
        return _jpeg_without_notes(data)
    if suffix == "png":
        return _png_without_notes(data)
    if suffix not in ("xml", "rels", "vml"):
        return data
    if suffix != "vml":  # some programs write it as loosely as web pages
        _check_xml(data)
    elif b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused(_DAMAGED)
    if name == "[Content_Types].xml":
        return _content_types(kind, data, dropped)
    if suffix == "rels":
        return _relationships(name, data, dropped)
    for trace, instead in _TRACES:
        data = trace.sub(instead, data)
    return data


def _check_xml(data: bytes) -> None:
    """Raises Refused for what declares a document type or entities, or has a field that starts a program."""
    fields: list[str] = []
    inside = False

    def declared(*_arguments: Any) -> None:
        raise Refused(_DAMAGED)

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = tag.endswith(":instrText")
        fields.append(attributes.get("w:instr", ""))

    def text(characters: str) -> None:
        if inside:
            fields[-1] += characters

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = opened
    parser.CharacterDataHandler = text
    parser.Parse(data, True)
    if _COMMAND_FIELD.search("".join(fields)):
        raise Refused(_ACTIVE)


def _content_types(kind: str, data: bytes, dropped: set[str]) -> bytes:
    """Which part is what; says too whether this is the kind of document its name claims."""
    listed = ElementTree.fromstring(data)  # noqa: S314 - entities were refused before
    if not any(each.get("ContentType") == _MAIN_PARTS[kind] for each in listed.iter(f"{_TYPES}Override")):
        raise Refused(_OTHER)
    kept = [each for each in listed if (each.get("PartName") or "").lstrip("/") not in dropped]
    return _written("Types", _TYPES, kept)


def _relationships(name: str, data: bytes, dropped: set[str]) -> bytes:
    """What a part refers to: other parts, and addresses a reader may click on; nothing that is fetched by itself."""
    folder = posixpath.dirname(posixpath.dirname(name))
    kept = []
    for each in ElementTree.fromstring(data):  # noqa: S314 - entities were refused before
        target, type = each.get("Target") or "", each.get("Type") or ""
        if (each.get("TargetMode") or "").lower() == "external":
            if type.endswith("/attachedTemplate"):
                continue
            if not type.endswith("/hyperlink"):
                raise Refused(_OUTSIDE)
            if not _SAFE_LINK.match(target):
                each.set("Target", "about:blank")
        elif posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") in dropped:
            continue
        kept.append(each)
    return _written("Relationships", _RELATIONSHIPS, kept)


def _written(tag: str, namespace: str, elements: list[ElementTree.Element]) -> bytes:
    def lines() -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        yield f"<{tag} xmlns={quoteattr(namespace[1:-1])}>"
        for each in elements:
            attributes = " ".join(f"{name}={quoteattr(value)}" for name, value in each.items())
            yield f"<{each.tag.removeprefix(namespace)} {attributes}/>"
        yield f"</{tag}>"

    return "\n".join(lines()).encode()


# --- text ----------------------------------------------------------------------------------------------------------


def _text(data: bytes) -> bytes:
    """The same text in UTF-8."""
    for encoding in ("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(_l("This is not a text in UTF-8 or GB18030."))
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in "\t\r\n\f" for each in text):
        raise Refused(_OTHER)
    return text.encode()


# fmt: off
_KINDS: dict[str, tuple[re.Pattern[bytes], Callable[[bytes], bytes]]] = {  # how it begins, how it is cleaned
    "jpg":  (re.compile(rb"\xff\xd8\xff"),          lambda data: _picture("JPEG", data)),
    "png":  (re.compile(rb"\x89PNG\r\n\x1a\n"),     lambda data: _picture("PNG", data)),
    "pdf":  (re.compile(rb"(?s).{0,1019}%PDF-"),    _pdf),
    "docx": (re.compile(rb"PK\x03\x04"),            lambda data: _office("docx", data)),
    "xlsx": (re.compile(rb"PK\x03\x04"),            lambda data: _office("xlsx", data)),
    "txt":  (re.compile(b""),                       _text),
}
# fmt: on
