"""A Word document as text: its paragraphs, with the numbers that stand in no paragraph."""

from core.cleaning import clean
from core.documents import paragraphs
from tests.core.test_cleaning import office

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def document(body: str, **parts: str) -> bytes:
    content = {f"word/{name}.xml": f"<w:{name} {W}>{text}</w:{name}>" for name, text in parts.items()}
    content["word/document.xml"] = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return clean("x.docx", office("docx", dict(content))).data


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def level(depth: int, text: str, form: str = "chineseCounting") -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'


def numbered(depth: int, list_id: int = 1) -> str:
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>'


LISTS = (
    f'<w:abstractNum w:abstractNumId="7">{level(0, "第%1章")}{level(1, "第%2条")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="8">{level(0, "Article %1.", "decimal")}{level(1, "•", "bullet")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
)


def test_paragraphs_come_in_order_with_tabs_breaks_and_cells_of_tables() -> None:
    run = "<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"
    table = f"<w:tbl><w:tr><w:tc>{p('格一')}</w:tc><w:tc>{p('格二')}</w:tc></w:tr></w:tbl>"
    assert paragraphs(document(f"<w:p>{run}</w:p><w:p/>{table}")) == ["甲 乙\n丙", "", "格一", "格二"]


def test_what_was_taken_out_while_changes_were_tracked_stays_out() -> None:
    taken = "<w:del><w:r><w:t>旧</w:t></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
    assert paragraphs(document(f"<w:p>{taken}</w:p>")) == ["新"]


def test_numbers_that_word_puts_before_a_paragraph_are_written_out() -> None:
    body = p("总则", numbered(0)) + p("原则。", numbered(1)) + p("范围。", numbered(1)) + p("标准", numbered(0))
    found = paragraphs(document(body + p("陪餐。", numbered(1)), numbering=LISTS))
    assert found == ["第一章 总则", "第一条 原则。", "第二条 范围。", "第二章 标准", "第一条 陪餐。"]


def test_a_number_may_come_from_the_style_and_a_bullet_is_none() -> None:
    styles = f'<w:style w:styleId="Clause"><w:pPr>{numbered(0, 2)}</w:pPr></w:style>'
    body = p("Aim", '<w:pStyle w:val="Clause"/>') + p("dot", numbered(1, 2)) + p("Scope", '<w:pStyle w:val="Clause"/>')
    assert paragraphs(document(body, styles=styles, numbering=LISTS)) == ["Article 1. Aim", "dot", "Article 2. Scope"]
