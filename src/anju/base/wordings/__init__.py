"""Wordings (文字模板): what messages and papers say, in dated versions, with a whitelisted list of placeholders."""
