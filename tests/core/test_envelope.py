"""What is sealed to somebody's own key or passphrase opens with that alone, and at its own place."""

import pytest

from core import envelope
from core.envelope import Cost, Pair, Stretched, Unopened, from_words, lock, seal_for, under_words, unlock

CHEAP = Cost(1, 8)


def test_what_is_sealed_for_a_pair_opens_with_it_alone_and_for_its_purpose() -> None:
    mine, other = Pair.of(envelope.fresh_key()), Pair.of(envelope.fresh_key())
    sealed = seal_for(mine.public, b"words", b"purpose")
    assert mine.open(sealed, b"purpose") == b"words"
    assert sealed != seal_for(mine.public, b"words", b"purpose")
    for pair, info, what in ((other, b"purpose", sealed), (mine, b"another", sealed), (mine, b"purpose", sealed[:-1])):
        with pytest.raises(Unopened):
            pair.open(what, info)


def test_what_is_locked_opens_with_its_key_at_its_place_alone() -> None:
    key = envelope.fresh_key()
    locked = lock(key, b"words", "table.column:1")
    assert len(locked) == len(b"words") + envelope.LOCKED_BY
    assert unlock(key, locked, "table.column:1") == b"words"
    for wrong, place, what in (
        (envelope.fresh_key(), "table.column:1", locked),
        (key, "table.column:2", locked),
        (key, "table.column:1", locked[:-1] + bytes([locked[-1] ^ 1])),
        (key, "table.column:1", b""),
    ):
        with pytest.raises(Unopened):
            unlock(wrong, what, place)


def test_a_passphrase_opens_what_was_sealed_under_it_at_another_cost_and_however_it_was_typed() -> None:
    sealed = under_words(b"private", "Ａlpha 码 é", "key:1", CHEAP)
    assert from_words(sealed, "Alpha 码 e\u0301", "key:1") == b"private"  # full width, and an accent apart
    assert Stretched.unpacked(sealed).cost == CHEAP
    for words, place in (("Alpha 码 e", "key:1"), ("Ａlpha 码 é", "key:2")):
        with pytest.raises(Unopened):
            from_words(sealed, words, place)


def test_the_same_words_make_the_same_pair_with_the_same_salt_alone() -> None:
    how = Stretched.fresh(CHEAP)
    assert Pair.of(how.key("12345")) == Pair.of(Stretched.unpacked(how.packed()).key("12345"))
    assert how.key("12345") != Stretched.fresh(CHEAP).key("12345")
