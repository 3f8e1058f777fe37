"""The settings: every ``NES_*`` key of the environment, read once and checked together."""

from __future__ import annotations

import difflib
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic import model_validator as validates
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import URL

from states.kit.address import led_elsewhere
from states.kit.demo_secrets import KEY_BYTES, kept_secret
from states.kit.errors import SettingsError
from states.kit.outbound_hosts import host_of, on_this_machine, overheard
from states.kit.proxies import known_networks
from states.kit.quiet_hours import QuietHours, read_hours
from states.kit.setting_values import (
    HALF_A_DAY,
    ONE_LINE,
    PORTS,
    Interval,
    KeyField,
    Words,
    WrongSetting,
    anchors_file,
    courier_address,
    database_address,
    day_for_rsa_2048,
    described_provider,
    existing_file,
    existing_folder,
    host_names,
    mail_sender,
    mail_server,
    maildir,
    own_folder,
    plain_words,
    proxy_address,
    site_address,
    sms_address,
)
from states.kit.sms_provider import SmsProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "NES_"
SECRET_KEYS = ("NES_SECRET_KEY", "NES_LOOKUP_KEY", "NES_PERSONAL_KEY", "NES_TOKEN_PIN")
"""Keys that demo mode makes by itself and that must be given everywhere else."""


