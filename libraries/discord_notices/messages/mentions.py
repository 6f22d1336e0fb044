"""How Discord writes what it shows by name: text channels and roles."""


def text_channel(text_channel_id: int) -> str:
    """Name a text channel."""
    return f"<#{text_channel_id}>"


def role(role_id: int) -> str:
    """Name a role; it is mentioned only where the message allows it."""
    return f"<@&{role_id}>"


def quiet(address: str) -> str:
    """Write an address to which Discord adds no card of its own."""
    return f"<{address}>"


def settings_page(site_url: str) -> str:
    """Write the address of the settings on our website."""
    return quiet(f"{site_url.rstrip('/')}/discord")
