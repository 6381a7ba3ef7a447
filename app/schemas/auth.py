"""Bodies of sign-in, tokens and passwords."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.base import ONE_LINE, Body, View, example

_SECRET = {"format": "password", "writeOnly": True}
_BASE64URL = r"^[A-Za-z0-9_-]+$"
_JWT = r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"
_EXAMPLE_TOKEN = "q2hQ8s1m0v3nJxwB7yqk5Zc4uTgR9eLdYpFoXaHi6KE"  # noqa: S105  # of nobody

Email = Annotated[
    str,
    Field(
        min_length=3,
        max_length=254,
        # Plain ASCII: two foldings of other letters would be two names to guess for one account.
        pattern=r"^[!-?A-~]+@[!-?A-~]+$",
        description="E-mail address in ASCII; capital letters don't matter.",
        examples=["manager.mol@demo.mutabaa.example"],
    ),
]
Password = Annotated[str, Field(min_length=1, max_length=256, pattern=ONE_LINE, json_schema_extra=_SECRET)]
NewPassword = Annotated[
    str,
    Field(
        min_length=12,
        max_length=128,
        pattern=ONE_LINE,
        json_schema_extra=_SECRET,
        description="At least 12 characters of any script, spaces welcome; not the e-mail, not a common one.",
    ),
]
Secret = Annotated[str, Field(min_length=20, max_length=100, pattern=_BASE64URL, json_schema_extra=_SECRET)]


class SignIn(Body):
    """Who signs in."""

    model_config = example(email="manager.mol@demo.mutabaa.example", password="نخلة تظلّل بيتنا القديم")  # noqa: S106

    email: Email
    password: Annotated[Password, Field(description="The person's password.")]


class Refresh(Body):
    """A refresh token, to be exchanged."""

    model_config = example(refresh_token=_EXAMPLE_TOKEN)

    refresh_token: Annotated[Secret, Field(description="The newest refresh token of the session.")]


class PasswordChange(Body):
    """The present password and the one to be."""

    model_config = example(
        current_password="نخلة تظلّل بيتنا القديم",  # noqa: S106
        new_password="سبعة قوارب عند الفجر",  # noqa: S106
    )

    current_password: Annotated[Password, Field(description="The present password.")]
    new_password: NewPassword


class InvitationAcceptance(Body):
    """The token of an invitation, and the password to be."""

    model_config = example(token=_EXAMPLE_TOKEN, password="سبعة قوارب عند الفجر")  # noqa: S106

    token: Annotated[
        Secret, Field(description="The token that the invitation said; good once, for 72 hours.")
    ]
    password: NewPassword


class TokenForm(BaseModel):
    """A token request of a service account (RFC 6749, section 4.4.2). Other members are ignored."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "grant_type": "client_credentials",
                    "client_id": "019a0000-0000-7000-8000-000000000001",
                    "client_secret": _EXAMPLE_TOKEN,
                }
            ]
        },
    )

    grant_type: Annotated[
        Literal["client_credentials"], Field(description="The only grant: client credentials.")
    ]
    client_id: Annotated[
        str,
        Field(
            max_length=36,
            pattern=r"^[0-9A-Fa-f-]*$",
            description="The account's id. Left out when HTTP Basic says it.",
        ),
    ] = ""
    client_secret: Annotated[
        str,
        Field(
            max_length=100,
            pattern=r"^[A-Za-z0-9_-]*$",
            json_schema_extra=_SECRET,
            description="The account's secret. Left out when HTTP Basic says it.",
        ),
    ] = ""


AccessToken = Annotated[
    str,
    Field(max_length=4096, pattern=_JWT, description="To be sent as `Authorization: Bearer <token>`."),
]
TokenType = Annotated[Literal["Bearer"], Field(description="How the token is sent (RFC 6750).")]
Seconds = Annotated[int, Field(ge=1, le=3600, description="For how many seconds the access token is good.")]


class SessionTokens(View):
    """What a sign-in hands out. Keep the refresh token safe; each is good once."""

    access_token: AccessToken
    token_type: TokenType
    expires_in: Seconds
    refresh_token: Annotated[
        str, Field(max_length=100, pattern=_BASE64URL, description="Exchanges for new tokens, once.")
    ]
    refresh_expires_at: Annotated[
        datetime, Field(description="When the session ends, however often it is refreshed.")
    ]


class ServiceTokens(View):
    """What a service account is handed (RFC 6749, section 4.4.3): no refresh token."""

    access_token: AccessToken
    token_type: TokenType
    expires_in: Seconds
    scope: Annotated[
        str,
        Field(
            max_length=4000,
            pattern=r"^[a-z_. ]*$",
            description="The actions that the account was made with, separated by spaces.",
            examples=["results.read results.create"],
        ),
    ]


class PublicKey(View):
    """A public key that verifies access tokens (RFC 7517)."""

    kty: Annotated[Literal["EC"], Field(description="Kind of key.")]
    crv: Annotated[Literal["P-256"], Field(description="Its curve.")]
    alg: Annotated[Literal["ES256"], Field(description="The algorithm that it is used with, and no other.")]
    use: Annotated[Literal["sig"], Field(description="It verifies signatures.")]
    kid: Annotated[
        str, Field(max_length=64, pattern=_BASE64URL, description="The key id in a token's header.")
    ]
    x: Annotated[str, Field(max_length=43, pattern=_BASE64URL, description="The point's x.")]
    y: Annotated[str, Field(max_length=43, pattern=_BASE64URL, description="The point's y.")]


class PublicKeys(View):
    """All keys that verify access tokens now: the one that signs, and retired ones."""

    keys: Annotated[list[PublicKey], Field(max_length=100, description="The keys.")]
