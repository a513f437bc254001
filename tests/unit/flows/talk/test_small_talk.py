"""Who asks is heard, and who thanks, offers or speaks of something else is not."""

from __future__ import annotations

import pytest

from flows.talk.small_talk import asks_for_help, asks_us


@pytest.mark.parametrize(
    "text",
    [
        "help",
        "Help, please!",
        "can anybody help?",
        "I'm stuck",
        "how do I create the group?",
        "where is that button?",
        "Workday search returns 0 results",
    ],
)
def test_a_call_for_help(text: str) -> None:
    assert asks_for_help(text)


@pytest.mark.parametrize(
    "text",
    ["", "thanks for the help", "happy to help", "it helps", "stuck in traffic", "where is Kim?", "how was lunch?"],
)
def test_no_call_for_help(text: str) -> None:
    assert not asks_for_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "who may activate the policy?",
        "our security team wants to know why you need names",
        "I'm not an admin, apparently",
        "can I hand this to a colleague?",
        "your message contradicts the guide",
        "it opens in a new tab and then closes",
        "I clicked done too early",
        "please check again",
        "can it be undone?",
        "who do I call if this breaks?",
        "ist das normal?",
        "je n'ai pas ce menu",
        "I get an error when I open the task",
        "Error: 4711",
        "the group was denied",
        "it shows me a fault",
        "do we enter the user or the group",
        "is this normal that the task asks again?",
        "what does unconstrained mean",
        "the row disappeared when I pressed OK",
        "the form closed and my input is gone",
        "I forgot to untick it",
        "some of these are greyed out",
        "can we do this on a call instead?",
        "new hires no longer come through",
        "the user isn't in the list",
        "how do I enter more than one",
        "Welche Adresse brauchen Sie",
        "Die Auswahl ist leer",
        "Können wir das am Telefon machen?",
        "it just spins when I hit OK",
        "is there a deadline for this",
        "two of them don't come up at all",
        '"You do not have permission to perform this action"',
        "would a different role be enough too",
        "Question, can you see what I enter?",
        "Team, it says denied",
        "Nothing changed after activating",
        "404 when opening the link you sent",
        "she can't press the button",
        "can I switch it to production later?",
        "stop reminding me",
        "somebody changed the password",
        "check again please, I fixed it",
        "Ich habe den falschen Tenant gewählt",
        "when I press OK nothing happened",
        "it's gone from the menu",
    ],
)
def test_a_question_about_the_link(text: str) -> None:
    assert asks_us(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "who has the tickets?",
        "need anything from the store?",
        "password goes in the form, right Kim?",
        "Kim please don't post passwords here",
        "who reports to Kim?",
        "can I get access to the wiki?",
        "I am not the admin, Beth is",
        "the meeting failed",
        "the error in the task is fixed",
        "the group isn't created yet",
        "the task isn't needed",
        "how can I join the call?",
        "what should I wear?",
        "wann kommst du wieder?",
        "I wonder how Kim does it",
        "the carousel just spins",
        "is there a deadline for the bake-off",
        "<https://x.example/tasks?a=1>",
        "none of it is here yet",
        "the button on my headset does nothing",
        "Dana, can you open that page?",
        "which type do we take, Ben?",
        "<@U0123> did you press the button?",
        "can we do the permissions tomorrow?",
        "how do I mute this channel?",
        "Sam, it says denied",
        "it's gone",
        "they kicked off without us",
        "IT hasn't responded yet",
        "ah it was under a different name",
        "I told Kim how the permissions work",
        "our security admin is in the loop",
    ],
)
def test_no_question_about_it(text: str) -> None:
    assert not asks_us(text)
