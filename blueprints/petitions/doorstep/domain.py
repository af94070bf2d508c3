"""How long what was typed on the spot stays on the device, if it was never sent."""

DRAFT_DAYS = 3  # a forgotten draft goes when the page is opened after that
