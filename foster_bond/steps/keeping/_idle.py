"""What the keeping steps share: how long a sign-in may rest."""

from datetime import timedelta

IDLE = timedelta(minutes=30)  # a page that polls is not activity
