"""Who is at the terminal."""

import getpass

import typer


def user_name() -> str:
    """Return the user's name.

    Raises:
        BadParameter: There is none, as in a container that runs under a number.
    """
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise typer.BadParameter("your user has no name here: give --author") from None