class Settings(BaseSettings):
    """Everything that can be set from outside; built by `load_settings`, never changed after.

    Each field is read from the environment key named beside it. ``var`` is absolute; everything
    the product writes on its own stands under it. The URL, when set, names the psycopg driver.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True
    )

    var: Annotated[Path, AfterValidator(own_folder)] = Field(
        Path("var"), validation_alias="NES_VAR"
    )
    demo: bool = Field(default=False, validation_alias="NES_DEMO")
    database_url: Annotated[URL, BeforeValidator(database_address)] | None = Field(
        None, validation_alias="NES_DATABASE_URL"
    )
    pkcs11_module: Annotated[Path, AfterValidator(existing_file)] | None = Field(
        None, validation_alias="NES_PKCS11_MODULE"
    )
    token_pin: SecretStr = Field(min_length=4, validation_alias="NES_TOKEN_PIN")
    secret_key: SecretStr = Field(min_length=32, validation_alias="NES_SECRET_KEY")
    lookup_key: KeyField = Field(validation_alias="NES_LOOKUP_KEY")
    personal_key: KeyField = Field(validation_alias="NES_PERSONAL_KEY")
    personal_key_old: KeyField | None = Field(None, validation_alias="NES_PERSONAL_KEY_OLD")
    host: str = Field("127.0.0.1", min_length=1, validation_alias="NES_HOST")
    port: int = Field(8000, ge=1, le=PORTS, validation_alias="NES_PORT")
    public_url: Annotated[str, AfterValidator(site_address)] | None = Field(
        None, validation_alias="NES_PUBLIC_URL"
    )
    tsa_url: str | None = Field(
        None, pattern=r"^https?://[^\s/]+\S*$", validation_alias="NES_TSA_URL"
    )
    signature_profile: Literal["P1", "P2", "P3", "P4"] = Field(
        "P4", validation_alias="NES_SIGNATURE_PROFILE"
    )
    imza_builds: Annotated[Path, AfterValidator(existing_folder)] | None = Field(
        None, validation_alias="NES_IMZA_BUILDS"
    )
    trust: Annotated[Path, AfterValidator(existing_folder)] | None = Field(
        None, validation_alias="NES_TRUST"
    )
    rsa_2048_until: Annotated[date, BeforeValidator(day_for_rsa_2048)] | None = Field(
        None, validation_alias="NES_RSA_2048_UNTIL"
    )
    list_interval: Interval = Field(timedelta(seconds=60), validation_alias="NES_LIST_INTERVAL")
    stock_low: int = Field(100, ge=0, le=100_000, validation_alias="NES_STOCK_LOW")
    station: Literal["inside", "rooms"] = Field("inside", validation_alias="NES_STATION")
    cmp_server: str | None = Field(
        None, pattern=r"^https?://[^\s/]+\S*$", validation_alias="NES_CMP_SERVER"
    )
    cmp_reference: str | None = Field(None, min_length=1, validation_alias="NES_CMP_REFERENCE")
    cmp_secret: SecretStr | None = Field(None, min_length=8, validation_alias="NES_CMP_SECRET")
    cmp_chain: Annotated[Path, AfterValidator(existing_file)] | None = Field(
        None, validation_alias="NES_CMP_CHAIN"
    )
    cmp_recipient: str = Field("", pattern=r"^(/.+)?$", validation_alias="NES_CMP_RECIPIENT")
    cmp_tls_trusted: Annotated[Path, AfterValidator(existing_file)] | None = Field(
        None, validation_alias="NES_CMP_TLS_TRUSTED"
    )
    courier_url: Annotated[str, AfterValidator(courier_address)] | None = Field(
        None, pattern=r"^https?://[^\s/?#]+[^\s?#]*$", validation_alias="NES_COURIER_URL"
    )
    courier_secret: SecretStr | None = Field(
        None, min_length=16, validation_alias="NES_COURIER_SECRET"
    )
    courier_tracking: str | None = Field(
        None,
        pattern=r"^https?://[^\s{}]+\{number\}[^\s{}]*$",
        validation_alias="NES_COURIER_TRACKING",
    )
    smtp_server: Annotated[str, AfterValidator(mail_server)] | None = Field(
        None, validation_alias="NES_SMTP_SERVER"
    )
    smtp_from: Annotated[str, AfterValidator(mail_sender)] | None = Field(
        None, validation_alias="NES_SMTP_FROM"
    )
    smtp_user: str | None = Field(None, min_length=1, validation_alias="NES_SMTP_USER")
    smtp_password: SecretStr | None = Field(None, validation_alias="NES_SMTP_PASSWORD")
    smtp_trusted: Annotated[Path, AfterValidator(anchors_file)] | None = Field(
        None, validation_alias="NES_SMTP_TRUSTED"
    )
    smtp_rate: int = Field(0, ge=0, le=100_000, validation_alias="NES_SMTP_RATE")
    kep_server: Annotated[str, AfterValidator(mail_server)] | None = Field(
        None, validation_alias="NES_KEP_SERVER"
    )
    kep_from: Annotated[str, AfterValidator(mail_sender)] | None = Field(
        None, validation_alias="NES_KEP_FROM"
    )
    kep_user: str | None = Field(None, min_length=1, validation_alias="NES_KEP_USER")
    kep_password: SecretStr | None = Field(None, validation_alias="NES_KEP_PASSWORD")
    kep_trusted: Annotated[Path, AfterValidator(anchors_file)] | None = Field(
        None, validation_alias="NES_KEP_TRUSTED"
    )
    kep_token: str | None = Field(None, min_length=1, validation_alias="NES_KEP_TOKEN")
    kep_pin: SecretStr | None = Field(None, min_length=4, validation_alias="NES_KEP_PIN")
    kep_signers: Annotated[Path, AfterValidator(anchors_file)] | None = Field(
        None, validation_alias="NES_KEP_SIGNERS"
    )
    receipts_maildir: Annotated[Path, AfterValidator(maildir)] | None = Field(
        None, validation_alias="NES_RECEIPTS_MAILDIR"
    )
    receipts_secret: SecretStr | None = Field(
        None, min_length=16, validation_alias="NES_RECEIPTS_SECRET"
    )
    sms_url: Annotated[str, AfterValidator(sms_address)] | None = Field(
        None, validation_alias="NES_SMS_URL"
    )
    sms_provider: Annotated[SmsProvider, BeforeValidator(described_provider)] | None = Field(
        None, validation_alias="NES_SMS_PROVIDER"
    )
    sms_secret: SecretStr | None = Field(None, min_length=8, validation_alias="NES_SMS_SECRET")
    sms_sender: str = Field("", pattern=r"^[ -~]{0,20}$", validation_alias="NES_SMS_SENDER")
    sms_rate: int = Field(0, ge=0, le=100_000, validation_alias="NES_SMS_RATE")
    quiet_hours: Annotated[QuietHours, BeforeValidator(read_hours)] | None = Field(
        None, validation_alias="NES_QUIET_HOURS"
    )
    oidc_issuer: str | None = Field(
        None, pattern=r"^https?://[^\s/]+\S*$", validation_alias="NES_OIDC_ISSUER"
    )
    oidc_client_id: str | None = Field(None, min_length=1, validation_alias="NES_OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr | None = Field(
        None, min_length=1, validation_alias="NES_OIDC_CLIENT_SECRET"
    )
    oidc_acr: Words = Field((), validation_alias="NES_OIDC_ACR")
    oidc_max_age: int = Field(HALF_A_DAY, ge=60, le=HALF_A_DAY, validation_alias="NES_OIDC_MAX_AGE")
    oidc_name: str = Field(
        "Kimlik sağlayıcı", pattern=ONE_LINE, max_length=60, validation_alias="NES_OIDC_NAME"
    )
    office_name: str = Field(
        "Nitelikli elektronik sertifika başvuru ofisi",
        pattern=ONE_LINE, max_length=120, validation_alias="NES_OFFICE_NAME",
    )  # fmt: skip
    support_phone: str | None = Field(
        None, pattern=ONE_LINE, max_length=40, validation_alias="NES_SUPPORT_PHONE"
    )
    support_email: str | None = Field(
        None, pattern=r"^[^\s@<>]+@[^\s@<>]+$", validation_alias="NES_SUPPORT_EMAIL"
    )
    support_hours: str | None = Field(
        None, pattern=ONE_LINE, max_length=80, validation_alias="NES_SUPPORT_HOURS"
    )
    support_address: str | None = Field(
        None, pattern=ONE_LINE, max_length=200, validation_alias="NES_SUPPORT_ADDRESS"
    )

    forwarded_by: Annotated[Words, AfterValidator(known_networks)] = Field(
        (), validation_alias="NES_FORWARDED_BY"
    )
    outbound: Annotated[Words, AfterValidator(host_names)] = Field(
        (), validation_alias="NES_OUTBOUND"
    )
    clamd: str | None = Field(
        None, pattern=r"^(/\S+|([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5})$",
        validation_alias="NES_CLAMD",
    )  # fmt: skip
    plain: Annotated[Words, AfterValidator(plain_words)] = Field((), validation_alias="NES_PLAIN")
    proxy: Annotated[str, AfterValidator(proxy_address)] | None = Field(
        None, validation_alias="NES_PROXY"
    )
    proxy_trusted: Annotated[Path, AfterValidator(anchors_file)] | None = Field(
        None, validation_alias="NES_PROXY_TRUSTED"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library names all of them
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read only what `load_settings` was given, so that no second environment leaks in."""
        return (init_settings,)

    @validates(mode="after")
    def _oidc_whole(self) -> Self:
        """Refuse half an OIDC configuration: it would fail only at the first sign-in."""
        parts = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, self.oidc_acr)
        if any(parts) and not all(parts):
            raise ValueError(
                "set NES_OIDC_ISSUER, NES_OIDC_CLIENT_ID, NES_OIDC_CLIENT_SECRET and NES_OIDC_ACR "
                "together; the last names the `acr` values under which the provider asks for two "
                "factors"
            )
        issuer = self.oidc_issuer or ""
        if issuer.startswith("http:") and not on_this_machine(host_of(issuer)):
            raise ValueError("the NES_OIDC_ISSUER of another machine must be an https address")
        return self

    @validates(mode="after")
    def _proxy_whole(self) -> Self:
        """Refuse anchors for a certificate that no proxy will show."""
        if self.proxy_trusted and not (self.proxy or "").startswith("https:"):
            raise WrongSetting("NES_PROXY_TRUSTED", "it is for an https address in NES_PROXY")
        return self

    @validates(mode="after")
    def _over_tls(self) -> Self:
        """Refuse what would be asked on another machine without TLS, unless NES_PLAIN names it."""
        found = overheard(self)
        if found:
            raise WrongSetting(*found)
        return self

    @validates(mode="after")
    def _courier_whole(self) -> Self:
        """Refuse a courier that could not be told who asks, and a secret for nobody."""
        if (self.courier_url is None) != (self.courier_secret is None):
            raise WrongSetting("NES_COURIER_URL", "set it together with NES_COURIER_SECRET")
        return self

    @validates(mode="after")
    def _smtp_whole(self) -> Self:
        """Refuse a mail server without a sender, and half of a name and its password."""
        if (self.smtp_server is None) != (self.smtp_from is None):
            raise WrongSetting("NES_SMTP_SERVER", "set it together with NES_SMTP_FROM")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise WrongSetting("NES_SMTP_USER", "set it together with NES_SMTP_PASSWORD")
        return self

    @validates(mode="after")
    def _kep_whole(self) -> Self:
        """Refuse registered e-mail without a sender, or that nobody could sign."""
        pairs = {
            "NES_KEP_FROM": (self.kep_server, self.kep_from),
            "NES_KEP_PASSWORD": (self.kep_user, self.kep_password),
            "NES_KEP_PIN": (self.kep_token, self.kep_pin),
        }
        for key, (one, other) in pairs.items():
            if (one is None) != (other is None):
                raise WrongSetting(key, "set it together with its other half")
        if self.kep_server and not self.demo and self.kep_token is None:
            raise WrongSetting("NES_KEP_TOKEN", "name the token whose certificate signs the mail")
        return self

    @validates(mode="after")
    def _sms_whole(self) -> Self:
        """Refuse an SMS provider that could not be asked, and quiet hours of nobody."""
        parts = (self.sms_url, self.sms_provider, self.sms_secret)
        if any(part is None for part in parts) and any(part is not None for part in parts):
            named = "set it together with NES_SMS_PROVIDER and NES_SMS_SECRET"
            raise WrongSetting("NES_SMS_URL", named)
        if self.quiet_hours is not None and self.sms_url is None:
            raise WrongSetting("NES_QUIET_HOURS", "it is for SMS; set NES_SMS_URL with it")
        return self

    @validates(mode="after")
    def _cmp_whole(self) -> Self:
        """Refuse half a certificate authority: it would fail only at the first production."""
        parts = (self.cmp_server, self.cmp_reference, self.cmp_secret, self.cmp_chain)
        if any(parts) and not all(parts):
            raise ValueError(
                "set NES_CMP_SERVER, NES_CMP_REFERENCE, NES_CMP_SECRET and NES_CMP_CHAIN together"
            )
        if (self.cmp_server or "").startswith("https:") and not self.cmp_tls_trusted:
            raise ValueError("an https address needs NES_CMP_TLS_TRUSTED, the anchors of its TLS")
        return self


