"""The register of rules (规章制度): a rule has versions, a version articles, which are linked, cited and compared.

Reading order: domain (the steps of a version; how a text becomes articles; what changed), models (rules, versions,
articles; what others cite), queries (lists, search, what is due), forms, views. The five prohibitions are the public
page of it. Who must read a rule, and who has, is in reading.
"""
