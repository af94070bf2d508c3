"""What a file may bring along: what can be read, and nothing of who made it or what acts."""

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core import cleaning
from core.cleaning import Refused, clean

MARKER = "ZHANGSAN-1375"  # stands for whoever made the file
SECRET = MARKER.encode()


def refusal(name: str, data: bytes) -> str:
    """The reason in English: what stands in the source."""
    with pytest.raises(Refused) as caught:
        clean(name, data)
    reason: Any = caught.value.reason
    return str(reason._args[0])


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("照片.txt", "照片.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\zhang\\letter.TXT", "letter.txt"),
        ("invoice\u202etxt.exe.txt", "invoicetxt.exe.txt"),
        ("a\0b\r\nc.txt", "abc.txt"),
        ("<script>.txt", "_script_.txt"),
        ("  .. a  b . .txt", "a b.txt"),
        (".txt", "file.txt"),
        ("...txt", "file.txt"),
        ("con.txt", "_con.txt"),
        ("e\u0301.txt", "é.txt"),
        ("\ud800.txt", "file.txt"),
        ("长" * 300 + ".txt", "长" * 96 + ".txt"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(given_name: str, kept: str) -> None:
    assert clean(given_name, b"x").name == kept


@given(st.text())
@example("." * 200)
def test_no_name_is_an_error(text: str) -> None:
    cleaned = clean(text + ".txt", b"x").name
    assert 5 <= len(cleaned) <= cleaning.LONGEST_NAME
    assert not {unicodedata.category(each) for each in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not set(cleaned) & set('/\\<>:"|?*')


@pytest.mark.parametrize("name", ["", "letter", "letter.exe", "letter.txt.html", "letter.docm", "x.svg", "txt"])
def test_other_kinds_are_refused(name: str) -> None:
    assert refusal(name, b"x").startswith("Only jpg")


@pytest.mark.parametrize("kind", ["jpg", "png", "pdf", "docx", "xlsx", "txt"])
def test_content_and_name_must_agree(kind: str) -> None:
    for other, make in EXAMPLES.items():
        data = make()
        if other != kind:
            reason = refusal(f"x.{kind}", data)
            assert "what its name says" in reason or "not a text" in reason
        else:
            assert clean(f"x.{kind}", data).kind == kind


@pytest.mark.parametrize("kind", ["jpg", "jpeg", "png", "pdf", "docx", "xlsx", "txt"])
def test_empty_large_and_broken_files_are_refused(kind: str) -> None:
    assert "empty" in refusal(f"x.{kind}", b"")
    assert "10 MB" in refusal(f"x.{kind}", bytes(cleaning.LARGEST + 1))
    if kind != "txt":
        whole = EXAMPLES["jpg" if kind == "jpeg" else kind]()
        assert "damaged" in refusal(f"x.{kind}", whole[: len(whole) // 2])


@given(st.sampled_from(["jpg", "png", "pdf", "docx", "xlsx", "txt"]), st.binary(max_size=400))
def test_whatever_follows_the_first_bytes_is_cleaned_or_refused(kind: str, rest: bytes) -> None:
    starts = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-1.7\n", "txt": b""}
    with suppress(Refused):
        assert clean(f"x.{kind}", starts.get(kind, b"PK\x03\x04") + rest).kind == kind


# --- pictures ------------------------------------------------------------------------------------------------------


def photo(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    """A picture with the camera's notes, lying on its side, its first dot red."""
    image = Image.new(mode, size, "white")
    notes = Image.Exif()
    notes[0x0112] = 6  # orientation: turn to the right
    notes[0x013B] = MARKER  # artist
    notes.get_ifd(0x8825)[1] = "N"  # a place
    more: dict[str, Any] = {"pnginfo": PngInfo()} if form == "PNG" else {"comment": SECRET}
    if form == "PNG":
        more["pnginfo"].add_text("Author", MARKER)
    target = BytesIO()
    image.save(target, form, exif=notes, icc_profile=SECRET, **more)
    return target.getvalue()


@pytest.mark.parametrize(("suffix", "form"), [("jpg", "JPEG"), ("png", "PNG")])
def test_a_picture_stands_upright_and_says_nothing_of_its_camera(suffix: str, form: str) -> None:
    data = photo(form)
    assert SECRET in data
    cleaned = clean(f"x.{suffix}", data + b"<script>" + SECRET).data
    assert SECRET not in cleaned
    assert b"<script>" not in cleaned
    image = Image.open(BytesIO(cleaned))
    assert image.size == (20, 40)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_stays_a_picture(mode: str) -> None:
    cleaned = clean("x.png", photo("PNG", mode=mode)).data
    assert Image.open(BytesIO(cleaned)).size == (20, 40)


def test_a_see_through_palette_stays_see_through() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((1, 0), 1)
    target = BytesIO()
    image.save(target, "PNG", transparency=1)
    cleaned = Image.open(BytesIO(clean("x.png", target.getvalue()).data)).convert("RGBA")
    assert [cleaned.getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0, 255), (0, 255, 0, 0)]


def test_a_picture_for_print_becomes_one_for_the_screen() -> None:
    target = BytesIO()
    Image.new("CMYK", (4, 4)).save(target, "JPEG")
    assert Image.open(BytesIO(clean("x.jpg", target.getvalue()).data)).mode == "RGB"


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size and packs nothing but white into it."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(bytes(1000))) + part(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 5_001), (60_000, 60_000), (2**31 - 1, 1), (1, 2**31 - 1)])
def test_a_picture_that_unfolds_to_too_much_is_refused(size: tuple[int, int]) -> None:
    reason = refusal("x.png", png_of(*size))
    assert "too many dots" in reason or "damaged" in reason


# --- PDF -----------------------------------------------------------------------------------------------------------


def pdf(change: Any = None, **save: Any) -> bytes:
    """A document of one page, written on; `change` may spoil it."""
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 100))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page = document.pages[0].obj
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(b"BT /F1 12 Tf 10 50 Td (visible text) Tj ET")
        if change:
            change(document, page)
        target = BytesIO()
        document.save(target, **save)
    return target.getvalue()


def plain(data: bytes) -> bytes:
    """A PDF with nothing packed, to look for words in."""
    with pikepdf.open(BytesIO(data)) as document:
        target = BytesIO()
        document.save(
            target,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return target.getvalue()


def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(f"app.alert('{MARKER}')"))


def spoil(document: pikepdf.Pdf, page: pikepdf.Dictionary) -> None:
    """Everything that acts or tells, at once."""
    root = document.Root
    document.docinfo["/Author"] = MARKER
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [MARKER]
    root.OpenAction = script()
    root.AA = pikepdf.Dictionary(WC=script())
    root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x"), script()])))
    document.attachments["x.exe"] = SECRET
    page.AA = pikepdf.Dictionary(O=script())
    page.PieceInfo = pikepdf.Dictionary(Word=pikepdf.String(MARKER))
    page.Metadata = document.make_stream(SECRET)
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=pikepdf.Array([0, 0, 9, 9]),
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String(MARKER)),
    )
    shown = document.make_stream(b"0 0 20 20 re f % filled in")
    shown.Type, shown.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    shown.BBox = pikepdf.Array([0, 0, 20, 20])
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("field"),
            F=4,
            Rect=pikepdf.Array([10, 10, 30, 30]),
            AP=pikepdf.Dictionary(N=shown),
            AA=pikepdf.Dictionary(K=script()),
        )
    )
    page.Annots = pikepdf.Array([document.make_indirect(link), field])
    root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([field]), NeedAppearances=True, XFA=document.make_stream(SECRET)
    )