KEYS = frozenset(str(field.validation_alias) for field in Settings.model_fields.values())
"""Every environment key the product knows."""


def load_settings(env: Mapping[str, str]) -> Settings:
    """Return the settings that an environment describes.

    In demo mode the missing secrets are made once and kept in ``var/keys`` (mode 600).
    Raises `SettingsError` with one sentence for the first thing that is wrong.
    """
    given = {key: value for key, value in env.items() if key.startswith(PREFIX) and value}
    _refuse_unknown(given)
    settings = _validated({**_placeholders(given), **given})
    _refuse_elsewhere(settings, env)
    missing = [key for key in SECRET_KEYS if key not in given]
    if not missing:
        return settings
    if not settings.demo:
        _refuse_missing(missing[0])
    return _validated({**given, **{key: kept_secret(settings.var, key) for key in missing}})


def _placeholders(given: Mapping[str, str]) -> dict[str, str]:
    """Stand-ins for absent secrets, so that the other settings are judged first."""
    return {key: "0" * 2 * KEY_BYTES for key in SECRET_KEYS if key not in given}


_KEYS_TOGETHER = {"NES_CMP_": "NES_CMP_*", "NES_OIDC_": "NES_OIDC_*"}
"""Where a mistake is one of several keys together: which, by what the sentence names."""


