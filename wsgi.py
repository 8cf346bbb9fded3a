"""The door: `gunicorn wsgi:app`. Importing it is starting it, in each worker after the fork."""

from foster_bond.app import create_app
from foster_bond.logs import set_up_logs
from foster_bond.runtime import build
from foster_bond.settings import load_settings
from foster_bond.web.waiting_room import WaitingRoom

_settings = load_settings()
set_up_logs(_settings.log_format)
app = WaitingRoom(lambda: create_app(build(_settings)))
