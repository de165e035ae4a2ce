"""Machines of the demo that speak their real protocols on the wire of this computer, while the shop runs.

`living` lets them work by the clock: started again, they are as far along as if they had never stopped. `taken_in`
registers them in the demo's two businesses and puts them away where they are not wanted.
"""