def test_a_pdf_keeps_what_its_pages_show_and_loses_what_acts_or_tells() -> None:
    data = pdf(spoil)
    assert SECRET in plain(data)
    cleaned = plain(clean("x.pdf", data).data)
    for word in (
        SECRET,
        b"JavaScript",
        b"/JS",
        b"Launch",
        b"EmbeddedFile",
        b"/AA",
        b"OpenAction",
        b"AcroForm",
        b"Annots",
    ):
        assert word not in cleaned, word
    assert b"visible text" in cleaned
    assert b"filled in" in cleaned


def test_a_photograph_in_a_pdf_loses_the_camera_s_notes() -> None:
    def add(document: pikepdf.Pdf, page: pikepdf.Dictionary) -> None:
        picture = document.make_stream(photo("JPEG") + SECRET)
        picture.Type, picture.Subtype, picture.Filter = (
            pikepdf.Name.XObject,
            pikepdf.Name.Image,
            pikepdf.Name.DCTDecode,
        )
        picture.Width, picture.Height, picture.BitsPerComponent = 40, 20, 8
        picture.ColorSpace = pikepdf.Name.DeviceRGB
        page.Resources.XObject = pikepdf.Dictionary(Im1=picture)
        page.Contents = document.make_stream(b"q 100 0 0 50 0 0 cm /Im1 Do Q")

    data = pdf(add)
    assert SECRET in data
    cleaned = clean("x.pdf", data).data
    assert SECRET not in cleaned
    with pikepdf.open(BytesIO(cleaned)) as document:
        kept = document.pages[0].obj.Resources.XObject.Im1
        assert isinstance(kept, pikepdf.Stream)
        picture = pikepdf.PdfImage(kept).as_pil_image()
        assert picture.size == (40, 20)


