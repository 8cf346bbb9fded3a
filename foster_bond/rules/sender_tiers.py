"""Rules, at the agency page: how fast each kind of sender may go, below what US carriers let through.

Units: message segments a second over all carriers. Source: the carriers' published A2P limits as resellers repeat them
(long code 1, sole proprietor 1, low-volume 10DLC 3.75, standard 10DLC without secondary vetting 12, with a middle score
120, toll-free 3, short code 100). An agency whose registration says otherwise picks the tier just below.
"""

TIERS: dict[str, float] = {
    "10dlc_standard": 12.0,
    "10dlc_low_volume": 3.75,
    "10dlc_vetted": 120.0,
    "sole_proprietor": 1.0,
    "long_code": 1.0,
    "toll_free": 3.0,
    "short_code": 100.0,
}
DEFAULT = "10dlc_standard"
