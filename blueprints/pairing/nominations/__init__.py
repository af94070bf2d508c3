"""What people do by themselves about a household: nominate it, follow it by its code, withdraw (示范户申报).

Reading order: forms, views. Nobody signs in here; somebody who did nominates for their village or their unit.
"""
