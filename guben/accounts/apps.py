from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "guben.accounts"
    label = "accounts"
    verbose_name = "账户"

    def ready(self) -> None:
        """Notes sign-ins, and makes the secrets of second factors known to the renewal of keys."""
        from allauth.mfa.signals import authenticator_added

        from guben.accounts import sealed_columns, sessions
        from guben.accounts.factors import FactorSecrets, note_added

        sessions.connect()
        authenticator_added.connect(note_added, dispatch_uid="guben.accounts.factors")
        sealed_columns.register([FactorSecrets()])
