"""The rooms of the office. A wing is a heading of the menu, a room a folder with the same five files."""
