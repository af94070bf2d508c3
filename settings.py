"""Every setting of the office: its name in the environment, its default, and what it does."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from flask import current_app

HOME = Path(__file__).resolve().parent


class BadSetting(ValueError):
    """A setting in the environment that cannot be used; the message names it and never repeats its value."""


def _setting(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings, read once at the start. A relative path is taken from the project's folder."""

    INSTANCE: Path = _setting(Path("instance"), "the data folder: data/office.db, keys/, uploads/")
    KEYS: Path = _setting(Path(), "the folder of the keys; default INSTANCE/keys; may be on another disk")
    DATABASE_URL: str = _setting("", "empty for SQLite in INSTANCE/data, or postgresql+psycopg://…")
    HOST: str = _setting("127.0.0.1", "the address the server listens on")
    PORT: int = _setting(5000, "the port the server listens on")
    DEMO: bool = _setting(True, "1 fills an empty office with invented people on the first start")
    HTTPS: bool = _setting(False, "1 when people reach the office over https: cookies are then sent over https only")
    TRUSTED_PROXIES: int = _setting(0, "how many proxies of our own stand in front and name the visitor's address")
    ZONE: str = _setting("Asia/Shanghai", "the office's time zone")
    PROFILE: str = _setting(
        "2022", "what new matters begin with until a procedure of the office takes effect: a file in data/procedure"
    )
    OFFICE_NAME: str = _setting("中共新洲区委组织部", "the office's name on pages and papers")
    OFFICE_NAME_EN: str = _setting("Xinzhou District Organization Department", "the same in English")
    OFFICE_MARK: str = _setting("新组信", "the first characters of a paper's number")
    SUPERIOR_NAME: str = _setting("中共武汉市委组织部", "the organ one level up: review, and letters about this office")
    SUPERIOR_NAME_EN: str = _setting("Wuhan Municipal Organization Department", "the same in English")
    HIGHER_NAME: str = _setting("中共湖北省委组织部", "the organ above that one: re-examination")
    HIGHER_NAME_EN: str = _setting("Hubei Provincial Organization Department", "the same in English")
    SUPERIOR_KEY: Path = _setting(Path(), "its public key, from `flask superior-keys`")
    IDLE_MINUTES: int = _setting(30, "a sign-in ends after so many minutes without a page")
    SESSION_HOURS: int = _setting(8, "a sign-in ends after so many hours in any case")
    ARGON2_TIME_COST: int = _setting(3, "rounds of argon2id for a password")
    ARGON2_MEMORY_KIB: int = _setting(65536, "memory of argon2id for a password, in KiB")
    SMTP_URL: str = _setting("", "the mail server for the daily digest, such as smtps://user:password@mail.example:465")
    SMTP_FROM: str = _setting("", "the sender of the daily digest; without both it stands on the desk alone")
    BUSY_SECONDS: int = _setting(15, "how long a change waits for the database before the page says so")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read what is set; what is not set keeps its default. Raises BadSetting."""
        found: dict[str, Any] = {}
        for each in fields(cls):
            text = environment.get(each.name)
            if text is None or (text == "" and each.type is not str):
                continue
            try:
                found[each.name] = _READERS[each.type](text)
            except (KeyError, ValueError) as error:
                raise BadSetting(f"{each.name} is not a usable value ({each.metadata['doc']})") from error
        return cls(**found)

    @property
    def instance(self) -> Path:
        """The data folder, absolute."""
        return HOME / self.INSTANCE

    @property
    def keys(self) -> Path:
        """The folder of the keys, absolute."""
        return HOME / self.KEYS if self.KEYS.parts else self.instance / "keys"

    @property
    def superior_key(self) -> Path | None:
        """The file with the public key of the organ one level up, absolute; None where none is set."""
        return HOME / self.SUPERIOR_KEY if self.SUPERIOR_KEY.parts else None

    @property
    def uploads(self) -> Path:
        """The folder of the sealed files."""
        return self.instance / "uploads"

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy."""
        if not self.DATABASE_URL:
            return f"sqlite:///{self.instance / 'data' / 'office.db'}"
        scheme, _, rest = self.DATABASE_URL.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.DATABASE_URL


_READERS: dict[Any, Any] = {
    str: str,
    int: int,
    Path: Path,
    bool: {"0": False, "1": True, "false": False, "true": True, "no": False, "yes": True}.__getitem__,
}


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.extensions["settings"]
    return found
