"""Text kept in both languages at once: what stands in a law or on a paper may not change when a translation does."""

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")


@dataclass(frozen=True)
class Words:
    """One text in Chinese and in English; `words[lang]` picks one."""

    zh: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en
