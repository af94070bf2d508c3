"""Mail: a short text to one person, over TLS alone. Nothing of a letter ever goes this way."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from settings import settings

_PATIENCE = 20  # seconds


class NotSent(Exception):
    """A mail could not be handed over; the message says why, and quotes nothing of it."""


def ready() -> bool:
    """Whether there is a mail server and a sender."""
    return bool(settings().SMTP_URL and settings().SMTP_FROM)


def send(to: str, title: str, text: str) -> None:
    """Hand one mail over to the server of the settings. Raises NotSent."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings().SMTP_FROM, to, title
    message.set_content(text)
    try:
        with _server() as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise NotSent(type(error).__name__) from None


def _server() -> smtplib.SMTP:
    """The server, signed in to: smtps:// speaks TLS from the first byte, smtp:// before anything is said."""
    url = urlsplit(settings().SMTP_URL)
    secure = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(url.hostname or "", url.port or 465, timeout=_PATIENCE, context=secure)
    elif url.scheme == "smtp":
        server = smtplib.SMTP(url.hostname or "", url.port or 587, timeout=_PATIENCE)
        server.starttls(context=secure)
    else:
        raise ValueError("SMTP_URL begins with smtps:// or smtp://")
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server
