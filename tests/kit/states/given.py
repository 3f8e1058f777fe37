"""What the tests of the settings begin with: whole environments, and how one is refused."""

from __future__ import annotations

import pytest

from states.kit.errors import SettingsError
from states.kit.settings import load_settings

SECRETS = {
    "NES_SECRET_KEY": "s" * 32,
    "NES_LOOKUP_KEY": "ab" * 32,
    "NES_PERSONAL_KEY": "cd" * 32,
    "NES_TOKEN_PIN": "4711",
}
OIDC = {
    "NES_OIDC_ISSUER": "https://kimlik.example",
    "NES_OIDC_CLIENT_ID": "nes",
    "NES_OIDC_CLIENT_SECRET": "gizli",
    "NES_OIDC_ACR": "iki yuksek",
}


def refusal(env: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_settings(env)
    return caught.value
