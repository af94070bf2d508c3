"""The offices that the bench fills are offices like any other."""

from pathlib import Path

import flask_migrate

from bench import seed
from core.extensions import db


def test_an_office_filled_for_the_bench_is_found_in_order(tmp_path: Path) -> None:
    app = seed.office(tmp_path)
    with app.app_context():
        flask_migrate.upgrade()
        known = seed.fill(100)
        db.session.remove()
        db.engine.dispose()
    found = app.test_cli_runner().invoke(args=["check"])
    assert found.exit_code == 0, found.output
    assert "letters 100" in found.output
    assert len(known["worked"]) == seed.WORKED
