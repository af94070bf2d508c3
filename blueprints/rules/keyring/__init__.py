"""The keyring: each discipline officer's own pair of keys, under a passphrase that nobody else can reset.

Reading order: domain (what a passphrase must be), models (a key, and whose is open now), forms, views. What is sealed
to these keys is another room's.
"""
