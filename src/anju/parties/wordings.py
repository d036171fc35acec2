"""The wording of sign-in codes."""

from anju.base.wordings.kinds import MESSAGE, WordingKind, register

SIGN_IN_CODE = register(WordingKind(
    "signin-code", "登录验证码", MESSAGE, "您的登录验证码是 {验证码}，{分钟} 分钟内有效。请在登录页填写，不要告诉任何人。",
    {"验证码": ("六位数字", "123456"), "分钟": ("有效的分钟数", "10")}, "3.2-0",
))  # fmt: skip
