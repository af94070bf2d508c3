"""What every room shares: time, transactions, sealing, the record, rights and pages. Imports no room."""