def test_a_hidden_layer_stays_hidden() -> None:
    def add(document: pikepdf.Pdf, page: pikepdf.Dictionary) -> None:
        layer = document.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=pikepdf.String("draft")))
        page.Resources.Properties = pikepdf.Dictionary(L1=layer)
        document.Root.OCProperties = pikepdf.Dictionary(
            OCGs=pikepdf.Array([layer]), D=pikepdf.Dictionary(OFF=pikepdf.Array([layer]))
        )

    with pikepdf.open(BytesIO(clean("x.pdf", pdf(add)).data)) as document:
        hidden = document.Root.OCProperties.D.OFF[0]
        assert hidden.objgen == document.pages[0].obj.Resources.Properties.L1.objgen


def test_pages_that_take_their_size_from_above_keep_it() -> None:
    def lift(document: pikepdf.Pdf, page: pikepdf.Dictionary) -> None:
        document.Root.Pages.MediaBox, document.Root.Pages.Rotate = page.MediaBox, 90
        del page.MediaBox

    with pikepdf.open(BytesIO(clean("x.pdf", pdf(lift)).data)) as document:
        page = document.pages[0]
        assert [int(side) for side in page.mediabox.as_list()] == [0, 0, 200, 100]
        assert page.obj.Rotate == 90


def test_a_pdf_behind_something_else_stands_alone_afterwards() -> None:
    cleaned = clean("x.pdf", b"<script>" + SECRET + b"</script>\n" + pdf()).data
    assert cleaned.startswith(b"%PDF-")
    assert SECRET not in cleaned


@pytest.mark.parametrize("user", ["", "password"])
def test_a_protected_pdf_is_refused(user: str) -> None:
    locked = pdf(encryption=pikepdf.Encryption(owner="owner", user=user))
    assert "protected" in refusal("x.pdf", locked)


def test_a_pdf_without_pages_or_with_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "damaged" in refusal("x.pdf", pdf(lambda document, page: document.pages.remove(p=1)))
    monkeypatch.setattr(cleaning, "MOST_PAGES", 1)
    assert "too much" in refusal("x.pdf", pdf(lambda document, page: document.add_blank_page()))


# --- Word and Excel ------------------------------------------------------------------------------------------------

OPENXML = "http://schemas.openxmlformats.org"
RELATED = f"{OPENXML}/officeDocument/2006/relationships"
DOCUMENT = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
}


def related(*rows: str) -> str:
    return f'<Relationships xmlns="{OPENXML}/package/2006/relationships">{"".join(rows)}</Relationships>'


def relation(id: str, type: str, target: str, mode: str = "") -> str:
    mode = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="{id}" Type="{RELATED}/{type}" Target="{target}"{mode}/>'


