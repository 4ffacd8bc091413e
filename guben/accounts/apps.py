from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "guben.accounts"
    label = "accounts"
    verbose_name = "账户"
