"""What servers, streams and moments are to the bot, and which of them a server wants: pure."""
