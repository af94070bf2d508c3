"""Rising: which causes and places bring more trouble than their own past, shown early (关口前移).

Reading order: domain (periods, when a figure is rising), queries (figures, what stands behind them), forms, views.
"""
