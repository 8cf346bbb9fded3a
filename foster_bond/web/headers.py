"""Web: what every answer tells the browser: run only our own files, frame us nowhere, keep no copy of a family."""

from flask import Flask, Response, current_app

# Only our own files, no inline script or style, so that a family's words can never become a program.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
A_YEAR = 31_536_000  # seconds

_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def say_headers(app: Flask) -> None:
    """Put the headers on every answer, errors included."""
    app.after_request(_add)


def _add(answer: Response) -> Response:
    for name, value in _ALWAYS.items():
        answer.headers[name] = value
    if current_app.config["SESSION_COOKIE_SECURE"]:
        answer.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    if not answer.cache_control:
        answer.cache_control.no_store = True  # a shared computer's "back" button must not show a family
    return answer
