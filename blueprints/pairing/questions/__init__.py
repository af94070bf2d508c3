"""Science and technology into the fields (科技进农家、进田间): a farmer's question, and the expert who answers it.

Reading order: domain (the procedure, its clock), models (a question, its photos, what became knowledge), queries,
forms, views. Published answers are read and searched in knowledge.
"""
