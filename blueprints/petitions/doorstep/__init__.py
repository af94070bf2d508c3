"""At people's door: what is announced to the public, being heard with a receipt code, a letter taken down on the spot.

Reading order: domain, forms, views. The visits and reception days are rooms of their own; here the public meets them.
"""
