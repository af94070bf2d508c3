"""How long applications that came to nothing and services that ended are kept, and how two persons erase them.

Reading order: domain, models, forms, views. The periods stand in data/retention.toml. It has no table of its own: what
is decided stands in the record of each application and service.
"""