def _validated(values: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        reason = first["msg"].removeprefix("Value error, ")
        together = (key for part, key in _KEYS_TOGETHER.items() if part in reason)
        told = getattr(first.get("ctx", {}).get("error"), "setting", "")
        key = told or ".".join(str(part) for part in first["loc"]) or next(together)
        raise SettingsError(f"{key} is not usable: {reason}.", setting=key) from None


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for key in sorted(given):
        if key not in KEYS:
            shape = key.upper()  # ASCII: names of the environment
            near = difflib.get_close_matches(shape, sorted(KEYS), n=1, cutoff=0)[0]
            sentence = f"{key} is not a setting of nes-ofis. Did you mean {near}?"
            raise SettingsError(sentence, setting=key)


def _refuse_elsewhere(settings: Settings, env: Mapping[str, str]) -> None:
    """Refuse libpq's own environment where it would lead past the address that was judged."""
    url = settings.database_url
    key = led_elsewhere(url, env) if url is not None else None
    if key is not None:
        sentence = (
            f"{key} would lead past NES_DATABASE_URL. Unset it, and name the host in the address."
        )
        raise SettingsError(sentence, setting="NES_DATABASE_URL")


def _refuse_missing(key: str) -> None:
    hint = "the PIN of the token" if key == "NES_TOKEN_PIN" else "what `openssl rand -hex 32` says"
    sentence = (
        f"{key} is not set. Outside demo mode every secret must be given: set it to {hint}, "
        "or set NES_DEMO=1 to try the product with generated ones."
    )
    raise SettingsError(sentence, setting=key)
