"""Reports of violations: sealed to the officers' own keys, handled step by step, and read by nobody else."""

from flask import Flask

from tests.reports import holder, officer, officers, only, row, step, tip, walk


def test_a_report_is_read_with_the_passphrase_answered_and_read_with_the_code(app: Flask) -> None:
    officers(app)
    code = tip(app)
    id = only(app)
    reader = officer(app)
    page = reader.get(f"/reports/{id}")
    for word in ("三条烟和一张购物卡", "冯收礼", "高举报", "13900005678"):
        assert word in page.text
    walk(reader, id, "take", "message")
    reporter = holder(app, code)
    assert "请问是哪一天收的" in reporter.page.text
    reporter.submit("/reports/status/message", text="正月初三收的")
    assert "正月初三收的" in reader.get(f"/reports/{id}").text
    step(reader, id, "dismiss")
    assert row(app, id).state == "closed"
    reporter.get("/reports/status")
    assert "没有说明违反了什么规定" in reporter.page.text
