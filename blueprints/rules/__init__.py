"""The wing of rules: the register of rules and who has read them, reports of violations, receptions, conduct."""
