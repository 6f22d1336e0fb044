"""Says the commands' descriptions, options and choices in each language of Discord's that the catalogues have."""

from discord import Locale, app_commands

from discord_notices.wording import DEFAULT, language_of, wording_of

TRANSLATED = {
    app_commands.TranslationContextLocation.command_description,
    app_commands.TranslationContextLocation.parameter_description,
    app_commands.TranslationContextLocation.choice_name,
}  # the names of commands and options are the same everywhere


class CatalogueTranslator(app_commands.Translator):
    """Asked by discord.py for every text and locale when commands are synced."""

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return the text in a language; None where Discord shows the English one."""
        language = language_of("", str(locale))
        if context.location not in TRANSLATED or language == DEFAULT:
            return None
        return wording_of(language).gettext(string.message)