def office(
    kind: str, parts: dict[str, str | bytes] | None = None, relations: str = "", body: str = "kept text"
) -> bytes:
    """A document as Word or Excel would pack it, with an author."""
    main, type = DOCUMENT[kind]
    folder, file = main.split("/")
    types = (
        f'<Types xmlns="{OPENXML}/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{type}.main+xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="application/x"/></Types>'
    )
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": types,
        "_rels/.rels": related(
            relation("rId1", "officeDocument", main),
            relation("rId2", "metadata/core-properties", "docProps/core.xml"),
            relation("rId3", "metadata/thumbnail", "/docProps/thumbnail.jpeg"),
        ),
        "docProps/core.xml": f"<x>{MARKER}</x>",
        "docProps/thumbnail.jpeg": photo("JPEG"),
        "customXml/item1.xml": f"<x>{MARKER}</x>",
        main: f'<w:document xmlns:w="w"><w:ins w:author="{MARKER}">{body}</w:ins></w:document>',
        f"{folder}/_rels/{file}.rels": related(relation("rId9", "customXml", "../customXml/item1.xml"), relations),
        **(parts or {}),
    }
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in content.items():
            packed.writestr(name, data)
    return target.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_an_office_file_keeps_its_text_and_loses_its_author(kind: str) -> None:
    parts = unpacked(clean(f"x.{kind}", office(kind)).data)
    assert next(iter(parts)) == "[Content_Types].xml"
    assert b"kept text" in parts[DOCUMENT[kind][0]]
    assert not any(SECRET in data for data in parts.values())
    assert not any(name.startswith(("docProps", "customXml")) for name in parts)
    everything = b"".join(parts.values())
    assert b"docProps" not in everything
    assert b"customXml" not in everything
    assert b'Id="rId1"' in everything


def test_links_stay_and_nothing_is_fetched() -> None:
    links = relation("a", "hyperlink", "https://example.org/", "External")
    links += relation("b", "hyperlink", f"file:///C:/{MARKER}", "External")
    links += relation("c", "hyperlink", "javascript:alert(1)", "External")
    links += relation("d", "attachedTemplate", f"file:///C:/{MARKER}", "External")
    settings = '<w:settings xmlns:w="w"><w:attachedTemplate r:id="d" xmlns:r="r"/><w:zoom/></w:settings>'
    parts = unpacked(clean("x.docx", office("docx", {"word/settings.xml": settings}, links)).data)
    kept = parts["word/_rels/document.xml.rels"]
    assert b"https://example.org/" in kept
    assert kept.count(b"about:blank") == 2
    assert SECRET not in kept
    assert b"attachedTemplate" not in kept + parts["word/settings.xml"]
    assert b"<w:zoom/>" in parts["word/settings.xml"]


@pytest.mark.parametrize("type", ["image", "oleObject", "frame", "subDocument", "externalLinkPath"])
def test_a_file_that_fetches_is_refused(type: str) -> None:
    assert "elsewhere" in refusal("x.docx", office("docx", relations=relation("a", type, "http://x/", "External")))


@pytest.mark.parametrize("part", ["xl/externalLinks/externalLink1.xml", "xl/connections.xml"])
def test_a_table_that_fetches_is_refused(part: str) -> None:
    assert "elsewhere" in refusal("x.xlsx", office("xlsx", {part: "<x/>"}))


@pytest.mark.parametrize(
    "part",
    [
        "word/vbaProject.bin",
        "word/VBAPROJECT.bin",
        "word/activeX/activeX1.xml",
        "word/embeddings/oleObject1.bin",
        "x.exe",
        "x.js",
    ],
)
def test_macros_and_embedded_objects_are_refused(part: str) -> None:
    assert "macros" in refusal("x.docx", office("docx", {part: "x"}))


@pytest.mark.parametrize(
    "body",
    [
        "<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>",
        "<w:instrText>DDE</w:instrText><w:instrText>AUTO cmd</w:instrText>",
        '<w:fldSimple w:instr="dde cmd"/>',
    ],
)
def test_a_field_that_starts_a_program_is_refused(body: str) -> None:
    assert "macros" in refusal("x.docx", office("docx", body=body))


