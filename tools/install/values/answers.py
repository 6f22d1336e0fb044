"""Finds the values: in variables, in what an earlier run wrote down, else by asking."""

from collections.abc import MutableMapping

from install.console import Console
from install.errors import InstallError
from install.values.place import Place
from install.values.questions import QUESTIONS, UNASKED, Question, check


class Answers:
    """What was found. `given`: by variables or just typed, so perhaps not written down yet."""

    def __init__(self, place: Place, variables: MutableMapping[str, str]) -> None:
        """Take the secrets out of the variables: no other program is to inherit them."""
        self._place = place
        self.given: dict[str, str] = {}
        for question in (*QUESTIONS, *UNASKED):
            value = variables.get(question.name, "").strip()
            if question.is_secret:
                variables.pop(question.name, None)
            if value:
                self.given[question.name] = value

    def known(self, question: Question) -> str:
        """Return the value; empty if there is none."""
        if question.name in self.given:
            return self.given[question.name]
        return self._place.secret(question.file) if question.is_secret else self._place.setting(question.name)

    def open(self) -> list[Question]:
        """Return the questions that nobody has answered yet."""
        left = self._place.left_empty()
        return [each for each in QUESTIONS if not self.known(each) and each.name not in left]

    def ask(self, console: Console) -> None:
        """Ask what is open, and again until an answer can be right."""
        left = self._place.left_empty()
        for question in self.open():
            if question.needs and not self.value(question.needs):
                left.add(question.name)
                continue
            value = answer(question, console)
            if value:
                self.given[question.name] = value
            else:
                left.add(question.name)
        self._place.leave_empty(left)

    def value(self, name: str) -> str:
        """Return a value by its name."""
        return self.known(next(each for each in (*QUESTIONS, *UNASKED) if each.name == name))

    def checked(self) -> dict[str, str]:
        """Return all values. Raises InstallError."""
        values = {each.name: self.known(each) for each in (*QUESTIONS, *UNASKED)}
        check(values)
        if values["TWITCH_CLIENT_ID"] and not values["TWITCH_CLIENT_SECRET"]:
            raise InstallError("TWITCH_CLIENT_ID without TWITCH_CLIENT_SECRET: Twitch refuses it")
        return values


def answer(question: Question, console: Console) -> str:
    """Ask one question until the answer can be right."""
    while True:
        value = console.ask(f"  {question.prompt}", question.is_secret)
        problem = question.problem(value)
        if not problem:
            return value
        console.say(f"    {problem}")