def test_the_word_dde_in_a_letter_is_no_field() -> None:
    assert clean("x.docx", office("docx", body="DDE is a word")).kind == "docx"


@pytest.mark.parametrize(
    "part", ["word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml", "word/x.vml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_document_types_are_refused(part: str, encoding: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'
    if part.endswith("vml"):
        encoding = "utf-8"
    assert "damaged" in refusal("x.docx", office("docx", {part: bomb.encode(encoding)}))


def test_a_file_that_unfolds_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "too much" in refusal("x.docx", office("docx", {"word/x.xml": bytes(cleaning.MOST_UNPACKED)}))
    many: dict[str, str | bytes] = {f"word/{number}.xml": "<x/>" for number in range(cleaning.MOST_PARTS)}
    assert "too much" in refusal("x.docx", office("docx", many))


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    data = office("docx", {"word/x.xml": b"<x>" + bytes(1000) + b"</x>"})
    with zipfile.ZipFile(BytesIO(data)) as packed:
        info = packed.getinfo("word/x.xml")
    honest, lie = struct.pack("<I", info.file_size), struct.pack("<I", 10)
    assert data.count(honest) == 2
    assert "damaged" in refusal("x.docx", data.replace(honest, lie))


@pytest.mark.parametrize("name", ["../x.xml", "/x.xml", "a/../../x.xml", "WORD/Document.xml"])
def test_parts_with_hostile_or_double_names_are_refused(name: str) -> None:
    assert "damaged" in refusal("x.docx", office("docx", {name: "<x/>"}))


def test_a_table_behind_a_chart_is_cleaned_too_but_not_deeper() -> None:
    inner = office("xlsx")
    parts = unpacked(clean("x.docx", office("docx", {"word/embeddings/Table.xlsx": inner})).data)
    assert not any(SECRET in data for data in unpacked(parts["word/embeddings/Table.xlsx"]).values())
    deeper = office("xlsx", {"xl/embeddings/Table.xlsx": inner})
    assert "macros" in refusal("x.docx", office("docx", {"word/embeddings/Table.xlsx": deeper}))


def test_pictures_in_an_office_file_lose_the_camera_s_notes() -> None:
    media: dict[str, str | bytes] = {"word/media/a.jpeg": photo("JPEG"), "word/media/b.png": photo("PNG")}
    parts = unpacked(clean("x.docx", office("docx", media)).data)
    for name in media:
        assert SECRET not in parts[name]
        assert Image.open(BytesIO(parts[name])).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_a_printer_s_settings_go_with_what_refers_to_them() -> None:
    sheet = '<worksheet xmlns:r="r"><pageSetup paperSize="9" r:id="rId1"/></worksheet>'
    parts = unpacked(
        clean(
            "x.xlsx",
            office(
                "xlsx",
                {
                    "xl/worksheets/sheet1.xml": sheet,
                    "xl/printerSettings/printerSettings1.bin": SECRET,
                    "xl/worksheets/_rels/sheet1.xml.rels": related(
                        relation("rId1", "printerSettings", "../printerSettings/printerSettings1.bin")
                    ),
                },
            ),
        ).data
    )
    assert parts["xl/worksheets/sheet1.xml"].endswith(b'<pageSetup paperSize="9"/></worksheet>')
    assert b"printerSettings" not in b"".join([*parts.values(), *(name.encode() for name in parts)])


EXAMPLES: dict[str, Callable[[], bytes]] = {
    "jpg": lambda: photo("JPEG"),
    "png": lambda: photo("PNG"),
    "pdf": pdf,
    "docx": lambda: office("docx"),
    "xlsx": lambda: office("xlsx"),
}


# --- text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_comes_out_in_utf_8(encoding: str) -> None:
    text = "鱼塘被淹\r\n\t第二行 𠮷"
    assert clean("x.txt", text.encode(encoding)).data.decode() == text


@pytest.mark.parametrize("data", [b"a\0b", b"\x1b[2J", b"\x7fELF\x02\x01", b"\xff\xff\xff\xff", bytes(range(256))])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert refusal("x.txt", data)
